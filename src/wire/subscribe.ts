// SPDX-License-Identifier: MIT
// SUBSCRIBE, UNSUBSCRIBE (MQTT 3.1.1 sections 3.8 and 3.10), always with one topic filter, so that
// one answer speaks of one subscription.

import { Octets } from "#engine";
import { encodeHeader, encodeInteger, encodeString, First } from "./packet.js";

/** SUBSCRIBE of one filter (UTF-8 octets), the QoS asked for as 0, 1 or 2. */
export function encodeSubscribe(packetId: number, filter: Octets, qos: number): Octets {
  return (
    encodeHeader(First.SUBSCRIBE, filter.length + 5) +
    encodeInteger(packetId) +
    encodeString(filter) +
    String.fromCharCode(qos)
  );
}

/** UNSUBSCRIBE of one filter (UTF-8 octets). */
export function encodeUnsubscribe(packetId: number, filter: Octets): Octets {
  return (
    encodeHeader(First.UNSUBSCRIBE, filter.length + 4) +
    encodeInteger(packetId) +
    encodeString(filter)
  );
}
