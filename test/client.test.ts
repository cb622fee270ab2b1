// SPDX-License-Identifier: MIT
// `connect` as the core has it, below the sentences of Node: options that are none.

import { expect, test } from "vitest";
import { clientOpen } from "../src/client.js";
import type { Options } from "../src/options.js";
import { Status } from "../src/status.js";
import { worldOpen } from "./fake.js";

test.each([undefined, null, {}, { host: "" }, { clientId: "a" }])(
  "options without a host are refused, and nothing is begun: %j",
  (options) => {
    const world = worldOpen();
    expect(clientOpen(options as Options, world.port)).toBe(Status.INVALID_OPTION);
    expect(world.timers).toHaveLength(0);
  },
);
