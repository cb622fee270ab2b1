// SPDX-License-Identifier: MIT
// The greenhouse's pins on an ESP32 with Espruino.

import { create as createAnalog } from "../../boards/espruino/ports/analog.js";
import { create as createI2c } from "../../boards/espruino/ports/i2c.js";
import { boardWith, joinWifi, outputOf, pinOf, portOf, readConfig } from "../espruino.js";
import { greenhouse } from "./greenhouse.js";

export function greenhouseEsp32(connect: any, level: number): void {
  const config = readConfig();
  joinWifi(config, () => {
    const scl = pinOf(config, "scl", "D22");
    greenhouse(config, boardWith(connect, level), {
      i2c: portOf(scl && pinOf(config, "sda", "D21"), (sda) => {
        I2C1.setup({ sda: sda, scl: scl! });
        return createI2c(I2C1);
      }),
      soil: portOf(pinOf(config, "soil", "D36"), createAnalog),
      pump: portOf(pinOf(config, "pump", "D4"), outputOf),
    });
  });
}
