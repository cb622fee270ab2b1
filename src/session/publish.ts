// SPDX-License-Identifier: MIT
// Publishing (MQTT 3.1.1 sections 3.3, 4.3, 4.4): QoS 0 goes to the link or is refused; QoS 1 and 2
// go to the outbox or are refused, and from there to the link by `pump`, now or after a reconnect.

import {
  gateSend,
  isGiven,
  isReady,
  join,
  Message,
  Octets,
  orUsual,
  Payload,
  Room,
  toPayload,
  utf8,
} from "#engine";
import { Limit } from "#limits";
import { outboxFind, outboxKeep, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { encodeInteger, encodePacket, First, Flag, Length, placeOf } from "../wire/packet.js";
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
  if (status <= Status.OUTBOX_FULL) s.wanting = true;
  return s.phase === Phase.ENDED ? Status.ENDED : status;
}

/** Publishes; returns the packet identifier (0 at QoS 0) or a Status, and then nothing changed. */
export function publish(
  s: Session,
  topic: string | Topic,
  payload: Payload | Source,
  qos?: number,
  retain?: boolean | number,
): number {
  // Most nodes publish to the same few topics.
  if (topic !== s.topicKey) {
    const octets = typeof topic === "string" ? encoded(s, topic) : topic ? topic.octets : "";
    if (octets === "") return refuse(s, Status.INVALID_TOPIC);
    s.topicKey = topic;
    s.topicOut = octets;
  }
  if (payload) {
    const length = s.topicOut.length + (payload as Payload).length;
    // The short way: a first octet, one octet of length, everything joined at once.
    if (length < 126 && isReady(payload as Payload)) {
      const first = isGiven(retain) ? First.PUBLISH + Flag.RETAIN : First.PUBLISH;
      if (!isGiven(qos)) {
        if (length + 1 < s.gate.room) {
          return gateSend(
            s.gate,
            join(String.fromCharCode(first, length) + s.topicOut, payload as Payload),
          );
        }
      } else if (qos === 1 || qos === 2) {
        return accept(
          s,
          join(
            String.fromCharCode(first + qos * Flag.QOS, length + 2) +
              s.topicOut +
              encodeInteger(s.outbox.next),
            payload as Payload,
          ),
          qos,
          undefined,
        );
      }
    }
  }
  return publishAny(s, payload, qos, retain);
}

/** The topic name behind its length, from the few that are remembered; "" where it is none. */
function encoded(s: Session, topic: string): Octets {
  // A key no object has by itself.
  const key = "/" + topic;
  let octets = s.topics[key];
  if (octets === undefined) {
    octets = encodeTopicName(utf8(topic));
    if (s.topicCount >= Limit.TOPICS) {
      s.topics = {};
      s.topicCount = 0;
    }
    s.topicCount += 1;
    s.topics[key] = octets;
  }
  return octets;
}

/** Every publish that is not a short one at QoS 0. */
function publishAny(
  s: Session,
  given: unknown,
  qos: number | undefined,
  retain: boolean | number | undefined,
): number {
  const outbox = s.outbox;
  const level = orUsual(qos, 0);
  const source =
    given && typeof given !== "string" && (given as Source).give ? (given as Source) : undefined;
  const payload = toPayload(source ? "" : given);
  const room = s.gate.room;
  const packetId = outbox.next;
  if (level !== 0 && level !== 1 && level !== 2) return refuse(s, Status.INVALID_QOS);
  if (payload === undefined) return refuse(s, Status.INVALID_PAYLOAD);
  const total = source ? source.size : payload.length;
  // Not `>`: a total that is no number has to fail too.
  if (!(total >= 0 && total < Length.MAX - 65535)) return refuse(s, Status.TOO_LONG);
  const message = join(
    encodePublish(
      First.PUBLISH + level * Flag.QOS + (isGiven(retain) ? Flag.RETAIN : 0),
      s.topicOut,
      level > 0 ? packetId : 0,
      total,
    ),
    payload,
  );
  const length = message.length;
  if (level < 1 && !source) {
    if (length <= room) return gateSend(s.gate, message);
    return refuse(
      s,
      length > s.window
        ? Status.TOO_LONG
        : s.phase === Phase.ONLINE && room > Room.SHUT
          ? Status.WINDOW_FULL
          : Status.OFFLINE,
    );
  }
  return accept(s, message, level, source);
}

/** Keeps an encoded PUBLISH in the outbox, and sends it if it is its turn and there is room. */
function accept(s: Session, message: Message, level: number, source: Source | undefined): number {
  const outbox = s.outbox;
  const length = message.length;
  const packetId = outbox.next;
  const at = outboxFind(outbox, length);
  if (at < 0) return refuse(s, at);
  // Messages between PUBREC and PUBCOMP need no memory here, but they are in flight, and have their
  // identifiers: after a whole cycle one may still be awaited.
  if (
    s.messages >= outbox.inFlight ||
    (s.released !== "" &&
      placeOf(s.released, encodePacket(First.PUBREL, encodeInteger(packetId), 0)) >= 0)
  ) {
    return refuse(s, Status.IN_FLIGHT_FULL);
  }
  s.messages += 1;
  if (s.messages > s.messagesMax) s.messagesMax = s.messages;
  if (outbox.sending === packetId && length <= s.gate.room && !source) {
    // The message just built goes out: reading it from the ring is for resends.
    outboxKeep(outbox, at, message, length, level + State.SENT);
    outbox.sending = outbox.next;
    gateSend(s.gate, message);
  } else {
    if (source) s.sources[packetId % outbox.inFlight] = source;
    outboxKeep(
      outbox,
      at,
      message,
      length,
      (level > 0 ? level : State.QOS0) + (source ? State.PARTS : 0),
    );
    flush(s);
  }
  return level > 0 ? packetId : 0;
}
