// SPDX-License-Identifier: MIT
// What the wearable shares on boards with Espruino and chips on I²C.

import type { I2cBus } from "../../boards/hal.js";
import { create as createMax30102 } from "../../boards/sensors/max30102.js";
import { create as createMpu6050 } from "../../boards/sensors/mpu6050.js";
import type { Sensor } from "../../boards/sensors/sensor.js";
import { after } from "../espruino.js";
import { create as createPulse } from "./pulse.js";
import { create as createSteps } from "./steps.js";
import type { Body } from "./wearable.js";

/** Two chips, and what tells of the battery. */
export function bodyOf(i2c: I2cBus | undefined, battery: Sensor | undefined): Body {
  return {
    heart: i2c && createPulse(createMax30102(i2c), after),
    feet: i2c && createSteps(createMpu6050(i2c), after),
    cell: battery,
  };
}
