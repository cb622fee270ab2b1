// SPDX-License-Identifier: MIT
// Publishing (MQTT 3.1.1 sections 3.3, 4.3, 4.4): QoS 0 goes to the link or is refused; QoS 1 and 2
// go to the outbox or are refused, and from there to the link by `pump`, now or after a reconnect.

import {
  blockCut,
  blockFlip,
  gateSend,
  guard,
  isGiven,
  isReady,
  join,
  Message,
  Octets,
  orUsual,
  Payload,
  Room,
  tell,
  toPayload,
} from "#engine";
import {
  outboxFind,
  outboxFree,
  outboxKeep,
  outboxUnsent,
  Slot,
  slotOf,
  State,
} from "../ring/outbox.js";
import { Status } from "../status.js";
import { encodePublish } from "../wire/publish.js";
import { encodeAcknowledgement, First, Flag, Length } from "../wire/packet.js";
import { encodeTopicName } from "../wire/topic.js";
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
  payload: Payload,
  qos?: number,
  retain?: boolean | number,
): number {
  if (topic !== s.topicKey && !remember(s, topic)) return refuse(s, Status.INVALID_TOPIC);
  if (!isGiven(qos)) {
    const length = s.topicOut.length + payload.length;
    if (length < 128 && length + 1 < s.gate.room && isReady(payload)) {
      return gateSend(
        s.gate,
        join(
          String.fromCharCode(isGiven(retain) ? First.PUBLISH + 1 : First.PUBLISH, length) +
            s.topicOut,
          payload,
        ),
      );
    }
  }
  return publishAny(s, payload, qos, retain, undefined);
}

/** Encodes the topic and remembers it: most nodes publish to the same few. */
function remember(s: Session, topic: string | Topic): boolean {
  const octets = typeof topic === "string" ? encodeTopicName(topic) : topic.octets;
  if (octets === "") return false;
  s.topicKey = topic;
  s.topicOut = octets;
  return true;
}

/** Publishes `total` octets that `pull` gives piece by piece, as the link takes them. */
export function publishParts(
  s: Session,
  topic: string | Topic,
  total: number,
  qos: number,
  retain: boolean | number,
  pull: (at: number, max: number) => Payload,
): number {
  if (topic !== s.topicKey && !remember(s, topic)) return refuse(s, Status.INVALID_TOPIC);
  return publishAny(s, "", qos, retain, { pull: pull, total: total });
}

/** Every publish that is not a short one at QoS 0. */
function publishAny(
  s: Session,
  given: unknown,
  qos: number | undefined,
  retain: boolean | number | undefined,
  source: Source | undefined,
): number {
  const outbox = s.outbox;
  const level = orUsual(qos, 0);
  const payload = toPayload(given);
  const room = s.gate.room;
  const packetId = outbox.next;
  if (level !== 0 && level !== 1 && level !== 2) return refuse(s, Status.INVALID_QOS);
  if (payload === undefined) return refuse(s, Status.INVALID_PAYLOAD);
  const total = source === undefined ? payload.length : source.total;
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
  if (level < 1 && source === undefined) {
    if (length <= room) return gateSend(s.gate, message);
    return refuse(
      s,
      length > s.window
        ? Status.TOO_LONG
        : s.phase === Phase.ONLINE
          ? Status.WINDOW_FULL
          : Status.OFFLINE,
    );
  }
  const at = outboxFind(outbox, length, s.released.length / 4);
  if (at < 0) return refuse(s, at);
  // Only after a whole cycle of identifiers: this one's PUBCOMP is still awaited.
  if (s.released !== "" && s.released.indexOf(encodeAcknowledgement(First.PUBREL, packetId)) >= 0) {
    return refuse(s, Status.IN_FLIGHT_FULL);
  }
  s.sources[packetId % outbox.inFlight] = source;
  if (outbox.unsent < 1 && length <= room && source === undefined) {
    // The message just built goes out: reading it from the ring is for resends.
    outboxKeep(outbox, at, message, length, level + State.SENT);
    gateSend(s.gate, message);
  } else {
    outboxKeep(outbox, at, message, length, level > 0 ? level : State.QOS0);
    outbox.unsent += 1;
    pump(s);
  }
  return level > 0 ? packetId : 0;
}

/**
 * Sends what waits in the outbox, in order [MQTT-4.6.0-1], as far as the window goes. A message
 * whose source fails cannot be completed: it is dropped and told, and if octets of it are on the
 * wire already the connection goes with it.
 */
export function pump(s: Session): void {
  let result = Step.AGAIN;
  while (s.outbox.unsent > 0 && result === Step.AGAIN) result = guard(pumpPiece, s, s.handlers);
  if (result === Step.FAILED) {
    if (s.part > 0) s.gate.room = Room.SHUT;
    s.part = 0;
    outboxFree(s.outbox, outboxUnsent(s.outbox));
  }
}

/** What a step of `pump` says; FAILED is also what `guard` says when something threw. */
const enum Step {
  AGAIN = 0,
  FAILED = 1,
  WAIT = 2,
}

/**
 * Sends the next piece of the next packet: from the ring, and behind that from the source. A packet
 * is split only when it is longer than the window; then nothing else is written until it is
 * through, because `room` stays 0.
 */
function pumpPiece(s: Session): Step {
  const outbox = s.outbox;
  const room = s.gate.room;
  const packetId = outboxUnsent(outbox);
  const slot = slotOf(outbox, packetId);
  const at = outbox.slots[slot]!;
  const length = outbox.slots[slot + Slot.LENGTH]!;
  const state = outbox.slots[slot + Slot.STATE]!;
  const source = s.sources[packetId % outbox.inFlight];
  const total = source === undefined ? length : length + source.total;
  const part = s.part;
  let max = (part < length ? length : total) - part;
  let message: Message | undefined;
  // A free slot is one whose message was dropped or acknowledged out of turn.
  if (state !== State.FREE) {
    if (room < 1 || (part < 1 && room < total && room < s.window)) return Step.WAIT;
    if (max > room) max = room;
    if (part < 1) {
      // DUP says that an earlier connection was given octets of this packet [MQTT-3.3.1-1].
      if (state > State.SENT) blockFlip(outbox.block, at);
      else outbox.slots[slot + Slot.STATE] = state + State.SENT;
    }
    if (part < length) message = blockCut(outbox.block, at + part, max);
    else {
      // Shut while the caller's function runs: it may publish, and must not cut in.
      s.gate.room = 0;
      const pulled = toPayload(source!.pull(part - length, max));
      s.gate.room = room;
      if (pulled === undefined || pulled.length < 1 || pulled.length > max) {
        tell(s.handlers, Status.INVALID_PAYLOAD);
        return Step.FAILED;
      }
      message = join("", pulled);
    }
    s.part = part + message.length;
    if (gateSend(s.gate, message) < 0) return Step.WAIT;
    if (s.part < total) return Step.AGAIN;
    s.part = 0;
  }
  outbox.unsent -= 1;
  if (state % State.SENT === State.QOS0) outboxFree(outbox, packetId);
  return Step.AGAIN;
}
