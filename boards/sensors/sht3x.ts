// SPDX-License-Identifier: MIT
// Sensirion SHT30, SHT31, SHT35: temperature and humidity, on I²C. Datasheet "SHT3x-DIS".

import type { I2cBus } from "../hal.js";
import { command, type I2cOptions, type I2cReader } from "./i2c.js";
import { climate, wordsStatus } from "./sensirion.js";
import { conclude, type Quantity, type Sensor, sensorOf, usual } from "./sensor.js";

export const meta: Record<string, Quantity> = {
  temperature: { unit: "Cel", decimals: 2 },
  humidity: { unit: "%RH", decimals: 2 },
};

/** Section 4.13: T = −45 + 175 · S / 65535, RH = 100 · S / 65535. */
function finish(reader: I2cReader): void {
  const octets = reader.bus.read(reader.device, 6);
  const status = wordsStatus(octets, 2);
  conclude(reader, status < 0 ? status : climate(octets, 0));
}

/** Section 4.3: one measurement, high repeatability, no clock stretching; 15.5 ms at most, table 4. */
function start(reader: I2cReader): void {
  command(reader, String.fromCharCode(0x24, 0), 16, finish);
}

/** A chip at 0x44, or at the `address` 0x45 with ADDR high. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    { bus: bus, device: usual(options && options.address, 0x44), done: undefined },
    start,
  );
}
