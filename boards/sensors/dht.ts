// SPDX-License-Identifier: MIT
// Aosong DHT22 (AM2302) and DHT11: temperature and humidity, on a line of their own. Datasheets "AM2302"
// and "DHT11" of Aosong. Reading the line is the port's; the meaning of its octets is here.

import type { Octets } from "#engine";
import type { DhtLine } from "../hal.js";
import {
  type Done,
  type Quantity,
  type Reader,
  type Reading,
  type Sensor,
  sensorOf,
  wordAt,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  temperature: { unit: "Cel", decimals: 1 },
  humidity: { unit: "%RH", decimals: 1 },
};

export interface DhtOptions {
  /** 11 for a DHT11. */
  model?: number;
}

interface DhtReader extends Reader {
  line: DhtLine;
  isOld: boolean;
}

/** Humidity, temperature with its sign in the highest bit, and the sum of the four octets. */
function decode(octets: Octets, isOld: boolean): Reading | DeviceStatus {
  if (octets.length < 5) return DeviceStatus.SILENT;
  const warm = octets.charCodeAt(2);
  const last = octets.charCodeAt(3);
  const sum = octets.charCodeAt(0) + octets.charCodeAt(1) + warm + last;
  if (sum % 256 !== octets.charCodeAt(4)) return DeviceStatus.GARBLED;
  // Nothing but zeros has a good sum; no air is like that.
  if (sum === 0) return DeviceStatus.STUCK;
  // A DHT11 has whole numbers and tenths in octets of their own, the sign with the tenths.
  const humidity = isOld ? octets.charCodeAt(0) * 10 + octets.charCodeAt(1) : wordAt(octets, 0);
  const size = isOld ? warm * 10 + (last % 128) : (warm % 128) * 256 + last;
  const temperature = (isOld ? last : warm) < 128 ? size : -size;
  return humidity > 1000 || temperature > 1250 || temperature < -400
    ? DeviceStatus.RANGE
    : { temperature: temperature, humidity: humidity };
}

/** In place of a reader's callback while the chip rests. */
function nobody(): void {}

function rested(reader: DhtReader): void {
  reader.done = undefined;
}

/** The chip wants two seconds between readings: until then it is READING. */
function finish(reader: DhtReader, octets: Octets): void {
  const done: Done = reader.done!;
  reader.done = nobody;
  reader.line.after(rested, 2000, reader);
  const result = decode(octets, reader.isOld);
  if (typeof result === "number") done(result);
  else done(DeviceStatus.OK, result);
}

/** The start signal: 1 ms for a DHT22, 18 ms for a DHT11. */
function start(reader: DhtReader): void {
  reader.line.ask(reader.isOld ? 18 : 1, finish, reader);
}

export function create(line: DhtLine, options?: DhtOptions): Sensor {
  const isOld = options !== undefined && options.model === 11;
  return sensorOf({ line: line, isOld: isOld, done: undefined }, start);
}
