// SPDX-License-Identifier: MIT
// An analog input with its calibration: soil moisture, a battery behind a divider, light, a lever. The
// calibration is a list of points, `[what the pin reads, what that means]`, with lines between them.

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

/** The program knows what it measures. */
export const meta: Record<string, Quantity> = {};

export interface AnalogOptions {
  /** What it is called in a reading. */
  quantity: string;
  /**
   * At least two, from the lowest reading of the pin (of 65535) to the highest. The product of both
   * distances of two neighbours has to be below 2^31.
   */
  points: number[][];
  /** Whether the first and the last meaning also stand for what is beyond; else that is RANGE. */
  isClamped?: boolean;
}

interface AnalogReader extends Reader {
  pin: AnalogPin;
  given: AnalogOptions;
}

function decode(given: AnalogOptions, raw: number): Reading | DeviceStatus {
  const points = given.points;
  const reading: Reading = {};
  if (raw < 0) return raw;
  // The ends of the converter are what a wire that is off, or shorted, shows.
  if (raw < 1 || raw > 65534) return DeviceStatus.STUCK;
  let at = 1;
  while (at < points.length - 1 && raw > points[at]![0]!) at += 1;
  const from = points[at - 1]!;
  const to = points[at]!;
  let value = raw;
  if (raw < from[0]! || raw > to[0]!) {
    if (!given.isClamped) return DeviceStatus.RANGE;
    value = raw < from[0]! ? from[0]! : to[0]!;
  }
  reading[given.quantity] = alongLine(value, from[0]!, to[0]!, from[1]!, to[1]!);
  return reading;
}

function start(reader: AnalogReader): void {
  conclude(reader, decode(reader.given, reader.pin.read()));
}

export function create(pin: AnalogPin, options: AnalogOptions): Sensor {
  return sensorOf({ pin: pin, given: options, done: undefined }, start);
}
