// SPDX-License-Identifier: MIT
// The machine monitor on an ESP32 with NodeMCU; the meter is on its serial port 2. Wiring: README.md.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { create as createUart } from "../../boards/nodemcu-esp32/ports/uart.js";
import { i2cOf, onWifi } from "../nodemcu-esp32.js";
import { boardOf, portOf } from "../nodemcu.js";
import { machineMonitor } from "./machine-monitor.js";

const config = configuration() as any;

function begin(): void {
  machineMonitor(config, boardOf(), {
    i2c: i2cOf(config),
    uart: portOf(config, "tx", 17, (tx) =>
      portOf(config, "rx", 16, (rx) => {
        uart.setup(2, 9600, 8, uart.PARITY_NONE, uart.STOPBITS_1, { tx: tx, rx: rx });
        uart.start(2);
        return createUart(2);
      }),
    ),
  });
}

if (config) onWifi(config, begin);
