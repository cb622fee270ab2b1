// SPDX-License-Identifier: MIT
// Pulses: what counts, what is too close, and both places where a counter begins anew.

import * as driver from "../../boards/sensors/pulse.js";
import { prove } from "./prove.js";
import type { Step } from "./stage.js";

const read = (count: number, period: number): Step[] => [
  "! read",
  `= 0 count=${count} period=${period}`,
];
const up = (us: number): Step[] => [`! edge pin 1 ${us}`, `! edge pin 0 ${us + 100}`];

prove("pulse", driver, [
  {
    title: "counts rising edges, and measures the time between the last two",
    given: ["@pin"],
    steps: [
      "watch pin",
      ...read(0, 0),
      ...up(0),
      ...read(1, 0),
      ...up(133333),
      ...read(2, 133333),
      ...up(1000000),
      ...read(3, 866667),
    ],
  },
  {
    title: "does not count what bounces",
    given: ["@pin", { deadUs: 5000 }],
    steps: [
      "watch pin",
      ...up(0),
      ...up(4999),
      ...read(1, 0),
      ...up(5000),
      ...up(9999),
      ...read(2, 5000),
    ],
  },
  {
    title: "counts everything, where nothing is dead",
    given: ["@pin", { deadUs: 0 }],
    steps: ["watch pin", ...up(7), ...up(7), ...up(8), ...read(3, 1)],
  },
  {
    title: "goes on where the clock of edges begins anew",
    given: ["@pin"],
    steps: ["watch pin", ...up(1073741824 - 1500), ...up(500), ...read(2, 2000)],
  },
  {
    title: "goes on from what it had counted, and begins anew behind 999,999,999",
    given: ["@pin", { count: 999999998 }],
    steps: ["watch pin", ...up(0), ...read(999999999, 0), ...up(2000), ...read(0, 2000)],
  },
]);
