// SPDX-License-Identifier: MIT
// Publishing (MQTT 3.1.1 sections 3.3, 4.3, 4.4): QoS 0 goes to the link or is refused; QoS 1 and 2
// go to the outbox or are refused, and from there to the link by `flush`, now or after a reconnect.

import {
  blockFlip,
  gateSend,
  isGiven,
  isEmpty,
  isReady,
  join,
  Octets,
  orUsual,
  Payload,
  Room,
  toPayload,
  utf8,
} from "#engine";
import { outboxFind, outboxKeep } from "../ring/outbox.js";
import { Status } from "../status.js";
import { isQos } from "../wire/connect.js";
import { First, Flag, Length } from "../wire/packet.js";
import { encodePublish } from "../wire/publish.js";
import { encodeTopicName } from "../wire/topic.js";
import { flush } from "./flush.js";
import { Phase, Session, Source } from "./session.js";

/** A topic name that was checked and encoded once; from `client.topic`. */
export interface Topic {
  octets: Octets;
}

/** Counts a refusal and says what it is. Where there was no room, `room` will be told. */
export function refuse(s: Session, status: Status): Status {
  s.refused += 1;
  if (status <= Status.OUTBOX_FULL) s.wanting = s.phase < Phase.ENDED;
  return s.phase === Phase.ENDED ? Status.ENDED : status;
}

/**
 * Publishes; returns the packet identifier (0 at QoS 0) or a Status, and then nothing changed. With a
 * `source` the payload is what that gives, and `payload` is empty.
 */
export function publish(
  s: Session,
  topic: string | Topic | undefined,
  payload: Payload,
  qos?: number,
  retain?: boolean | number,
  source?: Source,
): number {
  const level = orUsual(qos, 0);
  // Most nodes publish to the same few topics.
  if (topic !== s.topicKey) {
    const octets =
      typeof topic === "string" ? encodeTopicName(utf8(topic)) : topic ? topic.octets : "";
    if (isEmpty(octets)) return refuse(s, Status.INVALID_TOPIC);
    s.topicKey = topic;
    s.topicOut = octets;
  }
  // The short way, for most messages: QoS 0, octets, one octet of Remaining Length.
  if (level === 0 && isReady(payload) && !source) {
    const size = s.topicOut.length + payload.length;
    if (size < 128 && size + 2 <= s.gate.room) {
      const head = String.fromCharCode(isGiven(retain) ? First.PUBLISH + 1 : First.PUBLISH, size);
      return gateSend(s.gate, join(head + s.topicOut, payload));
    }
  }
  return publishAny(s, payload, level, retain, source);
}

/** Every message that is not a short one at QoS 0, under the topic set before. @apart */
function publishAny(
  s: Session,
  payload: Payload,
  level: number,
  retain: boolean | number | undefined,
  source: Source | undefined,
): number {
  const outbox = s.outbox;
  if (!isQos(level)) return refuse(s, Status.INVALID_QOS);
  payload = toPayload(payload) as Payload;
  if (payload === undefined) return refuse(s, Status.INVALID_PAYLOAD);
  const packetId = level === 0 ? 0 : outbox.next;
  const slot = outbox.next % outbox.inFlight;
  const head = encodePublish(
    First.PUBLISH + level * Flag.QOS + (isGiven(retain) ? Flag.RETAIN : 0),
    s.topicOut,
    packetId,
    source ? source.size : payload.length,
  );
  const message = join(head, payload);
  const length = message.length;
  const isKept = packetId > 0 || source !== undefined;
  if (!isKept && length <= s.gate.room) return gateSend(s.gate, message);
  const at =
    length > s.window
      ? Status.TOO_LONG
      : isKept
        ? outboxFind(outbox, slot, length)
        : s.gate.room > Room.SHUT
          ? Status.WINDOW_FULL
          : Status.OFFLINE;
  if (at < 0) return refuse(s, at);
  // Where there is none, none is put: in Lua that would take memory.
  if (s.sources[slot] !== source) s.sources[slot] = source;
  s.messages += 1;
  if (s.messages > s.messagesMax) s.messagesMax = s.messages;
  const isNext = outbox.sending === outbox.next;
  outboxKeep(outbox, slot, at, message, length);
  if (isNext && length <= s.gate.room && !source) {
    // The message just built goes out: reading it from the ring is for resends.
    blockFlip(outbox.block, slot, at);
    outbox.sending = outbox.next;
    gateSend(s.gate, message);
  } else flush(s);
  return packetId;
}

/** Publishes `total` octets which `give(at, max)` gives piece by piece, again on a resend. */
export function publishParts(
  s: Session,
  topic: string | Topic,
  total: number,
  qos: number,
  retain: boolean | number,
  give: Source["give"],
): number {
  return total >= 0 && total < Length.MAX - 65535
    ? publish(s, topic, "", qos, retain, { give: give, size: total })
    : refuse(s, Status.TOO_LONG);
}
