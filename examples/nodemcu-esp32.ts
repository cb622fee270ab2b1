// SPDX-License-Identifier: MIT
// What the examples share on NodeMCU's ESP32: Wi-Fi.

import type { Config } from "../boards/nodemcu/configuration.js";

/** Joins the Wi-Fi, then begins, once; the firmware joins again by itself. */
export function joinWifi(config: Config, begin: (this: void) => void): void {
  let isBegun = false;
  wifi.mode(wifi.STATION);
  wifi.sta.on("got_ip", () => {
    if (!isBegun) {
      isBegun = true;
      begin();
    }
  });
  wifi.sta.config({ ssid: config.ssid, pwd: config.wifiPassword, auto: true });
  wifi.start();
}
