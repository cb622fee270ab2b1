// SPDX-License-Identifier: MIT
// A contact that bounces: levels count once they have held.

import * as driver from "../../boards/sensors/contact.js";
import { prove } from "./prove.js";
import type { Step } from "./stage.js";

const given = ["@pin", { changed: "&" }];
const begin: Step[] = [["pin?", 0], "watch pin"];
const read = (level: number, count: number): Step[] => [
  "! read",
  `= 0 contact=${level} count=${count}`,
];
const settled = (level: number): Step[] => ["! timer", ["pin?", level], `told ${level}`];

prove("contact", driver, [
  {
    title: "tells a change once it has held, and counts what closed",
    given,
    steps: [
      ...begin,
      ...read(0, 0),
      "! edge pin 1 0",
      "after 50",
      ...settled(1),
      ...read(1, 1),
      "! edge pin 0 0",
      "after 50",
      ...settled(0),
      ...read(0, 1),
    ],
  },
  {
    title: "waits again for as long as it bounces",
    given,
    steps: [
      ...begin,
      "! edge pin 1 0",
      "after 50",
      "! edge pin 0 900",
      "! edge pin 1 1800",
      "! timer",
      "after 50",
      "! edge pin 0 60000",
      "! edge pin 1 60500",
      "! timer",
      "after 50",
      ...settled(1),
      ...read(1, 1),
    ],
  },
  {
    title: "takes a spike for nothing",
    given,
    steps: [
      ...begin,
      "! edge pin 1 0",
      "after 50",
      "! edge pin 0 10",
      "! timer",
      "after 50",
      "! timer",
      ["pin?", 0],
      ...read(0, 0),
    ],
  },
  {
    title: "is closed when the pin is low, where that is how it is wired; and tells nobody",
    given: ["@pin", { isInverted: true, debounceMs: 5 }],
    steps: [
      ["pin?", 0],
      "watch pin",
      ...read(1, 0),
      "! edge pin 1 0",
      "after 5",
      "! timer",
      ["pin?", 1],
      ...read(0, 0),
      "! edge pin 0 0",
      "after 5",
      "! timer",
      ["pin?", 0],
      ...read(1, 1),
    ],
  },
]);
