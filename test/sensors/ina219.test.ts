// SPDX-License-Identifier: MIT
// INA219 against its datasheet SBOS448: the example of table 8, and the flags of the bus register.

import * as driver from "../../boards/sensors/ina219.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const measured = (shunt: string, bus: string, result: string, address = "40"): Step[] => [
  "! read",
  `write ${address} 00399b`,
  "after 2",
  `write ${address} 01`,
  [`read ${address} 2`, shunt],
  `write ${address} 02`,
  [`read ${address} 2`, bus],
  result,
];
/** 20 mV over 2 mΩ are 10 A, at 11.98 V. */
const example = { given: ["@i2c", { milliohms: 2 }] };
const good: Dialogue = {
  title: "measures the example: 10 A, 11.98 V, 119.8 W",
  ...example,
  steps: measured("07d0", "5d9a", "= 0 current=100000 power=119800 voltage=11980"),
};

prove(
  "ina219",
  driver,
  [
    good,
    {
      title: "measures with the usual shunt of 0.1 ohm, at the ends, and backwards",
      given: ["@i2c", { address: 0x41 }],
      steps: [
        ...measured("7d00", "fa02", "= 0 current=32000 power=102400 voltage=32000", "41"),
        ...measured("8300", "1f42", "= 0 current=-32000 power=-12800 voltage=4000", "41"),
        ...measured("0000", "0002", "= 0 current=0 power=0 voltage=0", "41"),
      ],
    },
    {
      title: "measures the largest current of a small shunt",
      ...example,
      steps: measured("7d00", "cd12", "= 0 current=1600000 power=4199680 voltage=26248"),
    },
    {
      title: "says when it is not ready, and when it overflowed",
      given: ["@i2c"],
      steps: [...measured("07d0", "5d98", "= -43"), ...measured("07d0", "5d9b", "= -44")],
    },
  ],
  // 0 and −1 are currents; a stuck line shows in the flags.
  faultsOf(good, { zeros: [0], ones: [0] }),
);
