// SPDX-License-Identifier: MIT
// What the examples share on NodeMCU's ESP32: Wi-Fi, I²C, and pins that are set up first.

import type { DigitalPin, I2cBus } from "../boards/hal.js";
import type { Config } from "../boards/nodemcu/configuration.js";
import { networkOpen } from "../boards/nodemcu/network.js";
import { create as createI2c } from "../boards/nodemcu/ports/i2c.js";
import { create as createDigital } from "../boards/nodemcu-esp32/ports/digital.js";
import { joinWifi } from "../boards/nodemcu-esp32/wifi.js";
import { type BoardConfig, portOf } from "./nodemcu.js";

/** I²C on pins 22 and 21, or those in `ringlet.json`. */
export function i2cOf(config: BoardConfig): I2cBus | undefined {
  return portOf(config, "scl", 22, (scl) =>
    portOf(config, "sda", 21, (sda) => {
      i2c.setup(i2c.SW, sda, scl, i2c.SLOW);
      return createI2c(i2c.SW);
    }),
  );
}

export function outputOf(pin: number): DigitalPin {
  gpio.config({ gpio: pin, dir: gpio.OUT });
  return createDigital(pin);
}

export function inputOf(pin: number): DigitalPin {
  gpio.config({ gpio: pin, dir: gpio.IN, pull: gpio.PULL_DOWN });
  return createDigital(pin);
}

/** Joins the Wi-Fi, and again when it is lost; begins when it is there for the first time. */
export function onWifi(config: Config, begin: (this: void) => void): void {
  joinWifi(networkOpen(begin), config.ssid, config.wifiPassword);
}
