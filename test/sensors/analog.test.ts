// SPDX-License-Identifier: MIT
// Analog inputs: lines between calibration points, and what lies beyond them.

import * as driver from "../../boards/sensors/analog.js";
import { prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const read = (raw: number, result: string): Step[] => ["! read", ["pin?", raw], result];

/** Dry air reads high, water low: tenths of a percent. */
const soil = [
  "@pin",
  {
    quantity: "moisture",
    points: [
      [18000, 1000],
      [42000, 0],
    ],
    isClamped: true,
  },
];
/** A divider of 1 : 2 at 3.3 V: millivolts. And the charge of a lithium cell, three lines. */
const battery = [
  "@pin",
  {
    quantity: "voltage",
    points: [
      [1, 0],
      [65534, 6600],
    ],
  },
];
const charge = [
  "@pin",
  {
    quantity: "battery",
    points: [
      [30000, 0],
      [36000, 10],
      [38000, 60],
      [42000, 100],
    ],
    isClamped: true,
  },
];
const fault = (title: string, raw: number, status: number, given: unknown[] = soil): Dialogue => ({
  title,
  given,
  steps: [...read(raw, `= ${status}`), ...read(40000, "")].slice(0, 3),
});

prove("analog", driver, [
  {
    title: "measures soil, and holds it between dry and wet",
    given: soil,
    steps: [
      ...read(18000, "= 0 moisture=1000"),
      ...read(30000, "= 0 moisture=500"),
      ...read(41999, "= 0 moisture=0"),
      ...read(41988, "= 0 moisture=1"),
      ...read(17000, "= 0 moisture=1000"),
      ...read(60000, "= 0 moisture=0"),
    ],
  },
  {
    title: "measures a battery behind a divider, within 31 bits",
    given: battery,
    steps: [
      ...read(1, "= 0 voltage=0"),
      ...read(32767, "= 0 voltage=3300"),
      ...read(41702, "= 0 voltage=4200"),
      ...read(65534, "= 0 voltage=6600"),
    ],
  },
  {
    title: "goes along several lines",
    given: charge,
    steps: [
      ...read(33000, "= 0 battery=5"),
      ...read(36000, "= 0 battery=10"),
      ...read(37000, "= 0 battery=35"),
      ...read(38000, "= 0 battery=60"),
      ...read(41000, "= 0 battery=90"),
      ...read(50000, "= 0 battery=100"),
    ],
  },
  {
    title: "says when a wire is off or shorted, and when a value is beyond its points",
    given: [
      "@pin",
      {
        quantity: "x",
        points: [
          [1000, 0],
          [2000, 10],
        ],
      },
    ],
    steps: [
      ...read(0, "= -45"),
      ...read(65535, "= -45"),
      ...read(999, "= -44"),
      ...read(2001, "= -44"),
      ...read(1500, "= 0 x=5"),
    ],
  },
  fault("says so of soil too: all zeros", 0, -45),
  fault("says so of soil too: all ones", 65535, -45),
]);
