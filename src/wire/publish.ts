// SPDX-License-Identifier: MIT
// PUBLISH (MQTT 3.1.1 section 3.3), everything but the payload: the encoder makes the head that goes
// in front of it, the decoder says where it begins. No octet of a payload is read.
//
//   first octet | Remaining Length | topic name, length first | packet identifier, QoS > 0 | payload

import { half, Octets, Single } from "#engine";
import { decodeInteger, encodeHeader, encodeInteger } from "./packet.js";

/** What is found in a received PUBLISH behind its topic name. */
export interface PublishFields extends Single {
  /** 0, 1 or 2. */
  qos: number;
  /** The packet identifier's two octets, "" at QoS 0. */
  packetId: Octets;
}

/**
 * The octets in front of a payload.
 * @param first 48 + DUP 8 + QoS × 2 + RETAIN 1
 * @param topic the topic name behind its length (`encodeTopicName`)
 * @param packetId 1–65535; 0 at QoS 0, where none is sent [MQTT-2.3.1-5]
 * @param length octets of the payload
 */
export function encodePublish(
  first: number,
  topic: Octets,
  packetId: number,
  length: number,
): Octets {
  if (packetId > 0) topic += encodeInteger(packetId);
  length += topic.length;
  // The short way for short packets: a call and a loop less.
  return length < 128
    ? String.fromCharCode(first, length) + topic
    : encodeHeader(first, length, topic);
}

/** A first octet that is no PUBLISH. */
const enum Zero {
  /** DUP at QoS 0. */
  DUP = 56,
}

/** Where the topic name of the PUBLISH ends whose body begins at `at`. @inline */
export function topicEnd(octets: Octets, at: number): number {
  return at + 2 + decodeInteger(octets, at);
}

/** The QoS in a first octet; 3 is none [MQTT-3.3.1-4], and DUP at QoS 0 is not either [MQTT-3.3.1-2]. */
export function decodeQos(first: number): number {
  return first === Zero.DUP || first === Zero.DUP + 1 ? 3 : half(first % 8);
}
