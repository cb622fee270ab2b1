// SPDX-License-Identifier: MIT
// The greenhouse on an ESP8266 with NodeMCU. Wiring: README.md. Pins are numbered as NodeMCU does.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { create as createI2c } from "../../boards/nodemcu/ports/i2c.js";
import { create as createAnalog } from "../../boards/nodemcu-esp8266/ports/analog.js";
import { create as createDigital } from "../../boards/nodemcu-esp8266/ports/digital.js";
import { joinWifi } from "../nodemcu-esp8266.js";
import { boardOf, portOf } from "../nodemcu.js";
import { greenhouse } from "./greenhouse.js";

const config = configuration() as any;

function begin(): void {
  greenhouse(config, boardOf(), {
    i2c: portOf(config, "scl", 1, (scl) =>
      portOf(config, "sda", 2, (sda) => {
        i2c.setup(0, sda, scl, i2c.SLOW);
        return createI2c(0);
      }),
    ),
    soil: createAnalog(0),
    pump: portOf(config, "pump", 5, (pin) => createDigital(pin, gpio.OUTPUT)),
  });
}

if (config) joinWifi(config, begin);
