// SPDX-License-Identifier: MIT
// The program of an ESP32: joins the Wi-Fi, tells its analog input (GPIO36) and its free heap with
// QoS 1, and takes two commands. The LED of most modules is GPIO2.

import { configuration } from "../nodemcu/configuration.js";
import { networkOpen } from "../nodemcu/network.js";
import { station } from "../nodemcu/station.js";
import { joinWifi } from "./wifi.js";

const config = configuration();

if (config) {
  gpio.config({ gpio: 2, dir: gpio.OUT });
  adc.setwidth(adc.ADC1, 12);
  adc.setup(adc.ADC1, 0, adc.ATTEN_11db);
  const network = networkOpen(() =>
    station(
      config,
      network,
      () => adc.read(adc.ADC1, 0),
      (on) => gpio.write(2, on ? 1 : 0),
    ),
  );
  joinWifi(network, config.ssid, config.wifiPassword);
}
