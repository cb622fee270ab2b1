// SPDX-License-Identifier: MIT
// The program of an ESP8266: joins the Wi-Fi, tells its analog input and its free heap with QoS 1, and
// takes two commands. The LED of most modules is GPIO2, pin 4, and on when it is low.

import { configuration } from "../nodemcu/configuration.js";
import { networkCame, networkLost, networkOpen } from "../nodemcu/network.js";
import { station } from "../nodemcu/station.js";

const config = configuration();

if (config) {
  gpio.mode(4, gpio.OUTPUT);
  const network = networkOpen(() =>
    station(
      config,
      network,
      () => adc.read(0),
      (on) => gpio.write(4, on ? gpio.LOW : gpio.HIGH),
    ),
  );
  wifi.setmode(wifi.STATION);
  wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, () => networkCame(network));
  wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, (told) =>
    networkLost(network, told.reason),
  );
  // The firmware joins again by itself.
  wifi.sta.config({ ssid: config.ssid, pwd: config.wifiPassword, auto: true });
}
