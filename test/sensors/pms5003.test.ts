// SPDX-License-Identifier: MIT
// PMS5003 against the frame of appendix I of its manual, as it comes out of a serial port: cut anywhere,
// behind rubbish, garbled.

import * as driver from "../../boards/sensors/pms5003.js";
import { prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const given = ["@uart"];
const FRAME = "424d001c000a0019001f00090018001e05dc01a4005a000c00030001970003b3";
const result = "= 0 pm1=9 pm10=30 pm25=24";
const begin: Step[] = ["watch uart", "! read", "after 3000"];
const read: Step[] = ["! read", "after 3000"];
const good: Dialogue = {
  title: "measures with the frame of the manual",
  given,
  steps: [...begin, `! uart ${FRAME}`, result, "! timer"],
};
const second: Step[] = [...read, `! uart ${FRAME}`, result, "! timer"];

const cuts: Dialogue[] = [];
for (let at = 2; at < FRAME.length; at += 2) {
  cuts.push({
    title: `takes a frame that is cut at octet ${at / 2}`,
    given,
    steps: [
      ...begin,
      `! uart ${FRAME.slice(0, at)}`,
      `! uart ${FRAME.slice(at)}`,
      result,
      "! timer",
    ],
  });
}
const octetByOctet = (FRAME.match(/../g) ?? []).map((octet): Step => `! uart ${octet}`);

const faults: Dialogue[] = [];
for (let at = 0; at < FRAME.length; at += 2) {
  for (const bit of [1, 128]) {
    const wrong = (parseInt(FRAME.slice(at, at + 2), 16) ^ bit).toString(16).padStart(2, "0");
    const changed = FRAME.slice(0, at) + wrong + FRAME.slice(at + 2);
    faults.push({
      title: `bit ${bit} of octet ${at / 2} changed`,
      given,
      steps: [...begin, `! uart ${changed}`, "! timer", "= -42", ...second],
    });
  }
}
for (const [what, sent] of [
  ["nothing", ""],
  ["all ones", "f".repeat(64)],
  ["all zeros", "0".repeat(64)],
  ["half a frame", FRAME.slice(0, 40)],
] as const) {
  faults.push({
    title: `${what} comes`,
    given,
    steps: [...begin, ...(sent ? [`! uart ${sent}`] : []), "! timer", "= -40", ...second],
  });
}

prove(
  "pms5003",
  driver,
  [
    good,
    ...cuts,
    {
      title: "takes a frame octet by octet, and forgets what came between readings",
      given,
      steps: [
        ...begin,
        ...octetByOctet,
        result,
        `! uart ${FRAME.slice(0, 20)}`,
        "! timer",
        ...read,
        `! uart ${FRAME}`,
        result,
        "! timer",
      ],
    },
    {
      title:
        "finds a frame behind the end of another, behind rubbish, and behind a false beginning",
      given,
      steps: [
        ...begin,
        `! uart ${FRAME.slice(30)}${FRAME.slice(0, 10)}`,
        `! uart ${FRAME.slice(10)}`,
        result,
        ...read,
        `! uart 42424d42${FRAME}`,
        result,
        ...read,
        `! uart 424d001c${FRAME}`,
        result,
        "! timer",
        "! timer",
        "! timer",
      ],
    },
    {
      title: "does not end a reading by the timer of the one before",
      given,
      steps: [
        ...begin,
        `! uart ${FRAME}`,
        result,
        ...read,
        "! timer",
        "! read",
        "= -48",
        "! timer",
        "= -40",
      ],
    },
  ],
  faults,
);
