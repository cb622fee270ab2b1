// SPDX-License-Identifier: MIT
// Modbus RTU: checksums of "MODBUS over Serial Line", exceptions of "Application Protocol", and the
// frames of two meters, PZEM-004T (lower register first) and SDM120 (floats are not read, words are).

import { expect, test } from "vitest";
import * as driver from "../../boards/sensors/modbus.js";
import { crc16, hexOf, octetsOf } from "./crc.js";
import { prove } from "./prove.js";
import type { Dialogue, Step } from "./stage.js";

const framed = (hex: string) => {
  const crc = crc16(octetsOf(hex));
  return hex + hexOf([crc & 255, crc >> 8]);
};

test("the checksum of these tests is the standard's", () => {
  expect(crc16([..."123456789"].map((c) => c.charCodeAt(0)))).toBe(0x4b37);
  expect(framed("1103006b0003")).toBe("1103006b00037687");
});

const pzem = {
  unit: 1,
  code: 4,
  from: 0,
  count: 10,
  fields: {
    voltage: { at: 0 },
    current: { at: 1, words: 2, isLowFirst: true },
    power: { at: 3, words: 2, isLowFirst: true },
  },
};
const given = ["@uart", pzem];
const begin: Step[] = ["watch uart"];
const ask: Step[] = ["! read", "after 5", "! timer", "write 01040000000a700d", "after 1000"];
const ANSWER = framed("010414" + "08fc" + "11700001" + "2af80000" + "0000000001f400630000");
const result = "= 0 current=70000 power=11000 voltage=2300";
const good: Step[] = [...ask, `! uart ${ANSWER}`, result, "! timer"];

const cuts: Dialogue[] = [];
for (let at = 2; at < ANSWER.length; at += 2) {
  cuts.push({
    title: `takes an answer that is cut at octet ${at / 2}`,
    given,
    steps: [
      ...begin,
      ...ask,
      `! uart ${ANSWER.slice(0, at)}`,
      `! uart ${ANSWER.slice(at)}`,
      result,
      "! timer",
    ],
  });
}

const faults: Dialogue[] = [];
const fault = (title: string, sent: string, status: number): void => {
  faults.push({
    title,
    given,
    steps: [
      ...begin,
      ...ask,
      ...(sent ? [`! uart ${sent}`] : []),
      "! timer",
      `= ${status}`,
      ...good,
    ],
  });
};
for (let at = 0; at < ANSWER.length; at += 2) {
  for (const bit of [1, 128]) {
    const wrong = (parseInt(ANSWER.slice(at, at + 2), 16) ^ bit).toString(16).padStart(2, "0");
    const changed = ANSWER.slice(0, at) + wrong + ANSWER.slice(at + 2);
    fault(`bit ${bit} of octet ${at / 2} changed`, changed, -42);
  }
}
for (let at = 2; at < ANSWER.length; at += 2) {
  fault(`an answer that ends at octet ${at / 2}`, ANSWER.slice(0, at), -42);
}
fault("no answer", "", -40);
fault("all ones", "f".repeat(50), -42);
fault("all zeros", "0".repeat(50), -42);
fault("the answer of another device", framed("02" + ANSWER.slice(2, -4)), -42);
fault("the answer to another function", framed("0103" + ANSWER.slice(4, -4)), -42);
fault("an answer of another length", framed("01040208fc"), -42);
fault("an exception that is garbled", "018402c2c2", -42);
faults.push({
  title: "a serial port that does not write",
  given,
  steps: [
    ...begin,
    "! read",
    "after 5",
    "! timer",
    ["write 01040000000a700d", -40],
    "= -40",
    ...good,
  ],
});

prove(
  "modbus",
  driver,
  [
    { title: "reads a meter whose lower register comes first", given, steps: [...begin, ...good] },
    ...cuts,
    {
      title: "reads registers with signs, alone and in pairs",
      given: [
        "@uart",
        {
          unit: 17,
          from: 107,
          count: 3,
          fields: {
            a: { at: 0, isSigned: true },
            b: { at: 1, words: 2, isSigned: true },
            c: { at: 2 },
          },
        },
      ],
      steps: [
        ...begin,
        "! read",
        "after 5",
        "! timer",
        "write 1103006b00037687",
        "after 1000",
        `! uart ${framed("110306" + "ff9c" + "fffe7960")}`,
        "= 0 a=-100 b=-100000 c=31072",
        "! timer",
      ],
    },
    {
      title: "tells an exception",
      given,
      steps: [...begin, ...ask, `! uart ${framed("018402")}`, "= -46", "! timer", ...good],
    },
    {
      title: "finds the answer behind noise, and takes nothing that was not asked for",
      given,
      steps: [
        ...begin,
        `! uart ${ANSWER}`,
        "! read",
        "after 5",
        `! uart ${ANSWER}`,
        "! timer",
        "write 01040000000a700d",
        "after 1000",
        `! uart 00ff0104${ANSWER.slice(0, 8)}`,
        `! uart ${ANSWER.slice(8)}`,
        result,
        `! uart ${ANSWER}`,
        "! timer",
      ],
    },
    {
      title: "asks once at a time",
      given,
      steps: [...begin, ...ask, "! read", "= -48", `! uart ${ANSWER}`, result, "! timer"],
    },
  ],
  faults,
);
