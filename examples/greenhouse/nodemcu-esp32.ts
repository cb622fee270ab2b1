// SPDX-License-Identifier: MIT
// The greenhouse on an ESP32 with NodeMCU. Wiring: README.md. The soil's pin is GPIO36, ADC1's channel 0.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { create as createI2c } from "../../boards/nodemcu/ports/i2c.js";
import { create as createAnalog } from "../../boards/nodemcu-esp32/ports/analog.js";
import { create as createDigital } from "../../boards/nodemcu-esp32/ports/digital.js";
import { joinWifi } from "../nodemcu-esp32.js";
import { boardOf, portOf } from "../nodemcu.js";
import { greenhouse } from "./greenhouse.js";

const config = configuration() as any;

function begin(): void {
  adc.setwidth(adc.ADC1, 12);
  adc.setup(adc.ADC1, 0, adc.ATTEN_11db);
  greenhouse(config, boardOf(), {
    i2c: portOf(config, "scl", 22, (scl) =>
      portOf(config, "sda", 21, (sda) => {
        i2c.setup(i2c.SW, sda, scl, i2c.SLOW);
        return createI2c(i2c.SW);
      }),
    ),
    soil: createAnalog(adc.ADC1, 0),
    pump: portOf(config, "pump", 4, (pin) => {
      gpio.config({ gpio: pin, dir: gpio.OUT });
      return createDigital(pin);
    }),
  });
}

if (config) joinWifi(config, begin);
