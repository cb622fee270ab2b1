// SPDX-License-Identifier: MIT
// A thermistor (NTC) of 10 kΩ at 25 °C and B 3950, against GND, with 10 kΩ to the converter's own supply.
// Lua of integers has no logarithm: what the pin reads is a table, every 5 °C, with lines between. That
// is within 0.2 °C of the formula, and the part itself within 1 % or so.

import type { AnalogPin } from "../hal.js";
import { alongLine } from "./line.js";
import {
  conclude,
  type Quantity,
  type Reader,
  type Reading,
  type Sensor,
  sensorOf,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = { temperature: { unit: "Cel", decimals: 1 } };

/** 65535 · R / (R + 10 kΩ) with R = 10 kΩ · exp(3950 · (1/T − 1/298.15 K)), from −40 °C on. */
const TABLE = [
  63944, 63287, 62417, 61288, 59855, 58079, 55932, 53405, 50511, 47293, 43816, 40170, 36454, 32768,
  29202, 25830, 22706, 19860, 17306, 15040, 13049, 11313, 9807, 8507, 7387, 6423, 5596, 4885, 4273,
  3747, 3293, 2902, 2563, 2270,
];

interface NtcReader extends Reader {
  pin: AnalogPin;
}

function decode(raw: number): Reading | DeviceStatus {
  if (raw < 0) return raw;
  // The ends of the converter are what a wire that is off, or shorted, shows.
  if (raw < 1 || raw > 65534) return DeviceStatus.STUCK;
  // The hotter, the lower.
  let at = 1;
  while (at < TABLE.length - 1 && raw < TABLE[at]!) at += 1;
  const cold = TABLE[at - 1]!;
  const warm = TABLE[at]!;
  const tenths = at * 50 - 400;
  return raw > cold || raw < warm
    ? DeviceStatus.RANGE
    : { temperature: alongLine(raw, warm, cold, tenths, tenths - 50) };
}

function start(reader: NtcReader): void {
  conclude(reader, decode(reader.pin.read()));
}

export function create(pin: AnalogPin): Sensor {
  return sensorOf({ pin: pin, done: undefined }, start);
}
