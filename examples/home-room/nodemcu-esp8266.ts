// SPDX-License-Identifier: MIT
// The room on an ESP8266 with NodeMCU. Wiring: README.md. Pins are numbered as NodeMCU does.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { create as createDigital } from "../../boards/nodemcu-esp8266/ports/digital.js";
import { i2cOf, onWifi } from "../nodemcu-esp8266.js";
import { boardOf, portOf } from "../nodemcu.js";
import { homeRoom } from "./home-room.js";

const config = configuration() as any;

function begin(): void {
  homeRoom(config, boardOf(), {
    i2c: i2cOf(config),
    motion: portOf(config, "motion", 6, (pin) => createDigital(pin, gpio.INPUT)),
    light: portOf(config, "light", 5, (pin) => createDigital(pin, gpio.OUTPUT)),
  });
}

if (config) onWifi(config, begin);
