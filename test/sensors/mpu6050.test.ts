// SPDX-License-Identifier: MIT
// MPU-6050 against its register map: sensitivities of sections 4.17 to 4.19.

import * as driver from "../../boards/sensors/mpu6050.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const wake = (address = "68"): Step[] => [
  `write ${address} 75`,
  [`read ${address} 1`, "68"],
  `write ${address} 6b01`,
  "after 100",
];
const take = (data: string, result: string, address = "68"): Step[] => [
  `write ${address} 3a`,
  [`read ${address} 15`, data],
  result,
];
const axes = (x: number, y: number, z: number, what: string) =>
  `${what}_x=${x} ${what}_y=${y} ${what}_z=${z}`;
/** 1 g down, 131 counts a degree and second: one is 17.45 mrad/s; −3920 is 25 °C. */
const DATA = "01" + "0000" + "2000" + "4000" + "f0b0" + "0083" + "ff7d" + "0000";
const result = `= 0 ${axes(0, 4903, 9807, "acceleration")} ${axes(17, -18, 0, "rotation")} temperature=2500`;
const ENDS = "01" + "7fff" + "8000" + "0001" + "0000" + "7fff" + "8000" + "0001";
const ends = `= 0 ${axes(19613, -19614, 0, "acceleration")} ${axes(4365, -4366, 0, "rotation")} temperature=3653`;
const good: Dialogue = {
  title: "measures 1 g, 1 °/s, 25 °C",
  given,
  steps: ["! read", ...wake(), ...take(DATA, result)],
};

prove(
  "mpu6050",
  driver,
  [
    good,
    {
      title: "stays awake, at the other address, to both ends",
      given: ["@i2c", { address: 0x69 }],
      steps: [
        "! read",
        ...wake("69"),
        ...take(DATA, result, "69"),
        "! read",
        ...take(ENDS, ends, "69"),
      ],
    },
    {
      title: "is woken again after it was set back",
      given,
      steps: [
        ...good.steps,
        "! read",
        ...take("00" + "00".repeat(14), "= -43"),
        "! read",
        ...wake(),
        ...take(DATA, result),
      ],
    },
    {
      title: "refuses another chip",
      given,
      steps: ["! read", "write 68 75", ["read 68 1", "70"], "= -41"],
    },
  ],
  faultsOf(good),
);
