// SPDX-License-Identifier: MIT
// The room on an ESP32 with NodeMCU. Wiring: README.md.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { i2cOf, inputOf, onWifi, outputOf } from "../nodemcu-esp32.js";
import { boardOf, portOf } from "../nodemcu.js";
import { homeRoom } from "./home-room.js";

const config = configuration() as any;

function begin(): void {
  homeRoom(config, boardOf(), {
    i2c: i2cOf(config),
    motion: portOf(config, "motion", 27, inputOf),
    light: portOf(config, "light", 4, outputOf),
  });
}

if (config) onWifi(config, begin);
