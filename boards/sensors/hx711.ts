// SPDX-License-Identifier: MIT
// Avia HX711: a load cell, on two pins. Datasheet "HX711". With `perKilogram` it weighs, else it counts.

import type { DigitalPin } from "../hal.js";
import {
  conclude,
  type Quantity,
  type Reader,
  type Reading,
  scaled,
  type Sensor,
  sensorOf,
  signed,
  usual,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  mass: { unit: "kg", decimals: 3 },
  count: { unit: "count", decimals: 0 },
};

export interface Hx711Options {
  /** What it counts with nothing on the scale. */
  zero?: number;
  /** How much more it counts with a kilogram on it; up to 2,000,000. */
  perKilogram?: number;
  /** Clocks after the bits, table 3: 1 (usual) is channel A at 128, 2 is B at 32, 3 is A at 64. */
  clocks?: number;
}

const enum Limit {
  /** Ten times 60 ms: at 10 measurements a second, one in 100 ms, and 400 ms to settle. */
  TRIES = 10,
  AGAIN_MS = 60,
  HALF = 8388608,
}

interface Hx711Reader extends Reader {
  clock: DigitalPin;
  data: DigitalPin;
  zero: number;
  perKilogram: number;
  clocks: number;
  tries: number;
}

function decode(reader: Hx711Reader, count: number): Reading | DeviceStatus {
  // "Output Coding": at the ends it is saturated.
  if (count === Limit.HALF - 1 || count === -Limit.HALF) return DeviceStatus.RANGE;
  return reader.perKilogram > 0
    ? { mass: scaled(1000, count - reader.zero, reader.perKilogram) }
    : { count: count };
}

/** Twenty-four bits, highest first, each read while the clock is high: "Serial Interface". */
function shift(reader: Hx711Reader): void {
  let value = 0;
  for (let bit = 0; bit < 24; bit++) {
    reader.clock.write(1);
    value = value * 2 + reader.data.read();
    reader.clock.write(0);
  }
  for (let clock = 0; clock < reader.clocks; clock++) {
    reader.clock.write(1);
    reader.clock.write(0);
  }
  // Now the data pin goes up until the next measurement.
  conclude(
    reader,
    reader.data.read() > 0 ? decode(reader, signed(value, Limit.HALF)) : DeviceStatus.STUCK,
  );
}

/** The data pin goes down when there is a measurement. */
function check(reader: Hx711Reader): void {
  reader.tries -= 1;
  if (reader.data.read() < 1) shift(reader);
  else if (reader.tries > 0) reader.clock.after(check, Limit.AGAIN_MS, reader);
  else conclude(reader, DeviceStatus.SILENT);
}

/** A clock that is high for 60 µs puts the chip to sleep; low wakes it. */
function start(reader: Hx711Reader): void {
  reader.tries = Limit.TRIES;
  reader.clock.write(0);
  check(reader);
}

export function create(clock: DigitalPin, data: DigitalPin, options?: Hx711Options): Sensor {
  const given: Hx711Options = options || {};
  return sensorOf(
    {
      clock: clock,
      data: data,
      done: undefined,
      zero: usual(given.zero, 0),
      perKilogram: usual(given.perKilogram, 0),
      clocks: usual(given.clocks, 1),
      tries: 0,
    },
    start,
  );
}
