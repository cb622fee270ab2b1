// SPDX-License-Identifier: MIT
// The wearable on a Puck.js, with chips on I²C, over MQTT-SN on its Bluetooth. Wiring: README.md.

import { connect } from "../../boards/espruino/sn.js";
import { boardWith, i2cOf, onWire, readConfig } from "../espruino.js";
import { bodyOf } from "./espruino.js";
import { known, wearable } from "./wearable.js";

const config = readConfig();

onWire(config, BTN1, () =>
  wearable(
    config,
    boardWith(connect, 1),
    bodyOf(
      i2cOf(config, "D1", "D2"),
      known("battery", () => E.getBattery()),
    ),
  ),
);
