// SPDX-License-Identifier: MIT
// The sleeping node on an ESP8266 with NodeMCU; GPIO16 has to be wired to RST. Wiring: README.md.

import { configuration } from "../../boards/nodemcu/configuration.js";
import { after } from "../../boards/nodemcu/ports/after.js";
import { i2cOf, onWifi } from "../nodemcu-esp8266.js";
import { sleeper } from "./sleeper.js";

/** Without a network in so long it sleeps again. */
const NETWORK_MS = 20000;

const config = configuration() as any;

/** Microseconds have 31 bits: at most 2147 seconds. */
function sleep(seconds: number): void {
  node.dsleep(seconds * 1000000);
}

if (config) {
  after(sleep, NETWORK_MS, config.interval || 600);
  const connect = require("ringlet").connect;
  onWifi(config, sleeper(config, { connect: connect, sleep: sleep, say: print }, i2cOf(config)));
}
