// SPDX-License-Identifier: MIT
// The program of an ESP32: joins the Wi-Fi, tells its analog input (GPIO36) and its free heap with
// QoS 1, and takes two commands. The LED of most modules is GPIO2.

import { configuration } from "../nodemcu/configuration.js";
import { station } from "../nodemcu/station.js";

const config = configuration();

if (config) {
  let isStarted = false;
  gpio.config({ gpio: 2, dir: gpio.OUT });
  adc.setwidth(adc.ADC1, 12);
  adc.setup(adc.ADC1, 0, adc.ATTEN_11db);
  wifi.mode(wifi.STATION);
  wifi.sta.on("got_ip", () => {
    if (!isStarted) {
      isStarted = true;
      station(
        config,
        () => adc.read(adc.ADC1, 0),
        (on) => gpio.write(2, on ? 1 : 0),
      );
    }
  });
  wifi.sta.config({ ssid: config.ssid, pwd: config.wifiPassword, auto: true });
  wifi.start();
}
