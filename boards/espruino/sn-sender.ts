// SPDX-License-Identifier: MIT
// `require("ringlet-sn-sender")` on Espruino: MQTT-SN at QoS −1 over UDP, and nothing else.

import { senderOpen, type SnSenderClient } from "../../src/sn/sender.js";
import type { DatagramLink } from "../hal.js";

/** Makes a sender to a gateway; nothing is sent before `publish`. */
export function connect(options: { host: string; port?: number }): SnSenderClient {
  const socket = require("dgram").createSocket("udp4");
  return senderOpen({
    write: (message: string) => socket.send(message, options.port || 1883, options.host),
  } as DatagramLink);
}
