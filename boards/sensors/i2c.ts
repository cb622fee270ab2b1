// SPDX-License-Identifier: MIT
// What drivers of chips on I²C share: a command and the time it takes, and the octets of a register.

import type { Octets } from "#engine";
import type { I2cBus } from "../hal.js";
import { conclude, type Reader } from "./sensor.js";

/** Where a chip is not at its usual address. */
export interface I2cOptions {
  address?: number;
}

/** What a driver keeps of a chip. */
export interface I2cReader extends Reader {
  bus: I2cBus;
  /** Its address. */
  device: number;
}

/** Writes a command, and goes on with `next` after `ms`; ends the reading where it is not taken. */
export function command<T extends I2cReader>(
  reader: T,
  octets: Octets,
  ms: number,
  next: (this: void, reader: T) => void,
): void {
  const status = reader.bus.write(reader.device, octets);
  if (status < 0) conclude(reader, status);
  else reader.bus.after(next, ms, reader);
}

/** So many octets from a register on; fewer where the chip is silent. */
export function fetch(reader: I2cReader, register: number, count: number): Octets {
  return reader.bus.write(reader.device, String.fromCharCode(register)) < 0
    ? ""
    : reader.bus.read(reader.device, count);
}
