// SPDX-License-Identifier: MIT
// Plantower PMS5003 and PMS7003: particles, over a serial port of 9600 bit/s, 8N1, in the mode it starts
// in: a frame every second or so. Manual "PMS5003 series", appendix I. It wants its fan to run for 30 s
// before its values mean something: until then they are not told from others.

import type { Octets } from "#engine";
import type { Uart } from "../hal.js";
import { conclude, type Quantity, type Sensor, sensorOf, wordAt } from "./sensor.js";
import { DeviceStatus } from "./status.js";
import { expect, type TimedReader } from "./timed.js";

export const meta: Record<string, Quantity> = {
  pm1: { unit: "ug/m3", decimals: 0 },
  pm25: { unit: "ug/m3", decimals: 0 },
  pm10: { unit: "ug/m3", decimals: 0 },
};

const enum Frame {
  LENGTH = 32,
  WAIT_MS = 3000,
}

interface Pms5003Reader extends TimedReader {
  /** The beginning of a frame. */
  rest: Octets;
}

/** Appendix I: "BM", the length 28, thirteen words, and the sum of all octets before. */
function isFrame(octets: Octets): boolean {
  let sum = 0;
  for (let at = 0; at < 30; at++) sum += octets.charCodeAt(at);
  return wordAt(octets, 2) === 28 && wordAt(octets, 30) === sum;
}

/** Words 4 to 6 are those under atmospheric conditions. */
function received(reader: Pms5003Reader, octets: Octets): void {
  if (!reader.done) return;
  let rest = reader.rest + octets;
  // A frame's beginning, or what may become one.
  while (
    rest !== "" &&
    (rest.charCodeAt(0) !== 0x42 || (rest.length > 1 && rest.charCodeAt(1) !== 0x4d))
  ) {
    rest = rest.slice(1);
  }
  reader.rest = rest;
  if (rest !== "") reader.reason = DeviceStatus.GARBLED;
  if (rest.length < Frame.LENGTH) return;
  if (isFrame(rest)) {
    conclude(reader, {
      pm1: wordAt(rest, 10),
      pm25: wordAt(rest, 12),
      pm10: wordAt(rest, 14),
    });
  } else {
    // It was none: the next one may begin inside of it.
    reader.rest = "";
    received(reader, rest.slice(1));
  }
}

/** What came before the reading is old. */
function start(reader: Pms5003Reader): void {
  reader.rest = "";
  expect(reader, Frame.WAIT_MS, DeviceStatus.SILENT);
}

export function create(uart: Uart): Sensor {
  const reader: Pms5003Reader = {
    after: uart.after,
    done: undefined,
    timers: 0,
    reason: DeviceStatus.OK,
    rest: "",
  };
  uart.listen(received, reader);
  return sensorOf(reader, start);
}
