// SPDX-License-Identifier: MIT
// The room on an ESP32 with Espruino. Wiring: README.md.

import { connect } from "../../boards/espruino/module.js";
import { create as createDigital } from "../../boards/espruino/ports/digital.js";
import { boardWith, i2cOf, onWifi, outputOf, pinOf, portOf, readConfig } from "../espruino.js";
import { homeRoom } from "./home-room.js";

const config = readConfig();

onWifi(config, () =>
  homeRoom(config, boardWith(connect, 1), {
    i2c: i2cOf(config, "D22", "D21"),
    motion: portOf(pinOf(config, "motion", "D27"), (pin) => createDigital(pin, "input_pulldown")),
    light: portOf(pinOf(config, "light", "D4"), outputOf),
  }),
);
