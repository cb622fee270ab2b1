// SPDX-License-Identifier: MIT
// SHT4x against its datasheet: the formulas of section 4.6, cropped to what humidity can be.

import * as driver from "../../boards/sensors/sht4x.js";
import { words } from "./crc.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const measured = (raw: string, result: string, address = "44"): Step[] => [
  "! read",
  `write ${address} fd`,
  "after 9",
  [`read ${address} 6`, raw],
  result,
];
const good: Dialogue = {
  title: "measures 25 °C and 56.5 %",
  given,
  steps: measured("6666938000a2", "= 0 humidity=5650 temperature=2500"),
};

prove(
  "sht4x",
  driver,
  [
    good,
    {
      title: "crops humidity to 0 and 100 %",
      given: ["@i2c", { address: 0x46 }],
      steps: [
        ...measured(words(0, 0), "= 0 humidity=0 temperature=-4500", "46"),
        ...measured(words(65535, 65535), "= 0 humidity=10000 temperature=13000", "46"),
      ],
    },
  ],
  faultsOf(good, { checked: [0] }),
);
