// SPDX-License-Identifier: MIT
// Steps, counted for as long as it runs: acceleration of whatever direction that goes beyond 1.2 g, and has
// been near 1 g in between.

import type { After } from "../../boards/hal.js";
import {
  conclude,
  type Reader,
  type Reading,
  type Sensor,
  sensorOf,
} from "../../boards/sensors/sensor.js";
import { DeviceStatus } from "../../boards/sensors/status.js";

/** Squares of mm/s²; three of them are below 31 bits. */
const enum Step {
  UP = 138485000,
  DOWN = 106000000,
  EVERY_MS = 80,
}

interface StepsReader extends Reader {
  /** A sensor with `acceleration_x` and the others. */
  source: Sensor;
  after: After;
  count: number;
  isUp: boolean;
  /** How the last look went. */
  last: DeviceStatus;
}

function squareOf(value: number): number {
  return value * value;
}

/** Whether the foot is down; what is between stays as it was. */
export function isStep(reading: Reading, isUp: boolean): boolean {
  const square =
    squareOf(reading["acceleration_x"]!) +
    squareOf(reading["acceleration_y"]!) +
    squareOf(reading["acceleration_z"]!);
  return square > Step.UP || (isUp && square > Step.DOWN);
}

function walk(reader: StepsReader): void {
  reader.source.read((status, reading) => {
    reader.last = status;
    if (reading) {
      const isUp = isStep(reading, reader.isUp);
      if (isUp && !reader.isUp) reader.count = (reader.count + 1) % 1000000;
      reader.isUp = isUp;
    }
    reader.after(walk, Step.EVERY_MS, reader);
  });
}

function tellSteps(reader: StepsReader): void {
  conclude(reader, reader.last < 0 ? reader.last : { steps: reader.count });
}

export function create(source: Sensor, after: After): Sensor {
  const reader: StepsReader = {
    done: undefined,
    source: source,
    after: after,
    count: 0,
    isUp: false,
    last: DeviceStatus.OK,
  };
  walk(reader);
  return sensorOf(reader, tellSteps);
}
