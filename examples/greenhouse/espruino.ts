// SPDX-License-Identifier: MIT
// The greenhouse's pins on an ESP32 with Espruino.

import { create as createAnalog } from "../../boards/espruino/ports/analog.js";
import { boardWith, i2cOf, onWifi, outputOf, pinOf, portOf, readConfig } from "../espruino.js";
import { greenhouse } from "./greenhouse.js";

export function greenhouseEsp32(connect: any, level: number): void {
  const config = readConfig();
  onWifi(config, () =>
    greenhouse(config, boardWith(connect, level), {
      i2c: i2cOf(config, "D22", "D21"),
      soil: portOf(pinOf(config, "soil", "D36"), createAnalog),
      pump: portOf(pinOf(config, "pump", "D4"), outputOf),
    }),
  );
}
