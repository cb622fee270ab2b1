// SPDX-License-Identifier: MIT
// `require("ringlet-sn-sender")` on NodeMCU: MQTT-SN at QoS −1 over UDP, and nothing else. The host is an IP
// address.

import { type Link, type Octets, orUsual } from "#engine";
import { senderOpen, type SnSenderClient } from "../../src/sn/sender.js";
import type { DatagramLink } from "../hal.js";

/** A link with its socket. */
interface SenderLink extends DatagramLink {
  socket: NodemcuUdpSocket;
}

function writeOnce(given: Link, octets: Octets): void {
  const link = given as SenderLink;
  link.socket.send(link.port, link.host, octets);
}

/** Makes a sender to a gateway; nothing is sent before `publish`. */
export function connect(options: { host: string; port?: number }): SnSenderClient {
  const link: SenderLink = {
    write: writeOnce,
    finish: (_link) => undefined,
    host: options.host,
    port: orUsual(options.port, 1883),
    socket: net.createUDPSocket(),
  };
  return senderOpen(link);
}
