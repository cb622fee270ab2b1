// SPDX-License-Identifier: MIT
// SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1 sections 3.8 and 3.10), always with one topic filter, so that
// one answer speaks of one subscription.

import { Octets } from "#engine";
import { encodeHeader, encodeInteger, encodeString, First } from "./packet.js";

/**
 * SUBSCRIBE or UNSUBSCRIBE of one filter.
 * @param filter UTF-8 octets
 * @param qos 0, 1 or 2; −1 for UNSUBSCRIBE
 */
export function encodeSubscription(packetId: number, filter: Octets, qos: number): Octets {
  let body = encodeInteger(packetId) + encodeString(filter);
  if (qos >= 0) body += String.fromCharCode(qos);
  return encodeHeader(qos < 0 ? First.UNSUBSCRIBE : First.SUBSCRIBE, body.length, body);
}
