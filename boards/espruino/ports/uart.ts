// SPDX-License-Identifier: MIT
// A serial port on Espruino: `create(Serial1)`, after its `setup`.

import type { After, Uart } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(serial: Serial): Uart {
  return {
    write: (octets) => {
      try {
        serial.write(octets);
        return DeviceStatus.OK;
      } catch (error) {
        return DeviceStatus.NO_PORT;
      }
    },
    listen: (received, record) => {
      (serial as never as { removeAllListeners(event: string): void }).removeAllListeners("data");
      (serial as never as { on(event: string, handler: (octets: string) => void): void }).on(
        "data",
        (octets) => received(record, octets),
      );
    },
    after: setTimeout as unknown as After,
  };
}
