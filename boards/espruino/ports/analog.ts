// SPDX-License-Identifier: MIT
// An analog input on Espruino: `create(A0)`.

import type { AnalogPin } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(pin: Pin): AnalogPin {
  return {
    read: () => {
      try {
        return Math.floor(analogRead(pin) * 65535 + 0.5);
      } catch (error) {
        return DeviceStatus.NO_PORT;
      }
    },
  };
}
