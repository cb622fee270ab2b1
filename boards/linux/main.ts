// SPDX-License-Identifier: MIT
// The program of Espruino on Linux (a Raspberry Pi, a PC): the same station without Wi-Fi.

import { connect } from "../espruino/module.js";
import { station } from "../espruino/station.js";

const config = require("Storage").readJSON("ringlet.json", true) || {};

if (config.host) station(connect, config, D0, (isOn) => digitalWrite(D1, isOn));
else print("No ringlet.json in Storage: write at least a host there first.");
