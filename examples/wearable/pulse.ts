// SPDX-License-Identifier: MIT
// Heart rate from the infrared light of a MAX30102: a beat takes some of it, quickly; how often that
// happens in eight seconds. An estimate of somebody who keeps still, and no medical device.

import type { After } from "../../boards/hal.js";
import {
  conclude,
  over,
  type Reader,
  type Reading,
  type Sensor,
  sensorOf,
} from "../../boards/sensors/sensor.js";
import { DeviceStatus } from "../../boards/sensors/status.js";

const enum Look {
  /** Readings, and the milliseconds from one to the next. */
  COUNT = 100,
  EVERY_MS = 80,
  /** No heart beats again within so many readings. */
  REST = 4,
  SLOWEST = 30,
  FASTEST = 220,
}

interface PulseReader extends Reader {
  /** A sensor with `infrared`. */
  source: Sensor;
  after: After;
  values: number[];
}

/** Beats a minute; UNREADY without two beats, RANGE where no heart is like that. */
export function pulseOf(values: number[]): Reading | DeviceStatus {
  let least = values[0]!;
  let most = least;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const middle = over(least + most, 2);
  let first = -1;
  let last = -1;
  let beats = 0;
  for (let at = 1; at < values.length; at++) {
    const isFalling = values[at]! < middle && values[at - 1]! >= middle;
    if (isFalling && (last < 0 || at - last >= Look.REST)) {
      if (first < 0) first = at;
      else beats += 1;
      last = at;
    }
  }
  if (beats < 1) return DeviceStatus.UNREADY;
  const pulse = over(beats * 60000, (last - first) * Look.EVERY_MS);
  return pulse < Look.SLOWEST || pulse > Look.FASTEST ? DeviceStatus.RANGE : { pulse: pulse };
}

function look(reader: PulseReader): void {
  reader.source.read((status, reading) => {
    if (!reading) {
      conclude(reader, status);
      return;
    }
    reader.values.push(reading["infrared"]!);
    if (reader.values.length < Look.COUNT) reader.after(look, Look.EVERY_MS, reader);
    else conclude(reader, pulseOf(reader.values));
  });
}

function beginLook(reader: PulseReader): void {
  reader.values = [];
  look(reader);
}

export function create(source: Sensor, after: After): Sensor {
  return sensorOf({ done: undefined, source: source, after: after, values: [] }, beginLook);
}
