// SPDX-License-Identifier: MIT
// SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1 sections 3.8 and 3.10), always with one topic filter, so that
// one answer speaks of one subscription.

import { Octets } from "#engine";
import { encodeInteger, encodePacket, encodeString } from "./packet.js";

/**
 * SUBSCRIBE or UNSUBSCRIBE of one filter.
 * @param first `First.SUBSCRIBE` or `First.UNSUBSCRIBE`
 * @param filter UTF-8 octets
 * @param qos the octet of the QoS asked for, "" in UNSUBSCRIBE
 */
export function encodeSubscription(
  first: number,
  packetId: number,
  filter: Octets,
  qos: Octets,
): Octets {
  return encodePacket(first, encodeInteger(packetId) + encodeString(filter) + qos, 0);
}
