// SPDX-License-Identifier: MIT
// The example program of the boards with Wi-Fi. What differs from node to node stands in Storage as
// `ringlet.json`, so that no password is in the bundle: { ssid, wifiPassword, host, clientId, … }.

import { connect } from "./module.js";
import { type Config, type Light, station } from "./station.js";
import { joinWifi } from "./wifi.js";

/** Starts it; `load` is the analog pin it reads. */
export function wifiStation(load: Pin, light: Light): void {
  const config: Config & { ssid?: string; wifiPassword?: string } =
    require("Storage").readJSON("ringlet.json", true) || {};
  if (config.host && config.ssid) {
    // The firmware tells nothing from inside its calls, so `network` is there when it does.
    const network = joinWifi(config.ssid, config.wifiPassword, () =>
      station(connect, config, load, light, network),
    );
  } else print("No ringlet.json in Storage: write host, ssid and wifiPassword there first.");
}
