// SPDX-License-Identifier: MIT
// ROHM BH1750FVI, illuminance, on I²C. Datasheet "BH1750FVI" (11046EDT01). It has no identity and no
// checksum: darkness and a line that is stuck low read the same.

import type { I2cBus } from "../hal.js";
import { command, type I2cOptions, type I2cReader } from "./i2c.js";
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

export const meta: Record<string, Quantity> = { illuminance: { unit: "lx", decimals: 1 } };

/** "Measurement result": the count divided by 1.2 is lx at the usual measurement time. */
function decode(count: number): Reading | DeviceStatus {
  return count < 65535 ? { illuminance: over(count * 25, 3) } : DeviceStatus.RANGE;
}

function finish(reader: I2cReader): void {
  const octets = reader.bus.read(reader.device, 2);
  conclude(reader, octets.length < 2 ? DeviceStatus.SILENT : decode(wordAt(octets, 0)));
}

/** One measurement of high resolution: 180 ms at most; the chip then goes to sleep by itself. */
function start(reader: I2cReader): void {
  command(reader, String.fromCharCode(0x20), 180, finish);
}

/** A BH1750 at 0x23, or at the `address` 0x5C with ADDR high. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    { bus: bus, device: usual(options && options.address, 0x23), done: undefined },
    start,
  );
}
