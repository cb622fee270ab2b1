// SPDX-License-Identifier: MIT
// A thermistor against the formula of B, and what a wire that is off shows.

import { expect, test } from "vitest";
import * as driver from "../../boards/sensors/ntc.js";
import { runSource } from "./engines.js";
import { prove } from "./prove.js";
import type { Step } from "./stage.js";

const given = ["@pin"];
const read = (raw: number, result: string): Step[] => ["! read", ["pin?", raw], result];
const share = (ohms: number) => Math.round((65535 * ohms) / (ohms + 10000));
const ohmsAt = (celsius: number) => 10000 * Math.exp(3950 * (1 / (celsius + 273.15) - 1 / 298.15));

test("is within 0.2 °C of the formula from −40 to 125 °C", () => {
  for (let tenths = -399; tenths < 1250; tenths++) {
    const steps = read(share(ohmsAt(tenths / 10)), "");
    const line = runSource(driver, [{ title: "", given, steps }])[0]!.at(-1)!;
    const measured = Number(/^= 0 temperature=(-?\d+)$/.exec(line)![1]);
    expect(Math.abs(measured - tenths)).toBeLessThanOrEqual(2);
  }
});

prove("ntc", driver, [
  {
    title: "measures 25 °C, 0.5 °C and 49.9 °C",
    given,
    steps: [
      ...read(share(10000), "= 0 temperature=250"),
      ...read(share(32650), "= 0 temperature=5"),
      ...read(share(3602), "= 0 temperature=499"),
    ],
  },
  {
    title: "says when a wire is off or shorted, and when it is too cold or too hot",
    given,
    steps: [
      ...read(65535, "= -45"),
      ...read(0, "= -45"),
      ...read(65300, "= -44"),
      ...read(1000, "= -44"),
      ...read(share(10000), "= 0 temperature=250"),
    ],
  },
]);
