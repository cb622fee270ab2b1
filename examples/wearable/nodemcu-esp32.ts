// SPDX-License-Identifier: MIT
// The wearable on an ESP32 with NodeMCU, over Wi-Fi; a lithium cell at GPIO34, behind a divider of two equal
// resistors. Wiring: README.md.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { after } from "../../boards/nodemcu/ports/after.js";
import { create as createAnalogPin } from "../../boards/nodemcu-esp32/ports/analog.js";
import { create as createAnalog } from "../../boards/sensors/analog.js";
import { create as createMax30102 } from "../../boards/sensors/max30102.js";
import { create as createMpu6050 } from "../../boards/sensors/mpu6050.js";
import { i2cOf, onWifi } from "../nodemcu-esp32.js";
import { boardOf } from "../nodemcu.js";
import { create as createPulse } from "./pulse.js";
import { create as createSteps } from "./steps.js";
import { wearable } from "./wearable.js";

/** Half of 3.3, 3.7 and 4.1 V, of 65535 for 3.3 V, in percent. */
const CELL = [
  [32768, 0],
  [36739, 50],
  [40711, 100],
];

const config = configuration() as any;

function begin(): void {
  adc.setwidth(adc.ADC1, 12);
  adc.setup(adc.ADC1, 6, adc.ATTEN_11db);
  const bus = i2cOf(config);
  wearable(config, boardOf(), {
    heart: bus && createPulse(createMax30102(bus), after),
    feet: bus && createSteps(createMpu6050(bus), after),
    cell: createAnalog(createAnalogPin(adc.ADC1, 6), {
      quantity: "battery",
      points: CELL,
      isClamped: true,
    }),
  });
}

if (config) onWifi(config, begin);
