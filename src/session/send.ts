// SPDX-License-Identifier: MIT
// From the outbox to the link (MQTT 3.1.1 sections 4.4 and 4.6): for the first time, when there was
// no room at once, and again after a reconnect.

import { blockCut, blockFlip, call, gateSend, join, Message, Room, toPayload } from "#engine";
import { outboxAfter, outboxFree, Slot, slotOf, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { Session } from "./session.js";

/** What a step of sending says; FAILED is also what `call` says when something threw. */
const enum Step {
  AGAIN = 0,
  FAILED = 1,
  WAIT = 2,
}

/**
 * Sends the next piece of the next packet in the outbox: from the ring, and behind that from the
 * source. A packet is split only when it is longer than the window; then nothing else is written
 * until it is through, because `room` stays 0.
 */
function sendPiece(s: Session): Step {
  const outbox = s.outbox;
  const room = s.gate.room;
  const packetId = outbox.sending;
  const slot = slotOf(outbox, packetId);
  const at = outbox.slots[slot]!;
  const length = outbox.slots[slot + Slot.LENGTH]!;
  const state = outbox.slots[slot + Slot.STATE]!;
  const kind = state % State.PARTS;
  const source = state > kind ? s.sources[packetId % outbox.inFlight] : undefined;
  const total = source ? length + source.size : length;
  const part = s.part;
  let max = (part < length ? length : total) - part;
  let message: Message | undefined;
  // A free slot is one whose message was dropped or acknowledged out of turn. A message in parts at
  // QoS 0 is not repeated.
  if (kind !== State.FREE && (kind !== State.QOS0 + State.SENT || part > 0)) {
    if (room < 1 || (part < 1 && room < total && room < s.window)) return Step.WAIT;
    if (max > room) max = room;
    if (part < 1) {
      // DUP says that an earlier connection was given octets of this packet [MQTT-3.3.1-1].
      if (kind > State.SENT) blockFlip(outbox.block, at);
      else outbox.slots[slot + Slot.STATE] = state + State.SENT;
    }
    if (part < length) message = blockCut(outbox.block, at + part, max);
    else {
      // Shut while the caller's function runs: it may publish, and must not cut in.
      s.gate.room = 0;
      const given = toPayload(source!.give(part - length, max));
      // It has ended the client.
      if (s.gate.room < 0) return Step.WAIT;
      s.gate.room = room;
      if (given === undefined || given.length < 1 || given.length > max) {
        call(s.listeners, s.listeners.on.error, Status.INVALID_PAYLOAD);
        return Step.FAILED;
      }
      message = join("", given);
    }
    s.part = part + message.length;
    if (gateSend(s.gate, message) < 0) return Step.WAIT;
    if (s.part < total) return Step.AGAIN;
    s.part = 0;
  }
  outbox.sending = outboxAfter(outbox, packetId);
  if (kind % State.SENT === State.QOS0) {
    s.messages -= 1;
    outboxFree(outbox, packetId);
  }
  return Step.AGAIN;
}

/**
 * Sends what waits in the outbox, in order [MQTT-4.6.0-1], as far as the window goes. A message
 * whose source fails cannot be completed: it is dropped and told, and if octets of it are on the
 * wire already the connection goes with it.
 */
export function sendOutbox(s: Session): void {
  const outbox = s.outbox;
  let result = Step.AGAIN;
  while (result === Step.AGAIN && outbox.sending !== outbox.next) {
    result = call(s.listeners, sendPiece, s);
  }
  if (result === Step.FAILED) {
    if (s.part > 0) s.gate.room = Room.SHUT;
    s.part = 0;
    s.messages -= 1;
    outboxFree(outbox, outbox.sending);
  }
}
