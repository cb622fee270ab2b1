// SPDX-License-Identifier: MIT
// SCD30 against its interface description: the example of section 1.4.5, 439.09 ppm, 27.2 °C, 48.8 %.

import * as driver from "../../boards/sensors/scd30.js";
import { words } from "./crc.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const begin: Step[] = ["write 61 0010000081", "after 2000"];
const ready = (word: number): Step[] => ["write 61 0202", "after 4", ["read 61 3", words(word)]];
const take = (data: string, result: string): Step[] => [
  "write 61 0300",
  "after 4",
  ["read 61 18", data],
  result,
];
const DATA = "43dbcb" + "8c2e8f" + "41d970" + "e7fff5" + "4243bf" + "3a1b74";
const result = "= 0 carbon_dioxide=43909 humidity=4880 temperature=2723";
const good: Dialogue = {
  title: "measures the example of section 1.4.5",
  given,
  steps: ["! read", ...begin, ...ready(1), ...take(DATA, result)],
};

const floats = (...values: number[]): string =>
  values
    .map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatBE(value);
      return words(bytes.readUInt16BE(0), bytes.readUInt16BE(2));
    })
    .join("");
const next = (data: string, expected: string): Step[] => [
  "! read",
  ...ready(1),
  ...take(data, expected),
];
const from = (data: string, expected: string): Step[] => [
  "! read",
  ...begin,
  ...ready(1),
  ...take(data, expected),
];

prove(
  "scd30",
  driver,
  [
    good,
    {
      title: "takes floats of all sizes apart",
      given,
      steps: [
        ...from(floats(400, -10.5, 0), "= 0 carbon_dioxide=40000 humidity=0 temperature=-1050"),
        ...next(
          floats(40000, 85, 100),
          "= 0 carbon_dioxide=4000000 humidity=10000 temperature=8500",
        ),
        ...next(floats(0.5, -40, 0.015), "= 0 carbon_dioxide=50 humidity=1 temperature=-4000"),
        ...next(floats(1, 0.001, 1e-30), "= 0 carbon_dioxide=100 humidity=0 temperature=0"),
      ],
    },
    {
      title: "says when a value is out of range, infinite, or no number",
      given,
      steps: [
        ...from(floats(41000, 20, 50), "= -44"),
        ...next(floats(1e6, 20, 50), "= -44"),
        ...next(floats(Infinity, 20, 50), "= -44"),
        ...next(floats(NaN, 20, 50), "= -44"),
        ...next(floats(-5, 20, 50), "= -44"),
        ...next(floats(400, 86, 50), "= -44"),
        ...next(floats(400, -41, 50), "= -44"),
        ...next(floats(400, 20, 100.5), "= -44"),
        ...next(floats(400, 20, -1), "= -44"),
      ],
    },
    {
      title: "waits, says when there is nothing, and starts the chip anew",
      given,
      steps: [
        "! read",
        ...begin,
        ...ready(0),
        ...[1, 2, 3].flatMap((): Step[] => ["after 1000", ...ready(0)]),
        "= -43",
        ...from(floats(0, 0, 0), "= -43"),
        ...good.steps,
        ...next(DATA, result),
      ],
    },
  ],
  faultsOf(good, { checked: [0, 1] }),
);
