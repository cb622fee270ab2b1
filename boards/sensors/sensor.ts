// SPDX-License-Identifier: MIT
// What all drivers share: their one shape, one reading at a time, and the arithmetic of whole numbers,
// which comes out the same on every engine: JavaScript's numbers, Lua with floats of 64 and of 32 bits,
// and Lua of 32-bit integers alone. No driver needs a fraction.

import type { Octets } from "#engine";
import { DeviceStatus } from "./status.js";

/** What was measured, by quantity: whole numbers, to be divided by 10 to the power of `decimals`. */
export type Reading = Record<string, number>;

/** Gets a Status; and a reading with OK, never with another one. */
export type Done = (this: void, status: DeviceStatus, reading?: Reading) => void;

/** How a quantity is to be understood. */
export interface Quantity {
  /** Its unit by the name of SenML (RFC 8428, section 12.1, and RFC 8798): ASCII on every engine. */
  unit: string;
  /** How many of the digits stand behind the point. */
  decimals: number;
}

/** A sensor. */
export interface Sensor {
  /**
   * Measures, and calls `done` once; READING at once where a reading is under way. Where nothing has
   * to be waited for, `done` is called before `read` returns.
   */
  read(done: Done): void;
}

/** What a driver keeps of a sensor. */
export interface Reader {
  /** Whose reading is under way. */
  done: Done | undefined;
}

/** A sensor whose readings begin with `start`. */
export function sensorOf<T extends Reader>(
  reader: T,
  start: (this: void, reader: T) => void,
): Sensor {
  return {
    read: (done) => {
      if (reader.done) done(DeviceStatus.READING);
      else {
        reader.done = done;
        start(reader);
      }
    },
  };
}

/** Ends a reading with what was measured, or why nothing was. */
export function conclude(reader: Reader, result: Reading | DeviceStatus): void {
  const done = reader.done!;
  reader.done = undefined;
  if (typeof result === "number") done(result);
  else done(DeviceStatus.OK, result);
}

/** What was given, or the usual value. A 0 is a value, also in Lua. */
export function usual(given: number | undefined, value: number): number {
  return given === undefined ? value : given;
}

/**
 * The whole part of a / b, rounded down; b is above zero. Exact as long as the result is below 2^24,
 * also where a division is one of 32-bit floats: what is divided there is a multiple of b.
 */
export function over(a: number, b: number): number {
  const rest = a % b;
  // Half of one is nothing where there are only integers, and not needed there.
  const whole = Math.floor((a - rest) / b + 1 / 2);
  // The rest of a negative number is negative in JavaScript, and never in Lua.
  return rest < 0 ? whole - 1 : whole;
}

/** a · b / by, rounded down, where the product itself would outgrow 31 bits. */
export function scaled(a: number, b: number, by: number): number {
  const whole = over(b, by);
  return a * whole + over(a * (b - whole * by), by);
}

/** The octets at `at` as an unsigned number of 16 bits, high octet first. */
export function wordAt(octets: Octets, at: number): number {
  return octets.charCodeAt(at) * 256 + octets.charCodeAt(at + 1);
}

/** Bits, of which the highest is the sign, as a number; `half` is what that one stands for. */
export function signed(value: number, half: number): number {
  return value < half ? value : value - half - half;
}
