// SPDX-License-Identifier: MIT
// HX711 against the timing diagram of its datasheet: 24 bits, then the clocks that choose the channel.

import * as driver from "../../boards/sensors/hx711.js";
import { prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@clock", "@data"];
const shift = (hex: string, result: string, clocks = 1, after: number = 1): Step[] => {
  const steps: Step[] = [];
  for (const bit of parseInt(hex, 16).toString(2).padStart(24, "0")) {
    steps.push("clock=1", ["data?", Number(bit)], "clock=0");
  }
  for (let clock = 0; clock < clocks; clock++) steps.push("clock=1", "clock=0");
  return [...steps, ["data?", after], result];
};
const measured = (hex: string, result: string, clocks = 1): Step[] => [
  "! read",
  "clock=0",
  ["data?", 0],
  ...shift(hex, result, clocks),
];
const good = measured("ffff38", "= 0 count=-200");
const fault = (title: string, ...steps: Step[]): Dialogue => ({
  title,
  given,
  steps: [...steps, ...good],
});
const wait = (times: number): Step[] =>
  Array.from({ length: times }).flatMap((): Step[] => [["data?", 1], "after 60"]);

prove(
  "hx711",
  driver,
  [
    { title: "counts below zero", given, steps: good },
    {
      title: "counts to both ends but the last",
      given,
      steps: [
        ...measured("7ffffe", "= 0 count=8388606"),
        ...measured("800001", "= 0 count=-8388607"),
        ...measured("a5c300", "= 0 count=-5913856"),
      ],
    },
    ...[2, 3].map((clocks) => ({
      title: `chooses the channel with ${clocks} clocks`,
      given: ["@clock", "@data", { clocks }],
      steps: measured("000001", "= 0 count=1", clocks),
    })),
    {
      title: "weighs, also below zero and beyond 31 bits of product",
      given: ["@clock", "@data", { zero: -1000, perKilogram: 420000 }],
      steps: [
        ...measured("000000", "= 0 mass=2"),
        ...measured("066850", "= 0 mass=1002"),
        ...measured("7ffffe", "= 0 mass=19975"),
        ...measured("800001", "= 0 mass=-19971"),
      ],
    },
    {
      title: "waits until there is a measurement",
      given,
      steps: ["! read", "clock=0", ...wait(3), ["data?", 0], ...shift("000005", "= 0 count=5")],
    },
  ],
  [
    fault("a data line that stays high", "! read", "clock=0", ...wait(9), ["data?", 1], "= -40"),
    fault(
      "a data line that stays low",
      "! read",
      "clock=0",
      ["data?", 0],
      ...shift("000000", "= -45", 1, 0),
    ),
    fault("a positive end", ...measured("7fffff", "= -44")),
    fault("a negative end", ...measured("800000", "= -44")),
  ],
);
