// SPDX-License-Identifier: MIT
// The program of an ESP32 board: joins the Wi-Fi, tells temperature, load and memory with QoS 1, and
// takes two commands. What differs from board to board stands in Storage as `ringlet.json`, so that
// no password is in the bundle: { ssid, password, host, port, clientId, username, … }.

import { connect } from "../espruino/module.js";
import { station } from "../espruino/station.js";

const config = require("Storage").readJSON("ringlet.json", true) || {};

/** Wi-Fi has a backoff of its own: the firmware joins again by itself once it was connected. */
function join(): void {
  require("Wifi").connect(config.ssid, { password: config.wifiPassword }, (error: unknown) => {
    if (error) {
      print("Wi-Fi: " + error + ". Trying again in 10 s.");
      setTimeout(join, 10000);
    } else station(connect, config, D36, D2);
  });
}

if (config.host) join();
else print("No ringlet.json in Storage: write host, ssid and wifiPassword there first.");
