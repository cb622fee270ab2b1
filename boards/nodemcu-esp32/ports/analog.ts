// SPDX-License-Identifier: MIT
// An analog input of NodeMCU's ESP32: `create(adc.ADC1, 0)`, after `adc.setwidth(adc.ADC1, 12)` and
// `adc.setup`, without which it has none.

import type { AnalogPin } from "../../hal.js";
import { over } from "../../sensors/sensor.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(unit: number, channel: number): AnalogPin {
  return {
    read: () => {
      const [isDone, value] = pcall(adc.read, unit, channel);
      // 65535 / 4095, in numbers that fit.
      return isDone ? over(value * 4369, 273) : DeviceStatus.NO_PORT;
    },
  };
}
