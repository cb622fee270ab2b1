// SPDX-License-Identifier: MIT
// What the examples share on NodeMCU's ESP8266: Wi-Fi and I²C.

import type { I2cBus } from "../boards/hal.js";
import type { Config } from "../boards/nodemcu/configuration.js";
import { networkCame, networkLost, networkOpen } from "../boards/nodemcu/network.js";
import { create as createI2c } from "../boards/nodemcu/ports/i2c.js";
import { type BoardConfig, portOf } from "./nodemcu.js";

/** I²C on pins 1 and 2, or those in `ringlet.json`. */
export function i2cOf(config: BoardConfig): I2cBus | undefined {
  return portOf(config, "scl", 1, (scl) =>
    portOf(config, "sda", 2, (sda) => {
      i2c.setup(0, sda, scl, i2c.SLOW);
      return createI2c(0);
    }),
  );
}

/** Joins the Wi-Fi, then begins, once; the firmware joins again by itself. */
export function onWifi(config: Config, begin: (this: void) => void): void {
  const network = networkOpen(begin);
  wifi.setmode(wifi.STATION);
  wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, () => networkCame(network));
  wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, (told) =>
    networkLost(network, told.reason),
  );
  wifi.sta.config({ ssid: config.ssid, pwd: config.wifiPassword, auto: true });
}
