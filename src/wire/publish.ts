// SPDX-License-Identifier: MIT
// PUBLISH (MQTT 3.1.1 section 3.3), everything but the payload: the encoder makes the head that goes
// in front of it, the decoder says where it lies. No octet of a payload is read.
//
//   first octet | Remaining Length | topic name, length first | packet identifier, QoS > 0 | payload

import { Octets, Single } from "#engine";
import { decodeInteger, encodeInteger, encodePacket } from "./packet.js";

/** Where the parts of a received PUBLISH lie in its chunk. */
export interface PublishFields extends Single {
  /** 0, 1 or 2. */
  qos: number;
  /** Past the topic name, which begins two octets into the body. */
  topicEnd: number;
  /** 0 at QoS 0. */
  packetId: number;
  payloadAt: number;
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
  return encodePacket(first, packetId > 0 ? topic + encodeInteger(packetId) : topic, length);
}

/**
 * Fills `fields` from the body at `at`; `false` when it is malformed: QoS 3 [MQTT-3.3.1-4], a topic
 * or an identifier that does not fit, identifier 0 [MQTT-2.3.1-1], DUP at QoS 0 [MQTT-3.3.1-2].
 * `end` is the end of the packet.
 */
export function decodePublish(
  fields: PublishFields,
  first: number,
  octets: Octets,
  at: number,
  end: number,
): boolean {
  const qos = (first - (first % 2)) % 8;
  const topicEnd = at + 2 + (at + 2 > end ? end : decodeInteger(octets, at));
  const payloadAt = qos > 0 ? topicEnd + 2 : topicEnd;
  fields.qos = qos / 2;
  fields.topicEnd = topicEnd;
  fields.payloadAt = payloadAt;
  fields.packetId = qos > 0 && payloadAt <= end ? decodeInteger(octets, topicEnd) : 0;
  return payloadAt <= end && qos < 6 && (qos > 0 ? fields.packetId > 0 : first < 56);
}
