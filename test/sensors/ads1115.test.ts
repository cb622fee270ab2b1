// SPDX-License-Identifier: MIT
// ADS1115 against its datasheet SBAS444: "Config Register", "Full-Scale Range and LSB Size", and
// NAMUR NE 43 for current loops.

import * as driver from "../../boards/sensors/ads1115.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const measured = (config: string, raw: string, result: string, address = "48"): Step[] => [
  "! read",
  `write ${address} 01${config}`,
  "after 9",
  `write ${address} 01`,
  [`read ${address} 2`, config],
  `write ${address} 00`,
  [`read ${address} 2`, raw],
  result,
];
const good: Dialogue = {
  title: "measures AIN0 at ±4.096 V",
  given,
  steps: measured("c383", "4000", "= 0 voltage=2048000"),
};

const gains: Dialogue[] = [
  [6144000, "c183", 3072000],
  [4096000, "c383", 2048000],
  [2048000, "c583", 1024000],
  [1024000, "c783", 512000],
  [512000, "c983", 256000],
  [256000, "cb83", 128000],
].map(([full, config, half], gain) => ({
  title: `measures at a full scale of ${full} µV`,
  given: ["@i2c", { gain }],
  steps: [
    ...measured(String(config), "4000", `= 0 voltage=${half}`),
    ...measured(String(config), "c000", `= 0 voltage=${-Number(half)}`),
    ...measured(
      String(config),
      "7ffe",
      `= 0 voltage=${Math.floor((Number(full) * 32766) / 32768)}`,
    ),
    ...measured(String(config), "0000", "= 0 voltage=0"),
  ],
}));

/** 150 ohms: 4 to 20 mA are 0.6 to 3 V. */
const loop = ["@i2c", { ohms: 150, address: 0x4b }];
const step = (microvolts: number) =>
  Math.round(microvolts / 125)
    .toString(16)
    .padStart(4, "0");

prove(
  "ads1115",
  driver,
  [
    good,
    ...gains,
    ...[1, 2, 3].map((input) => ({
      title: `measures AIN${input}`,
      given: ["@i2c", { input }],
      steps: measured(["d383", "e383", "f383"][input - 1]!, "0001", "= 0 voltage=125"),
    })),
    {
      title: "measures a current loop, and says when it is broken or shorted",
      given: loop,
      steps: [
        ...measured("c383", step(600000), "= 0 current=4000", "4b"),
        ...measured("c383", step(3000000), "= 0 current=20000", "4b"),
        ...measured("c383", step(540000), "= 0 current=3600", "4b"),
        ...measured("c383", step(539875), "= -44", "4b"),
        ...measured("c383", step(3150500), "= -44", "4b"),
        ...measured("c383", "0000", "= -44", "4b"),
      ],
    },
    {
      title: "says when it is saturated, when it is not ready, and when it was set back",
      given,
      steps: [
        ...measured("c383", "7fff", "= -44"),
        ...measured("c383", "8000", "= -44"),
        ...["4383", "8583"].flatMap((config): Step[] => [
          ...good.steps.slice(0, 4),
          ["read 48 2", config],
          "write 48 00",
          ["read 48 2", "4000"],
          "= -43",
        ]),
      ],
    },
  ],
  // 0 and −1 are values; a stuck line shows in the configuration, which is read before.
  faultsOf(good, { zeros: [1], ones: [1] }),
);
