// SPDX-License-Identifier: MIT
// What the examples share on Espruino: what stands in Storage as `ringlet.json`, Wi-Fi or Bluetooth, and pins by their
// names, each for one thing only.

import { create as createI2c } from "../boards/espruino/ports/i2c.js";
import { create as createStore } from "../boards/espruino/ports/store.js";
import { joinWifi } from "../boards/espruino/wifi.js";
import { openWire } from "../boards/espruino/wire.js";
import type { After, I2cBus } from "../boards/hal.js";
import type { OutputPin } from "../boards/sensors/output.js";
import type { GadgetConfig, GadgetPort } from "../src/device/gadget.js";

/** What stands in `ringlet.json` besides. */
export interface BoardConfig extends GadgetConfig {
  ssid: string;
  wifiPassword?: string;
  /** Names of pins, where they are not the usual ones. */
  pins?: Record<string, string>;
}

export const after = setTimeout as unknown as After;

/** What is in `ringlet.json`. */
export function readConfig(): any {
  const config = require("Storage").readJSON("ringlet.json", true) || {};
  config.clientId = config.clientId || "ringlet-" + getSerial().slice(-6);
  return config;
}

/** The board with a client, and the QoS that client has. */
export function boardWith(connect: any, level: number): GadgetPort {
  return { connect: connect, level: level, after: after, say: print, store: createStore() };
}

const taken: Pin[] = [];

/** The pin for a use: undefined where the board has none of that name, or it has another use. */
export function pinOf(config: BoardConfig, use: string, usual: string): Pin | undefined {
  const pin = Pin((config.pins && config.pins[use]) || usual);
  if (taken.indexOf(pin!) >= 0) return undefined;
  taken.push(pin!);
  return pin;
}

/** What `make` makes of a pin; undefined without a pin, or where the firmware refuses. */
export function portOf<T>(pin: Pin | undefined, make: (pin: Pin) => T): T | undefined {
  try {
    if (pin !== undefined) return make(pin);
  } catch (error) {
    print(error);
  }
  return undefined;
}

/** I²C on two pins, or those in `ringlet.json`. */
export function i2cOf(config: BoardConfig, usualScl: string, usualSda: string): I2cBus | undefined {
  const scl = pinOf(config, "scl", usualScl);
  return portOf(scl && pinOf(config, "sda", usualSda), (sda) => {
    I2C1.setup({ sda: sda, scl: scl! });
    return createI2c(I2C1);
  });
}

/** A pin that is only written to. */
export function outputOf(pin: Pin): OutputPin {
  return { write: (level) => digitalWrite(pin, level as never), after: after };
}

/** Joins the Wi-Fi, and again when it is lost; begins when it is there for the first time. */
export function onWifi(config: BoardConfig, begin: () => void): void {
  if (config.host && config.ssid) joinWifi(config.ssid, config.wifiPassword, begin);
  else print("No ringlet.json in Storage: write host, ssid and wifiPassword there first.");
}

/** Begins when a central has come to the board's Bluetooth, for MQTT-SN over it. */
export function onWire(config: any, button: Pin, begin: () => void): void {
  let isBegun = false;
  openWire(button, () => {
    if (isBegun) return;
    isBegun = true;
    config.stream = Bluetooth;
    // Who reconnects over Bluetooth is not one of a thousand: soon.
    config.reconnect = config.reconnect || { min: 1000, max: 8000 };
    begin();
  });
}
