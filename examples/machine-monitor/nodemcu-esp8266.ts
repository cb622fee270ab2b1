// SPDX-License-Identifier: MIT
// The machine monitor on an ESP8266 with NodeMCU, without the meter: its one serial port is the console's.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { i2cOf, onWifi } from "../nodemcu-esp8266.js";
import { boardOf } from "../nodemcu.js";
import { machineMonitor } from "./machine-monitor.js";

const config = configuration() as any;

function begin(): void {
  machineMonitor(config, boardOf(), { i2c: i2cOf(config), uart: undefined });
}

if (config) onWifi(config, begin);
