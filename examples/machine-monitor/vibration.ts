// SPDX-License-Identifier: MIT
// Vibration: how much an acceleration strays from its mean over some readings (RMS), in whole numbers.

import type { After } from "../../boards/hal.js";
import { conclude, over, type Reader, type Sensor, sensorOf } from "../../boards/sensors/sensor.js";

const enum Row {
  /** Readings, and the milliseconds from one to the next. */
  COUNT = 32,
  EVERY_MS = 7,
}

interface VibrationReader extends Reader {
  /** A sensor with an `acceleration_z`, in mm/s². */
  source: Sensor;
  after: After;
  values: number[];
}

/** The whole part of a square root. */
export function rootOf(square: number): number {
  let root = square;
  let next = over(square + 1, 2);
  while (next < root) {
    root = next;
    next = over(root + over(square, root), 2);
  }
  return root;
}

/** Divided before they are added, squares stay below 31 bits. */
export function rmsOf(values: number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = over(sum, values.length);
  let squares = 0;
  for (const value of values) squares += over((value - mean) * (value - mean), values.length);
  return rootOf(squares);
}

function sample(reader: VibrationReader): void {
  reader.source.read((status, reading) => {
    if (!reading) {
      conclude(reader, status);
      return;
    }
    reader.values.push(reading["acceleration_z"]!);
    if (reader.values.length < Row.COUNT) reader.after(sample, Row.EVERY_MS, reader);
    else conclude(reader, { vibration: rmsOf(reader.values) });
  });
}

function begin(reader: VibrationReader): void {
  reader.values = [];
  sample(reader);
}

export function create(source: Sensor, after: After): Sensor {
  return sensorOf({ done: undefined, source: source, after: after, values: [] }, begin);
}
