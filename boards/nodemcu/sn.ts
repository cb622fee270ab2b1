// SPDX-License-Identifier: MIT
// `require("ringlet-sn")` on NodeMCU: the MQTT-SN client, over UDP and over streams.

import { type SnClient, snOpen, type SnOptions } from "../../src/sn/client.js";
import type { Status } from "../../src/status.js";
import { port } from "./datagram.js";

/** Makes a client and connects it; a Status when the options make no sense. */
export function connect(options: SnOptions): SnClient | Status {
  return snOpen(options, port);
}
