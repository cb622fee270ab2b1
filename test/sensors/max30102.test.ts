// SPDX-License-Identifier: MIT
// MAX30102 against its datasheet: the FIFO's pointers, and samples of 18 bits in octets of 8.

import * as driver from "../../boards/sensors/max30102.js";
import { faultsOf, prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@i2c"];
const setUp: Step[] = [
  "write 57 ff",
  ["read 57 1", "15"],
  "write 57 0940",
  "after 10",
  "write 57 08500327002424",
  "write 57 04000000",
  "after 200",
];
const take = (pointers: string, count: number, data: string, result: string): Step[] => [
  "write 57 04",
  ["read 57 3", pointers],
  "write 57 07",
  [`read 57 ${count * 6}`, data],
  result,
];
const begin = (...steps: Step[]): Step[] => ["! read", ...setUp, ...steps];
const next = (...steps: Step[]): Step[] => ["! read", ...steps];
/** 100000 and 120001, then 100002 and 120000; the six bits above 18 are whatever they are. */
const DATA = "0186a0" + "01d4c1" + "fd86a2" + "fdd4c0";
const result = "= 0 infrared=120000 red=100001";
const good: Dialogue = {
  title: "means two samples, and leaves out what is above 18 bits",
  given,
  steps: begin(...take("050003", 2, DATA, result)),
};
const four = "0186a001d4c0".repeat(4);
const SAME = "= 0 infrared=120000 red=100000";

prove(
  "max30102",
  driver,
  [
    good,
    {
      title: "is set up once; pointers begin anew at 32; of many samples it takes four",
      given,
      steps: [
        ...good.steps,
        ...next(...take("01001f", 2, DATA, result)),
        ...next(...take("0a0002", 4, four, SAME)),
        // All full, and more was lost.
        ...next(...take("070507", 4, four, SAME)),
      ],
    },
    {
      title: "says when there is no sample, and sets the chip up anew",
      given,
      steps: [...begin("write 57 04", ["read 57 3", "000000"], "= -43"), ...good.steps],
    },
    {
      title: "says when there is too much light, and when there is no light at all",
      given,
      steps: [
        ...begin(...take("010000", 1, "03ffff01d4c0", "= -44")),
        ...next(...take("010000", 1, "0186a0ffffff", "= -44")),
        ...next(...take("010000", 1, "000000fc0000", "= -45")),
        ...next(...take("010000", 1, "000000000001", "= 0 infrared=1 red=0")),
      ],
    },
    {
      title: "refuses another chip",
      given,
      steps: ["! read", "write 57 ff", ["read 57 1", "11"], "= -41"],
    },
  ],
  faultsOf(good),
);
