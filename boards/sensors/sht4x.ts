// SPDX-License-Identifier: MIT
// Sensirion SHT40, SHT41, SHT45: temperature and humidity, on I²C. Datasheet "SHT4x".

import type { I2cBus } from "../hal.js";
import { command, type I2cOptions, type I2cReader } from "./i2c.js";
import { shareOf, wordsStatus } from "./sensirion.js";
import { conclude, type Quantity, type Sensor, sensorOf, wordAt, usual } from "./sensor.js";

export const meta: Record<string, Quantity> = {
  temperature: { unit: "Cel", decimals: 2 },
  humidity: { unit: "%RH", decimals: 2 },
};

/** Section 4.6: T = −45 + 175 · S / 65535, RH = −6 + 125 · S / 65535, which is cropped to 0 … 100. */
function finish(reader: I2cReader): void {
  const octets = reader.bus.read(reader.device, 6);
  const status = wordsStatus(octets, 2);
  if (status < 0) conclude(reader, status);
  else {
    const humidity = shareOf(wordAt(octets, 3), 12500) - 600;
    conclude(reader, {
      temperature: shareOf(wordAt(octets, 0), 17500) - 4500,
      humidity: humidity < 0 ? 0 : humidity > 10000 ? 10000 : humidity,
    });
  }
}

/** Section 4.5: high precision; 8.3 ms at most. */
function start(reader: I2cReader): void {
  command(reader, String.fromCharCode(0xfd), 9, finish);
}

/** A chip at 0x44; some kinds are at the `address` 0x45 or 0x46. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    { bus: bus, device: usual(options && options.address, 0x44), done: undefined },
    start,
  );
}
