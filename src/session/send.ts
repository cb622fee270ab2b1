// SPDX-License-Identifier: MIT
// From the outbox to the link (MQTT 3.1.1 sections 4.4 and 4.6): for the first time, when there was
// no room at once, and again after a reconnect.

import { blockCut, blockFlip, call, gateSend, Handler, join, toPayload } from "#engine";
import { outboxAfter, outboxFirst, outboxFree } from "../ring/outbox.js";
import { Status } from "../status.js";
import { Flag } from "../wire/packet.js";
import { Session } from "./session.js";

/** What a step of sending says; FAILED is also what `call` says when something threw. */
export const enum Step {
  AGAIN = 0,
  FAILED = 1,
  WAIT = 2,
}

/** A message is done: its slot and what it has in the ring are free, and a handler is told. */
export function settle(s: Session, packetId: number, handler?: Handler): void {
  s.outbox.ids[packetId % s.outbox.inFlight] = 0;
  s.messages -= 1;
  s.freed = true;
  outboxFree(s.outbox, packetId);
  call(s.listeners, handler, packetId);
}

/**
 * Sends the next piece of the next packet in the outbox: what lies in the ring, and behind that, piece
 * by piece, what its source gives; then nothing else is written until it is through.
 */
export function sendPiece(s: Session): Step {
  const outbox = s.outbox;
  const packetId = outbox.sending;
  const slot = packetId % outbox.inFlight;
  const first = outboxFirst(outbox, packetId);
  const source = s.sources[slot];
  const room = s.gate.room;
  const part = s.part;
  if (part > 0) {
    if (room < 1) return Step.WAIT;
    let max = source!.size + 1 - part;
    if (max > room) max = room;
    // Shut while the caller's function runs: it may publish, and must not cut in.
    s.gate.room = 0;
    const given = toPayload(source!.give(part - 1, max));
    // It has ended the client.
    if (s.gate.room < 0) return Step.WAIT;
    if (!given || given.length < 1 || given.length > max) {
      call(s.listeners, s.listeners.on.error, Status.INVALID_PAYLOAD);
      return Step.FAILED;
    }
    s.gate.room = room;
    s.part = part + given.length;
    gateSend(s.gate, join("", given));
  } else if (first > 0 && (first < Head.DROPPED || first > Head.DROPPED + 1)) {
    const length = outbox.lengths[slot]!;
    const at = outbox.places[slot]!;
    if (length > room) return Step.WAIT;
    s.part = 1;
    gateSend(s.gate, blockCut(outbox.block, slot, at, length));
    // Octets of it are an earlier connection's, should it be sent again [MQTT-3.3.1-1].
    blockFlip(outbox.block, slot, at);
  }
  if (s.part > 0 && source && s.part <= source.size) return Step.AGAIN;
  s.part = 0;
  outbox.sending = outboxAfter(outbox, packetId);
  if (first > 0 && first % Flag.DUP < Flag.QOS) settle(s, packetId);
  return Step.AGAIN;
}

const enum Head {
  /** A message in parts at QoS 0 that was begun on an earlier connection: it is not sent again. */
  DROPPED = 56,
}
