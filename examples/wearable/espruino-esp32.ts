// SPDX-License-Identifier: MIT
// The wearable on an ESP32 with Espruino, over Wi-Fi; a lithium cell behind a divider of two equal
// resistors. Wiring: README.md.

import { connect } from "../../boards/espruino/module.js";
import { create as createAnalogPin } from "../../boards/espruino/ports/analog.js";
import { create as createAnalog } from "../../boards/sensors/analog.js";
import { boardWith, i2cOf, onWifi, pinOf, portOf, readConfig } from "../espruino.js";
import { bodyOf } from "./espruino.js";
import { wearable } from "./wearable.js";

/** Half of 3.3, 3.7 and 4.1 V, of 65535 for 3.3 V, in percent. */
const CELL = [
  [32768, 0],
  [36739, 50],
  [40711, 100],
];

const config = readConfig();

onWifi(config, () => {
  const battery = portOf(pinOf(config, "battery", "D34"), createAnalogPin);
  wearable(
    config,
    boardWith(connect, 1),
    bodyOf(
      i2cOf(config, "D22", "D21"),
      battery && createAnalog(battery, { quantity: "battery", points: CELL, isClamped: true }),
    ),
  );
});
