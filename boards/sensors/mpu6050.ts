// SPDX-License-Identifier: MIT
// InvenSense MPU-6050: acceleration and rotation in three directions, and the chip's temperature, on I²C.
// "MPU-6000 and MPU-6050 Register Map and Descriptions", at ±2 g and ±250 °/s.

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
  signed,
  wordAt,
  usual,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

const acceleration: Quantity = { unit: "m/s2", decimals: 3 };
const rotation: Quantity = { unit: "rad/s", decimals: 3 };

export const meta: Record<string, Quantity> = {
  acceleration_x: acceleration,
  acceleration_y: acceleration,
  acceleration_z: acceleration,
  rotation_x: rotation,
  rotation_y: rotation,
  rotation_z: rotation,
  temperature: { unit: "Cel", decimals: 2 },
};

const enum Register {
  INT_STATUS = 0x3a,
  PWR_MGMT_1 = 0x6b,
  WHO_AM_I = 0x75,
}

interface Mpu6050Reader extends I2cReader {
  isAwake: boolean;
}

/** 16384 a g, section 4.17; 9.80665 m/s². */
function accelerationAt(octets: Octets, at: number): number {
  return over(signed(wordAt(octets, at), 32768) * 9807, 16384);
}

/** 131 for a degree a second, section 4.19: 1000 · π / 180 / 131 mrad/s. */
function rotationAt(octets: Octets, at: number): number {
  return over(signed(wordAt(octets, at), 32768) * 17453, 131000);
}

/** INT_STATUS, then three words of acceleration, temperature, three words of rotation. */
function decode(octets: Octets): Reading {
  return {
    acceleration_x: accelerationAt(octets, 1),
    acceleration_y: accelerationAt(octets, 3),
    acceleration_z: accelerationAt(octets, 5),
    // Section 4.18: raw / 340 + 36.53.
    temperature: over(signed(wordAt(octets, 7), 32768) * 5, 17) + 3653,
    rotation_x: rotationAt(octets, 9),
    rotation_y: rotationAt(octets, 11),
    rotation_z: rotationAt(octets, 13),
  };
}

function finish(reader: Mpu6050Reader): void {
  const octets = fetch(reader, Register.INT_STATUS, 15);
  if (octets.length < 15) conclude(reader, DeviceStatus.SILENT);
  // Section 4.16: only "data ready", which reading clears; asleep after a reset there is none.
  else if (octets.charCodeAt(0) !== 1) {
    reader.isAwake = false;
    conclude(reader, DeviceStatus.UNREADY);
  } else conclude(reader, decode(octets));
}

/** Wakes it, on the clock of its gyroscope, which takes 30 ms and the filters as long again. */
function start(reader: Mpu6050Reader): void {
  if (reader.isAwake) {
    finish(reader);
    return;
  }
  const id = fetch(reader, Register.WHO_AM_I, 1);
  if (id.length < 1) conclude(reader, DeviceStatus.SILENT);
  else if (id.charCodeAt(0) !== 0x68) conclude(reader, DeviceStatus.UNKNOWN);
  else {
    reader.isAwake = true;
    command(reader, String.fromCharCode(Register.PWR_MGMT_1, 1), 100, finish);
  }
}

/** A chip at 0x68, or at the `address` 0x69 with AD0 high. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    {
      bus: bus,
      device: usual(options && options.address, 0x68),
      done: undefined,
      isAwake: false,
    },
    start,
  );
}
