// SPDX-License-Identifier: MIT
// I²C on Espruino: `create(I2C1)`, after its `setup`. Hardware throws where nobody acknowledges; the
// firmware's software I²C does not look: there nobody reads as ones.

import type { After, I2cBus } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(bus: I2C): I2cBus {
  return {
    write: (address, octets) => {
      try {
        bus.writeTo(address, octets);
        return DeviceStatus.OK;
      } catch (error) {
        return DeviceStatus.SILENT;
      }
    },
    read: (address, count) => {
      try {
        return String.fromCharCode.apply(null, bus.readFrom(address, count) as unknown as number[]);
      } catch (error) {
        return "";
      }
    },
    after: setTimeout as unknown as After,
  };
}
