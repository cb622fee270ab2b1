// SPDX-License-Identifier: MIT
// The greenhouse on an ESP32 with NodeMCU. Wiring: README.md. The soil's pin is GPIO36, ADC1's channel 0.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { create as createAnalog } from "../../boards/nodemcu-esp32/ports/analog.js";
import { i2cOf, onWifi, outputOf } from "../nodemcu-esp32.js";
import { boardOf, portOf } from "../nodemcu.js";
import { greenhouse } from "./greenhouse.js";

const config = configuration() as any;

function begin(): void {
  adc.setwidth(adc.ADC1, 12);
  adc.setup(adc.ADC1, 0, adc.ATTEN_11db);
  greenhouse(config, boardOf(), {
    i2c: i2cOf(config),
    soil: createAnalog(adc.ADC1, 0),
    pump: portOf(config, "pump", 4, outputOf),
  });
}

if (config) onWifi(config, begin);
