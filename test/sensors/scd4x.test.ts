// SPDX-License-Identifier: MIT
// SCD4x against its datasheet: the example of read_measurement, 500 ppm, 25 °C, 37 %.

import * as driver from "../../boards/sensors/scd4x.js";
import { words } from "./crc.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const begin: Step[] = ["write 62 3f86", "after 500", "write 62 21b1", "after 5000"];
const ready = (word: string): Step[] => ["write 62 e4b8", "after 1", ["read 62 3", word]];
const take = (data: string, result: string): Step[] => [
  "write 62 ec05",
  "after 1",
  ["read 62 9", data],
  result,
];
const READY = words(0x8006);
const NOT_READY = words(0x8000);
const DATA = "01f433" + "6667a2" + "5eb93c";
const result = "= 0 carbon_dioxide=500 humidity=3700 temperature=2500";

const good: Dialogue = {
  title: "measures the datasheet's example",
  given,
  steps: ["! read", ...begin, ...ready(READY), ...take(DATA, result)],
};
const again = (...steps: Step[]): Step[] => ["! read", ...steps];

prove(
  "scd4x",
  driver,
  [
    good,
    {
      title:
        "starts the chip once, waits until there is a measurement, and says when there is none",
      given,
      steps: [
        ...good.steps,
        ...again(...ready(NOT_READY), "after 1000", ...ready(READY), ...take(DATA, result)),
        ...again(
          ...ready(NOT_READY),
          ...[1, 2, 3, 4, 5].flatMap((): Step[] => ["after 1000", ...ready(NOT_READY)]),
          "= -43",
        ),
        // Then it is started anew: it may have been set back.
        ...good.steps,
      ],
    },
    {
      title: "measures once at a time",
      given,
      steps: ["! read", ...begin.slice(0, 2), "! read", "= -48", ...good.steps.slice(3)],
    },
  ],
  faultsOf(good, { checked: [0, 1] }),
);
