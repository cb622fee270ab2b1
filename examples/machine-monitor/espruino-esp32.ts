// SPDX-License-Identifier: MIT
// The machine monitor on an ESP32 with Espruino; the meter is on Serial2. Wiring: README.md.

import { connect } from "../../boards/espruino/module.js";
import { create as createUart } from "../../boards/espruino/ports/uart.js";
import { boardWith, i2cOf, onWifi, pinOf, portOf, readConfig } from "../espruino.js";
import { machineMonitor } from "./machine-monitor.js";

const config = readConfig();

onWifi(config, () => {
  const tx = pinOf(config, "tx", "D17");
  machineMonitor(config, boardWith(connect, 1), {
    i2c: i2cOf(config, "D22", "D21"),
    uart: portOf(tx && pinOf(config, "rx", "D16"), (rx) => {
      Serial2.setup(9600, { tx: tx!, rx: rx });
      return createUart(Serial2);
    }),
  });
});
