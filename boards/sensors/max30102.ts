// SPDX-License-Identifier: MIT
// Maxim MAX30102: light of two colours that a finger gives back, on I²C: the means of what its FIFO
// holds. Datasheet "MAX30102" (19-7740). Pulse and oxygen are not worked out here: they need a record of
// seconds and a judgement, and this is no medical device.

import type { Octets } from "#engine";
import type { I2cBus } from "../hal.js";
import { command, fetch, type I2cOptions, type I2cReader } from "./i2c.js";
import {
  conclude,
  over,
  type Quantity,
  type Reading,
  type Sensor,
  sensorOf,
  wordAt,
  usual,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  red: { unit: "count", decimals: 0 },
  infrared: { unit: "count", decimals: 0 },
};

const enum Register {
  FIFO_WRITE = 0x04,
  FIFO_DATA = 0x07,
  FIFO_CONFIG = 0x08,
  MODE = 0x09,
  PART_ID = 0xff,
}

const enum Fifo {
  SAMPLES = 32,
  /** What one transfer of every firmware holds: four samples of six octets. */
  AT_ONCE = 4,
  /** Eighteen bits of ones. */
  FULL = 262143,
}

interface Max30102Reader extends I2cReader {
  isRunning: boolean;
}

/** Eighteen bits of three octets; the six above them are not defined. */
function colourAt(octets: Octets, at: number): number {
  return (octets.charCodeAt(at) % 4) * 65536 + wordAt(octets, at + 1);
}

/** Means of the samples, red first in each. */
function decode(octets: Octets): Reading | DeviceStatus {
  let red = 0;
  let infrared = 0;
  for (let at = 0; at < octets.length; at += 6) {
    const one = colourAt(octets, at);
    const other = colourAt(octets, at + 3);
    // Too much light, or no converter that works.
    if (one === Fifo.FULL || other === Fifo.FULL) return DeviceStatus.RANGE;
    if (one === 0 && other === 0) return DeviceStatus.STUCK;
    red += one;
    infrared += other;
  }
  const count = over(octets.length, 6);
  return { red: over(red, count), infrared: over(infrared, count) };
}

/** Ends a reading that failed: the next one sets the chip up anew. */
function fail(reader: Max30102Reader, status: DeviceStatus): void {
  reader.isRunning = false;
  conclude(reader, status);
}

/** Pointers to write, to what was lost, to read, of five bits each: as many samples lie between. */
function finish(reader: Max30102Reader): void {
  const pointers = fetch(reader, Register.FIFO_WRITE, 3);
  if (pointers.length < 3) {
    fail(reader, DeviceStatus.SILENT);
    return;
  }
  const from = pointers.charCodeAt(2);
  let count = pointers.charCodeAt(0) - from;
  if (count < 0) count += Fifo.SAMPLES;
  if (from >= Fifo.SAMPLES || count >= Fifo.SAMPLES) fail(reader, DeviceStatus.GARBLED);
  // Of a full one both pointers are the same, and samples were lost.
  else if (count === 0 && pointers.charCodeAt(1) === 0) fail(reader, DeviceStatus.UNREADY);
  else {
    if (count === 0 || count > Fifo.AT_ONCE) count = Fifo.AT_ONCE;
    const octets = fetch(reader, Register.FIFO_DATA, count * 6);
    if (octets.length < count * 6) fail(reader, DeviceStatus.SILENT);
    else conclude(reader, decode(octets));
  }
}

/** Both colours; 18 bits at 100 samples a second, means of four, 7 mA each; the FIFO begins anew. */
function setUp(reader: Max30102Reader): void {
  // FIFO_CONFIG, MODE, SPO2_CONFIG, one that is reserved, LED1, LED2.
  const settings = String.fromCharCode(Register.FIFO_CONFIG, 0x50, 3, 0x27, 0, 0x24, 0x24);
  const status = reader.bus.write(reader.device, settings);
  if (status < 0) fail(reader, status);
  else command(reader, String.fromCharCode(Register.FIFO_WRITE, 0, 0, 0), 200, finish);
}

function start(reader: Max30102Reader): void {
  if (reader.isRunning) {
    finish(reader);
    return;
  }
  const id = fetch(reader, Register.PART_ID, 1);
  if (id.length < 1) conclude(reader, DeviceStatus.SILENT);
  else if (id.charCodeAt(0) !== 0x15) conclude(reader, DeviceStatus.UNKNOWN);
  else {
    reader.isRunning = true;
    // A reset, which is through within 1 ms or so.
    command(reader, String.fromCharCode(Register.MODE, 0x40), 10, setUp);
  }
}

/** The one address is 0x57. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    {
      bus: bus,
      device: usual(options && options.address, 0x57),
      done: undefined,
      isRunning: false,
    },
    start,
  );
}
