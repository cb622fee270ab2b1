// SPDX-License-Identifier: MIT
// `require("ringlet-sn")` on Espruino: the MQTT-SN client, over UDP and over streams. One client a bundle.

import { text } from "#engine";
import { type SnClient, snOpen, type SnOptions } from "../../src/sn/client.js";
import { SnPhase, type SnSession } from "../../src/sn/session.js";
import { Status } from "../../src/status.js";
import { port } from "./datagram.js";

// After flattening this stands for the one client there is.
declare const only: SnSession;

/** Makes the client and connects it; a Status when the options make no sense. */
export function connect(options: SnOptions): SnClient | Status {
  if (only.phase < SnPhase.ENDED) return Status.ONE_CLIENT;
  return snOpen(options, port);
}

export { text };
