// SPDX-License-Identifier: MIT
// Sensirion SCD30: carbon dioxide, temperature and humidity, on I²C with clock stretching, measuring
// every 2 s. "Interface Description Sensirion SCD30". Its floats are taken apart as whole numbers.

import type { Octets } from "#engine";
import type { I2cBus } from "../hal.js";
import { command, type I2cOptions, type I2cReader } from "./i2c.js";
import { wordsStatus } from "./sensirion.js";
import { conclude, over, type Quantity, type Sensor, sensorOf, wordAt, usual } from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  carbon_dioxide: { unit: "ppm", decimals: 2 },
  temperature: { unit: "Cel", decimals: 2 },
  humidity: { unit: "%RH", decimals: 2 },
};

interface Scd30Reader extends I2cReader {
  isRunning: boolean;
  tries: number;
}

const enum Limit {
  TRIES = 4,
  AGAIN_MS = 1000,
  /** Hundredths: what no quantity of this chip reaches, 40000 ppm and a little. */
  TOP = 4100000,
}

/**
 * Hundredths of an IEEE 754 float of 32 bits, whose two words have a checksum behind each; TOP where it
 * is larger, infinite, or no number.
 */
function hundredths(octets: Octets, at: number): number {
  const head = wordAt(octets, at);
  const size = head % 32768;
  // From 2^17 on it is too large, below 2^-7 it is nothing.
  const exponent = Math.floor(size / 128);
  if (exponent > 143) return Limit.TOP;
  if (exponent < 120) return 0;
  let divisor = 1;
  for (let power = exponent; power < 150; power++) divisor *= 2;
  const mantissa = ((size % 128) + 128) * 65536 + wordAt(octets, at + 3);
  // Both are below 2^31, which is where Lua's integers end.
  const value = over(mantissa * 100, divisor);
  return head < 32768 ? value : -value;
}

/** Ends a reading that failed: the next one starts the chip anew. */
function fail(reader: Scd30Reader, status: DeviceStatus): void {
  reader.isRunning = false;
  conclude(reader, status);
}

/** Section 1.4.5. */
function finish(reader: Scd30Reader): void {
  const octets = reader.bus.read(reader.device, 18);
  const status = wordsStatus(octets, 6);
  if (status < 0) fail(reader, status);
  else {
    const dioxide = hundredths(octets, 0);
    const temperature = hundredths(octets, 6);
    const humidity = hundredths(octets, 12);
    // Ranges of the datasheet. While it starts it sends zero.
    if (dioxide === 0) fail(reader, DeviceStatus.UNREADY);
    else if (
      dioxide < 0 ||
      dioxide >= Limit.TOP ||
      temperature < -4000 ||
      temperature > 8500 ||
      humidity < 0 ||
      humidity > 10000
    ) {
      conclude(reader, DeviceStatus.RANGE);
    } else {
      conclude(reader, {
        carbon_dioxide: dioxide,
        temperature: temperature,
        humidity: humidity,
      });
    }
  }
}

/** Section 1.4.4 (get data ready status): 1 when there is a measurement. */
function check(reader: Scd30Reader): void {
  const octets = reader.bus.read(reader.device, 3);
  const status = wordsStatus(octets, 1);
  reader.tries -= 1;
  if (status < 0) fail(reader, status);
  else if (wordAt(octets, 0) === 1) command(reader, String.fromCharCode(3, 0), 4, finish);
  else if (reader.tries > 0) reader.bus.after(ask, Limit.AGAIN_MS, reader);
  else fail(reader, DeviceStatus.UNREADY);
}

/** A chip that is asked has to have 3 ms before it is read, section 1.1. */
function ask(reader: Scd30Reader): void {
  command(reader, String.fromCharCode(2, 2), 4, check);
}

/** Section 1.4.1 (trigger continuous measurement), without compensation for pressure. */
function start(reader: Scd30Reader): void {
  reader.tries = Limit.TRIES;
  if (reader.isRunning) ask(reader);
  else {
    reader.isRunning = true;
    command(reader, String.fromCharCode(0, 0x10, 0, 0, 0x81), 2000, ask);
  }
}

/** The one address is 0x61. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    {
      bus: bus,
      device: usual(options && options.address, 0x61),
      done: undefined,
      isRunning: false,
      tries: 0,
    },
    start,
  );
}
