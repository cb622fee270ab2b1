// SPDX-License-Identifier: MIT
// The wearable on an ESP8266 with NodeMCU, over Wi-Fi; a lithium cell at its analog input, behind a divider
// that makes 1 V of 4.2. Wiring: README.md.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { after } from "../../boards/nodemcu/ports/after.js";
import { create as createAnalogPin } from "../../boards/nodemcu-esp8266/ports/analog.js";
import { create as createAnalog } from "../../boards/sensors/analog.js";
import { create as createMax30102 } from "../../boards/sensors/max30102.js";
import { create as createMpu6050 } from "../../boards/sensors/mpu6050.js";
import { i2cOf, onWifi } from "../nodemcu-esp8266.js";
import { boardOf } from "../nodemcu.js";
import { create as createPulse } from "./pulse.js";
import { create as createSteps } from "./steps.js";
import { wearable } from "./wearable.js";

/** 3.3, 3.7 and 4.1 of 4.2 V, in percent. */
const CELL = [
  [51492, 0],
  [57733, 50],
  [63975, 100],
];

const config = configuration() as any;

function begin(): void {
  const bus = i2cOf(config);
  wearable(config, boardOf(), {
    heart: bus && createPulse(createMax30102(bus), after),
    feet: bus && createSteps(createMpu6050(bus), after),
    cell: createAnalog(createAnalogPin(0), {
      quantity: "battery",
      points: CELL,
      isClamped: true,
    }),
  });
}

if (config) onWifi(config, begin);
