// SPDX-License-Identifier: MIT
// Modbus RTU, the side that asks, over a serial port (RS-485 with an adapter that switches direction by
// itself): reads registers of one device. "MODBUS over Serial Line" V1.02 and "MODBUS Application
// Protocol" V1.1b3. The quantities are the program's, by the device's manual.

import type { Octets } from "#engine";
import type { Uart } from "../hal.js";
import {
  conclude,
  type Quantity,
  type Reading,
  type Sensor,
  sensorOf,
  signed,
  wordAt,
  usual,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";
import { expect, type TimedReader } from "./timed.js";

/** The program knows what it reads. */
export const meta: Record<string, Quantity> = {};

/** A quantity, and where it lies. */
export interface FieldOptions {
  /** The register, from the first that is asked for on. */
  at: number;
  /** 1 (usual) or 2 registers. */
  words?: number;
  /** Of two registers the lower one comes first. */
  isLowFirst?: boolean;
  /** Whether the highest bit is a sign. */
  isSigned?: boolean;
}

export interface ModbusOptions {
  /** The device, 1 to 247. */
  unit: number;
  /** 3 (usual) for holding registers, 4 for input registers. */
  code?: number;
  /** The first register. */
  from: number;
  /** How many registers, up to 125. */
  count: number;
  fields: Record<string, FieldOptions>;
}

const enum Wait {
  /** Three and a half characters of silence between frames; 4 ms at 9600 bit/s. */
  SILENCE_MS = 5,
  ANSWER_MS = 1000,
}

interface ModbusReader extends TimedReader {
  uart: Uart;
  given: ModbusOptions;
  code: number;
  /** What came of the answer. */
  rest: Octets;
}

/**
 * Section 6.2.2 of "over Serial Line": polynomial 0xA001 from 0xFFFF, 0 over a frame with its checksum
 * behind. Bits 15, 13 and 0 are turned over without operators on bits.
 */
function crcOf(octets: Octets, length: number): number {
  let crc = 65535;
  for (let at = 0; at < length; at++) {
    let octet = octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) {
      const isTurned = octet % 2 !== crc % 2;
      octet = Math.floor(octet / 2);
      crc = Math.floor(crc / 2);
      if (isTurned) crc += 40961 - (Math.floor(crc / 8192) % 2) * 16384 - (crc % 2) * 2;
    }
  }
  return crc;
}

function valueOf(octets: Octets, field: FieldOptions): number {
  const first = wordAt(octets, 3 + field.at * 2);
  if (field.words !== 2) return field.isSigned ? signed(first, 32768) : first;
  const second = wordAt(octets, 5 + field.at * 2);
  const high = field.isLowFirst ? second : first;
  const low = field.isLowFirst ? first : second;
  return (field.isSigned ? signed(high, 32768) : high) * 65536 + low;
}

/** The whole answer: device, function, number of octets, registers, checksum. */
function decode(reader: ModbusReader, octets: Octets): Reading | DeviceStatus {
  // Section 7 of "Application Protocol": an exception has the function's highest bit set.
  if (octets.charCodeAt(1) === reader.code + 128) return DeviceStatus.REFUSED;
  const reading: Reading = {};
  for (const name in reader.given.fields) {
    reading[name] = valueOf(octets, reader.given.fields[name]!);
  }
  return reading;
}

/** How long the answer that begins like this has to be; 0 where it is no answer to what was asked. */
function lengthOf(reader: ModbusReader, octets: Octets): number {
  const count = reader.given.count;
  if (octets.charCodeAt(0) !== reader.given.unit) return 0;
  if (octets.charCodeAt(1) === reader.code + 128) return 5;
  return octets.charCodeAt(1) === reader.code && octets.charCodeAt(2) === count * 2
    ? 5 + count * 2
    : 0;
}

function received(reader: ModbusReader, octets: Octets): void {
  if (!reader.done || reader.reason === DeviceStatus.OK) return;
  let rest = reader.rest + octets;
  reader.reason = DeviceStatus.GARBLED;
  // Noise of a line that changes direction may stand in front.
  while (rest.length > 2) {
    const length = lengthOf(reader, rest);
    if (rest.length < length) break;
    if (length > 0 && crcOf(rest, length) === 0) {
      conclude(reader, decode(reader, rest));
      return;
    }
    rest = rest.slice(1);
  }
  reader.rest = rest;
}

/** Section 6.3 of "Application Protocol": device, function, first register, number of registers. */
function ask(reader: ModbusReader): void {
  const given = reader.given;
  const from = given.from % 256;
  const head = String.fromCharCode(
    given.unit,
    reader.code,
    Math.floor(given.from / 256),
    from,
    0,
    given.count,
  );
  const crc = crcOf(head, 6);
  const status = reader.uart.write(head + String.fromCharCode(crc % 256, Math.floor(crc / 256)));
  if (status < 0) conclude(reader, status);
  else expect(reader, Wait.ANSWER_MS, DeviceStatus.SILENT);
}

function start(reader: ModbusReader): void {
  reader.rest = "";
  reader.reason = DeviceStatus.OK;
  reader.after(ask, Wait.SILENCE_MS, reader);
}

export function create(uart: Uart, options: ModbusOptions): Sensor {
  const reader: ModbusReader = {
    after: uart.after,
    done: undefined,
    timers: 0,
    reason: DeviceStatus.OK,
    uart: uart,
    given: options,
    code: usual(options.code, 3),
    rest: "",
  };
  uart.listen(received, reader);
  return sensorOf(reader, start);
}
