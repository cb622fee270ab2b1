// SPDX-License-Identifier: MIT
// What the examples share on NodeMCU's ESP8266: Wi-Fi.

import type { Config } from "../boards/nodemcu/configuration.js";

/** Joins the Wi-Fi, then begins, once; the firmware joins again by itself. */
export function joinWifi(config: Config, begin: (this: void) => void): void {
  let isBegun = false;
  wifi.setmode(wifi.STATION);
  wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, () => {
    if (!isBegun) {
      isBegun = true;
      begin();
    }
  });
  wifi.sta.config({ ssid: config.ssid, pwd: config.wifiPassword, auto: true });
}
