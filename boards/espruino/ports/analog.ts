// SPDX-License-Identifier: MIT
// An analog input on Espruino: `create(A0)`.

import type { AnalogPin } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(pin: Pin): AnalogPin {
  return {
    read: () => {
      try {
        const value = analogRead(pin);
        // Where there is no converter some firmwares throw, and the others give NaN; one that is a
        // little below ground gives less than nothing.
        if (value < 0) return 0;
        return value >= 0 ? Math.floor(value * 65535 + 0.5) : DeviceStatus.NO_PORT;
      } catch (error) {
        return DeviceStatus.NO_PORT;
      }
    },
  };
}
