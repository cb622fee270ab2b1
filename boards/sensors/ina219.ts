// SPDX-License-Identifier: MIT
// Texas Instruments INA219: voltage, current and power, on I²C. Datasheet SBOS448. Its calibration
// register is left alone: current and power are worked out here, without its rounding.

import type { I2cBus } from "../hal.js";
import { command, fetch, type I2cOptions, type I2cReader } from "./i2c.js";
import {
  conclude,
  over,
  type Quantity,
  type Sensor,
  scaled,
  sensorOf,
  signed,
  wordAt,
  usual,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  voltage: { unit: "V", decimals: 3 },
  current: { unit: "A", decimals: 4 },
  power: { unit: "W", decimals: 3 },
};

export interface Ina219Options extends I2cOptions {
  /** The shunt, in thousandths of an ohm; usually 100. */
  milliohms?: number;
}

interface Ina219Reader extends I2cReader {
  milliohms: number;
}

const enum Register {
  CONFIG = 0,
  SHUNT = 1,
  BUS = 2,
}

/** "Data Output Registers": the shunt in steps of 10 µV, the bus in steps of 4 mV above three bits. */
function finish(reader: Ina219Reader): void {
  const shunt = fetch(reader, Register.SHUNT, 2);
  const bus = fetch(reader, Register.BUS, 2);
  if (shunt.length < 2 || bus.length < 2) conclude(reader, DeviceStatus.SILENT);
  else {
    // Bit 1: the conversion is ready; bit 0: the arithmetic overflowed.
    const flags = bus.charCodeAt(1) % 4;
    if (flags < 2) conclude(reader, DeviceStatus.UNREADY);
    else if (flags === 3) conclude(reader, DeviceStatus.RANGE);
    else {
      const voltage = over(wordAt(bus, 0), 8) * 4;
      const current = over(signed(wordAt(shunt, 0), 32768) * 100, reader.milliohms);
      conclude(reader, {
        voltage: voltage,
        current: current,
        power: scaled(voltage, current, 10000),
      });
    }
  }
}

/** "Configuration Register": 32 V, ±320 mV, 12 bits, both once; 1.17 ms at most. */
function start(reader: Ina219Reader): void {
  command(reader, String.fromCharCode(Register.CONFIG, 0x39, 0x9b), 2, finish);
}

/** A chip at 0x40, or at another `address` up to 0x4F. */
export function create(bus: I2cBus, options?: Ina219Options): Sensor {
  const given: Ina219Options = options || {};
  return sensorOf(
    {
      bus: bus,
      device: usual(given.address, 0x40),
      done: undefined,
      milliohms: usual(given.milliohms, 100),
    },
    start,
  );
}
