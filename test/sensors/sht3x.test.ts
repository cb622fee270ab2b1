// SPDX-License-Identifier: MIT
// SHT3x against its datasheet "SHT3x-DIS": the checksum's example 0xBEEF, and the formulas of section 4.13.

import { expect, test } from "vitest";
import * as driver from "../../boards/sensors/sht3x.js";
import { crcHigh, words } from "./crc.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const measured = (raw: string, result: string, address = "44"): Step[] => [
  "! read",
  `write ${address} 2400`,
  "after 16",
  [`read ${address} 6`, raw],
  result,
];
const good: Dialogue = {
  title: "measures 25 °C and 50 %",
  given,
  steps: measured("666693" + "8000a2", "= 0 humidity=5000 temperature=2500"),
};

test("the checksum of these tests is the datasheet's", () => {
  expect(crcHigh([0xbe, 0xef])).toBe(0x92);
  expect(words(0x6666, 0x8000)).toBe("6666938000a2");
});

prove(
  "sht3x",
  driver,
  [
    good,
    {
      title: "takes the checksum's example, and the ends of both ranges",
      given: ["@i2c", { address: 0x45 }],
      steps: [
        ...measured("beef92" + "beef92", "= 0 humidity=7458 temperature=8552", "45"),
        ...measured(words(0, 0), "= 0 humidity=0 temperature=-4500", "45"),
        ...measured(words(65535, 65535), "= 0 humidity=10000 temperature=13000", "45"),
      ],
    },
    {
      title: "measures once at a time",
      given,
      steps: ["! read", "write 44 2400", "after 16", "! read", "= -48", ...good.steps.slice(3)],
    },
  ],
  faultsOf(good, { checked: [0] }),
);
