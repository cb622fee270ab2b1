// SPDX-License-Identifier: MIT
// Sensirion SCD40 and SCD41: carbon dioxide, temperature and humidity, on I²C, measuring every 5 s.
// Datasheet "SCD4x". The first reading takes 5.5 s, because the chip is stopped first: it may have been
// measuring before this program began, and would then take no other command.

import type { I2cBus } from "../hal.js";
import { command, type I2cOptions, type I2cReader } from "./i2c.js";
import { climate, wordsStatus } from "./sensirion.js";
import { conclude, type Quantity, type Sensor, sensorOf, wordAt, usual } from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  carbon_dioxide: { unit: "ppm", decimals: 0 },
  temperature: { unit: "Cel", decimals: 2 },
  humidity: { unit: "%RH", decimals: 2 },
};

interface Scd4xReader extends I2cReader {
  isRunning: boolean;
  /** How often it is asked again whether there is a measurement. */
  tries: number;
}

const enum Limit {
  /** A measurement comes every 5 s. */
  TRIES = 6,
  AGAIN_MS = 1000,
}

/** Ends a reading that failed: the next one starts the chip anew. */
function fail(reader: Scd4xReader, status: DeviceStatus): void {
  reader.isRunning = false;
  conclude(reader, status);
}

/** `read_measurement`: three words, the climate's by the formulas of the SHT3x. */
function finish(reader: Scd4xReader): void {
  const octets = reader.bus.read(reader.device, 9);
  const status = wordsStatus(octets, 3);
  if (status < 0) fail(reader, status);
  else {
    const reading = climate(octets, 3);
    reading["carbon_dioxide"] = wordAt(octets, 0);
    conclude(reader, reading);
  }
}

/** `get_data_ready_status`: the lower 11 bits are 0 while there is nothing. */
function check(reader: Scd4xReader): void {
  const octets = reader.bus.read(reader.device, 3);
  const status = wordsStatus(octets, 1);
  reader.tries -= 1;
  if (status < 0) fail(reader, status);
  else if (wordAt(octets, 0) % 2048 > 0) {
    command(reader, String.fromCharCode(0xec, 0x05), 1, finish);
  } else if (reader.tries > 0) reader.bus.after(ask, Limit.AGAIN_MS, reader);
  else fail(reader, DeviceStatus.UNREADY);
}

function ask(reader: Scd4xReader): void {
  command(reader, String.fromCharCode(0xe4, 0xb8), 1, check);
}

/** `start_periodic_measurement`: the first one comes after 5 s. */
function begin(reader: Scd4xReader): void {
  reader.isRunning = true;
  command(reader, String.fromCharCode(0x21, 0xb1), 5000, ask);
}

/** `stop_periodic_measurement`: 500 ms until it takes a command. */
function start(reader: Scd4xReader): void {
  reader.tries = Limit.TRIES;
  if (reader.isRunning) ask(reader);
  else command(reader, String.fromCharCode(0x3f, 0x86), 500, begin);
}

/** The one address is 0x62. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    {
      bus: bus,
      device: usual(options && options.address, 0x62),
      done: undefined,
      isRunning: false,
      tries: 0,
    },
    start,
  );
}
