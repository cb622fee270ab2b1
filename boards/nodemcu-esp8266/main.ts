// SPDX-License-Identifier: MIT
// The program of an ESP8266: joins the Wi-Fi, tells its analog input and its free heap with QoS 1, and
// takes two commands. The LED of most modules is GPIO2, pin 4, and on when it is low.

import { configuration } from "../nodemcu/configuration.js";
import { station } from "../nodemcu/station.js";

const config = configuration();

if (config) {
  let isStarted = false;
  gpio.mode(4, gpio.OUTPUT);
  wifi.setmode(wifi.STATION);
  wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, () => {
    if (!isStarted) {
      isStarted = true;
      station(
        config,
        () => adc.read(0),
        (on) => gpio.write(4, on ? gpio.LOW : gpio.HIGH),
      );
    }
  });
  // The firmware joins again by itself.
  wifi.sta.config({ ssid: config.ssid, pwd: config.wifiPassword, auto: true });
}
