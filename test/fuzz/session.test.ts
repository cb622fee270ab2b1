// SPDX-License-Identifier: MIT
// Fuzzing of whole sessions: see dialogue.ts for what has to hold.

import fc from "fast-check";
import { it } from "vitest";
import { play } from "./dialogue.js";
import { fuzz, timeout } from "./run.js";
import { options, step } from "./steps.js";

it(
  "stays within bounds, comes back, and tells of each message once [MQTT-4.3.3-1] [MQTT-4.8.0-1]",
  () => {
    fuzz(
      "sessions",
      fc.property(options, fc.array(step, { minLength: 1, maxLength: 40 }), play),
      150,
    );
  },
  timeout,
);
