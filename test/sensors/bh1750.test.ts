// SPDX-License-Identifier: MIT
// BH1750 against its datasheet, "BH1750FVI" 11046EDT01.

import * as driver from "../../boards/sensors/bh1750.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const measured = (raw: string, result: string, address = "23"): Step[] => [
  "! read",
  `write ${address} 20`,
  "after 180",
  [`read ${address} 2`, raw],
  result,
];

/** The example under "Measurement result": 0x8390 is 28067 lx. */
const good: Dialogue = {
  title: "measures the datasheet's example",
  given,
  steps: measured("8390", "= 0 illuminance=280666"),
};

prove(
  "bh1750",
  driver,
  [
    good,
    { title: "measures darkness", given, steps: measured("0000", "= 0 illuminance=0") },
    {
      title: "measures at the other address, again and again",
      given: ["@i2c", { address: 0x5c }],
      steps: [
        ...measured("0001", "= 0 illuminance=8", "5c"),
        ...measured("fffe", "= 0 illuminance=546116", "5c"),
      ],
    },
    { title: "says when it is dazzled", given, steps: measured("ffff", "= -44") },
    {
      title: "measures once at a time",
      given,
      steps: [
        "! read",
        "write 23 20",
        "after 180",
        "! read",
        "= -48",
        ["read 23 2", "0078"],
        "= 0 illuminance=1000",
      ],
    },
  ],
  faultsOf(good, { zeros: [0] }),
);
