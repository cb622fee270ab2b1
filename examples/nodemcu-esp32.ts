// SPDX-License-Identifier: MIT
// What the examples share on NodeMCU's ESP32: Wi-Fi.

import type { Config } from "../boards/nodemcu/configuration.js";
import { networkOpen } from "../boards/nodemcu/network.js";
import { joinWifi as join } from "../boards/nodemcu-esp32/wifi.js";

/** Joins the Wi-Fi, and again when it was lost; begins once. */
export function joinWifi(config: Config, begin: (this: void) => void): void {
  join(networkOpen(begin), config.ssid, config.wifiPassword);
}
