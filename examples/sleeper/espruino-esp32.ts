// SPDX-License-Identifier: MIT
// The sleeping node on an ESP32 with Espruino. Wiring: README.md.

import { connect } from "../../boards/espruino/module.js";
import { i2cOf, onWifi, readConfig } from "../espruino.js";
import { sleeper } from "./sleeper.js";

/** Without a network in so long it sleeps again. */
const NETWORK_MS = 20000;

const config = readConfig();
const sleep = (seconds: number): void => ESP32.deepSleep(seconds * 1000000);

if (config.host) setTimeout(() => sleep(config.interval || 600), NETWORK_MS);
onWifi(
  config,
  sleeper(
    config,
    { connect: connect as any, sleep: sleep, say: print },
    i2cOf(config, "D22", "D21"),
  ),
);
