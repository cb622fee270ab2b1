// SPDX-License-Identifier: MIT
// HC-SR04: the time of the echo as a distance, 343.42 m/s at 20 °C; the clock of edges begins anew at 2^30.

import * as driver from "../../boards/sensors/hcsr04.js";
import { prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@trig", "@echo"];
const begin: Step[] = [
  "! read",
  ["echo?", 0],
  "trig=1",
  "after 1",
  "! timer",
  "trig=0",
  "after 60",
];
const echo = (from: number, to: number, result: string): Step[] => [
  ...begin,
  `! edge echo 1 ${from}`,
  `! edge echo 0 ${to}`,
  result,
  "! timer",
];
const good: Step[] = echo(1000, 1580, "= 0 distance=99");
const dialogue = (title: string, ...steps: Step[]): Dialogue => ({
  title,
  given,
  steps: ["watch echo", ...steps],
});
const fault = (title: string, ...steps: Step[]): Dialogue => dialogue(title, ...steps, ...good);

prove(
  "hcsr04",
  driver,
  [
    dialogue("measures 10 cm", ...good),
    dialogue(
      "measures where the clock begins anew",
      ...echo(1073741824 - 580, 0, "= 0 distance=99"),
    ),
    dialogue("measures 4 m", ...echo(5, 23305, "= 0 distance=4000")),
    {
      title: "measures in the cold, where sound is slower",
      given: ["@trig", "@echo", { celsius: -20 }],
      steps: ["watch echo", ...echo(0, 10000, "= 0 distance=1595")],
    },
    dialogue(
      "does not take the edges of what came before, and measures once at a time",
      "! edge echo 1 10",
      "! edge echo 0 20",
      "! read",
      ["echo?", 0],
      "trig=1",
      "after 1",
      "! edge echo 1 100",
      "! edge echo 0 150",
      "! timer",
      "trig=0",
      "after 60",
      "! edge echo 0 160",
      "! read",
      "= -48",
      "! edge echo 1 1000",
      "! edge echo 0 1580",
      "= 0 distance=99",
      "! edge echo 1 2000",
      "! edge echo 0 2580",
      "! timer",
    ),
  ],
  [
    fault("no echo", ...begin, "! timer", "= -40"),
    fault("an echo without end", ...begin, "! edge echo 1 1000", "! timer", "= -45"),
    fault("a line that is high from the start", "! read", ["echo?", 1], "= -45"),
    fault("nothing in reach", ...echo(0, 38001, "= -44")),
  ],
);
