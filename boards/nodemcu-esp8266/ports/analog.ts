// SPDX-License-Identifier: MIT
// The analog input of NodeMCU's ESP8266: `create(0)`. The firmware gives 0 to 1023, and 1024 at the top.

import type { AnalogPin } from "../../hal.js";
import { over } from "../../sensors/sensor.js";

export function create(channel: number): AnalogPin {
  return {
    read: () => {
      const value = adc.read(channel);
      return value > 1022 ? 65535 : over(value * 65535, 1023);
    },
  };
}
