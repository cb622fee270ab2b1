// SPDX-License-Identifier: MIT
// The greenhouse on an ESP8266 with NodeMCU. Wiring: README.md. Pins are numbered as NodeMCU does.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { create as createAnalog } from "../../boards/nodemcu-esp8266/ports/analog.js";
import { create as createDigital } from "../../boards/nodemcu-esp8266/ports/digital.js";
import { i2cOf, onWifi } from "../nodemcu-esp8266.js";
import { boardOf, portOf } from "../nodemcu.js";
import { greenhouse } from "./greenhouse.js";

const config = configuration() as any;

function begin(): void {
  greenhouse(config, boardOf(), {
    i2c: i2cOf(config),
    soil: createAnalog(0),
    pump: portOf(config, "pump", 5, (pin) => createDigital(pin, gpio.OUTPUT)),
  });
}

if (config) onWifi(config, begin);
