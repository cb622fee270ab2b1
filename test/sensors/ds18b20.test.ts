// SPDX-License-Identifier: MIT
// DS18B20 against its datasheet, table 1, and application note 27's checksum.

import { expect, test } from "vitest";
import * as driver from "../../boards/sensors/ds18b20.js";
import { crcLow, hexOf, octetsOf } from "./crc.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@ow"];
const pad = (hex: string) => hex + hexOf([crcLow(octetsOf(hex))]);
const measured = (scratchpad: string, result: string, choice = "cc"): Step[] => [
  "! read",
  "reset",
  `write ${choice}44`,
  "after 750",
  "reset",
  `write ${choice}be`,
  ["read 9", scratchpad],
  result,
];
/** Table 1, low octet first; a conversion leaves 16 less the fraction in octet 6. */
const row = (raw: number, result: number): Step[] => {
  const head = hexOf([raw & 255, raw >> 8]) + "4b467fff";
  return measured(pad(head + hexOf([16 - (raw & 15)]) + "10"), `= 0 temperature=${result}`);
};

const good: Dialogue = {
  title: "measures 25.0625 °C",
  given,
  steps: measured("91014b467fff0c1070", "= 0 temperature=250625"),
};

test("the checksum of these tests is that of application note 27", () => {
  expect(crcLow(octetsOf("021cb801000000"))).toBe(0xa2);
});

const unready = "50054b467fff0c101c";

prove(
  "ds18b20",
  driver,
  [
    good,
    {
      title: "measures every row of table 1",
      given,
      steps: [
        ...row(0x07d0, 1250000),
        ...row(0x0550, 850000),
        ...row(0x0191, 250625),
        ...row(0x00a2, 101250),
        ...row(0x0008, 5000),
        ...row(0x0000, 0),
        ...row(0xfff8, -5000),
        ...row(0xff5e, -101250),
        ...row(0xfe6f, -250625),
        ...row(0xfc90, -550000),
      ],
    },
    {
      title: "chooses one of many by its ROM code",
      given: ["@ow", { rom: "$28ff641e8716034a" }],
      steps: measured("91014b467fff0c1070", "= 0 temperature=250625", "5528ff641e8716034a"),
    },
    {
      title: "takes 85 °C for a value only after a conversion",
      given,
      steps: [...measured(unready, "= -43"), ...row(0x0550, 850000), ...measured(unready, "= -43")],
    },
    {
      title: "refuses a DS18S20, whose degrees are halves",
      given,
      steps: measured(pad("32004b46ffff0210"), "= -41"),
    },
    {
      title: "says when the line is held low, also behind a reset",
      given,
      steps: [
        ...measured("00".repeat(9), "= -41"),
        ...measured("ff".repeat(9), "= -42"),
        "! read",
        ["reset", -45],
        "= -45",
      ],
    },
    {
      title: "measures once at a time",
      given,
      steps: [...good.steps.slice(0, 4), "! read", "= -48", ...good.steps.slice(4)],
    },
  ],
  faultsOf(good, { checked: [0] }),
);
