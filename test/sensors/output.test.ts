// SPDX-License-Identifier: MIT
// Outputs: what is on goes off by itself, and never later than it may.

import * as driver from "../../boards/sensors/output.js";
import { prove } from "./prove.js";
import type { Step } from "./stage.js";

const seconds = (count: number): Step[] =>
  Array.from({ length: count }).flatMap((): Step[] => ["! timer", "after 1000"]);

prove("output", driver, [
  {
    title:
      "is off from the start, and goes off after its longest time, also when switched on again",
    given: ["@pin", { maxOn: 3, expired: "&" }],
    steps: [
      "pin=0",
      "! set 1",
      "after 1000",
      "pin=1",
      "-> 1",
      ...seconds(2),
      "! set 1",
      "pin=1",
      "-> 1",
      "! timer",
      "pin=0",
      "told",
      "! level",
      "-> 0",
      // And may be on again.
      "! set 1",
      "after 1000",
      "pin=1",
      "-> 1",
      ...seconds(2),
      "! timer",
      "pin=0",
      "told",
    ],
  },
  {
    title: "goes off when nobody is there, and stays on while somebody is",
    given: ["@pin", { maxSilence: 2 }],
    steps: [
      "pin=0",
      "! set 1",
      "after 1000",
      "pin=1",
      "-> 1",
      ...seconds(1),
      "! alive",
      ...seconds(1),
      "! timer",
      "pin=0",
    ],
  },
  {
    title: "is switched off by hand, and its time begins anew",
    given: ["@pin", { maxOn: 2 }],
    steps: [
      "pin=0",
      "! set 1",
      "after 1000",
      "pin=1",
      "-> 1",
      "! set 0",
      "pin=0",
      "-> 0",
      "! set 1",
      "pin=1",
      "-> 1",
      // The second that began before: cut short, never long.
      "! timer",
      "after 1000",
      "! timer",
      "pin=0",
    ],
  },
  {
    title: "does nothing more when it is off",
    given: ["@pin", { maxOn: 2 }],
    steps: [
      "pin=0",
      "! set 1",
      "after 1000",
      "pin=1",
      "-> 1",
      "! set 0",
      "pin=0",
      "-> 0",
      "! timer",
    ],
  },
  {
    title: "dims, cuts what is beyond, and turns over what is wired so",
    given: ["@pin", { top: 65535, isInverted: true }],
    steps: [
      "pin=65535",
      "! set 20000",
      "after 1000",
      "pin=45535",
      "-> 20000",
      "! set 70000",
      "pin=0",
      "-> 65535",
      "! level",
      "-> 65535",
      "! set -5",
      "pin=65535",
      "-> 0",
      "! timer",
    ],
  },
]);
