// SPDX-License-Identifier: MIT
// A sender of QoS −1 and nothing else (specification section 6.8): no connection, no answer, no timer. What it
// sends a gateway publishes under a name both know by number, or a name of two octets.

import { isGiven, linkSend, octetsOf, Payload, Single } from "#engine";
import type { DatagramLink } from "../../boards/hal.js";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { encodePublish } from "./messages.js";
import { MsgFlag, TopicIdType } from "./packet.js";

/** One sender. */
export interface SnSender extends Single {
  link: DatagramLink | undefined;
}

/** What `connect` of the sender returns. */
export interface SnSenderClient {
  /**
   * Sends a message; `topic` is a predefined identifier or a name of two octets. Returns 0 when it has
   * left, or a negative Status.
   */
  publish(topic: number | string, payload: Payload | number, retain?: boolean | number): Status;
}

/** Sends one message. */
export function sendOnce(
  s: SnSender,
  topic: number | string,
  payload: Payload | number,
  retain?: boolean | number,
): Status {
  const isName = typeof topic === "string";
  const topicId = isName ? topic : encodeInteger(topic);
  if (topicId.length !== 2) return Status.INVALID_TOPIC;
  const message = encodePublish(
    3 * MsgFlag.QOS +
      (isGiven(retain) ? MsgFlag.RETAIN : 0) +
      (isName ? TopicIdType.SHORT : TopicIdType.PREDEFINED),
    topicId,
    encodeInteger(0),
    octetsOf(payload),
  );
  return linkSend(s.link, message);
}

/** Makes a sender that sends through `link`; where there is none, each message is OFFLINE. */
export function senderOpen(link: DatagramLink | undefined): SnSenderClient {
  const s: SnSender = { link: link };
  return { publish: (topic, payload, retain) => sendOnce(s, topic, payload, retain) };
}
