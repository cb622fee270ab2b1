// SPDX-License-Identifier: MIT
// A connection from its beginning to its end: CONNECT, what an accepted CONNACK sets off (MQTT 3.1.1
// sections 3.2, 4.1, 4.4), and what a lost link leaves behind.

import { call, Gate, gateSend, Octets, payloadCut, Room } from "#engine";
import { Slot, slotOf, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { decodeInteger } from "../wire/packet.js";
import { deliver } from "./dispatch.js";
import { flush } from "./flush.js";
import { Phase, Session, Wish } from "./session.js";

/**
 * The link is open: CONNECT goes out [MQTT-3.1.0-1], and with `eager`, when nothing that was handed
 * to an earlier connection is unacknowledged, also what waits: the standard lets a client send
 * before CONNACK (section 3.1.4).
 */
export function sessionOpened(s: Session, put: Gate["put"], connect: Octets): void {
  const outbox = s.outbox;
  s.gate.put = put;
  s.gate.room = s.window;
  gateSend(s.gate, connect);
  if (
    s.options.eager &&
    s.released === "" &&
    outbox.slots[slotOf(outbox, outbox.oldest) + Slot.STATE]! % State.PARTS < State.SENT
  ) {
    flush(s);
  } else if (s.gate.room > Room.SHUT) s.gate.room = 0;
}

/**
 * CONNACK came; `present` is session present or a refusal. What the server has forgotten is set
 * right, then everything is resent. 1 when the connection is accepted.
 */
export function accepted(s: Session, present: number): number {
  const lost = present > 0 ? "" : s.released;
  if (present < 0) return present;
  // A clean session has nothing to be present [MQTT-3.2.2-1].
  if (present > 0 && s.clean) return Status.UNEXPECTED;
  s.phase = Phase.ONLINE;
  s.awaited = 0;
  // CONNACK proves that CONNECT left the link; with `eager` more may be under way.
  if (s.gate.room === 0) s.gate.room = s.window;
  if (present < 1) {
    s.released = "";
    s.received = "";
    for (const subscription of s.subscriptions) {
      if (subscription.wish === Wish.CONFIRMED) subscription.wish = Wish.SUBSCRIBE;
    }
  }
  s.messages -= lost.length / 4;
  s.due = true;
  // PUBRELs first, in the order of their PUBRECs [MQTT-4.6.0-4], without DUP.
  s.acks = s.released;
  flush(s);
  // A server with a new session knows nothing of them: whether those messages were delivered is
  // uncertain.
  for (let at = 2; at < lost.length && s.phase === Phase.ONLINE; at += 4) {
    call(s.listeners, s.listeners.on.uncertain, decodeInteger(lost, at));
  }
  if (s.phase === Phase.ONLINE) call(s.listeners, s.listeners.on.connect, present > 0);
  return 1;
}

/** The link is gone. A message that was being handed on in parts is told as broken off. */
export function sessionClosed(s: Session): void {
  const left = s.left;
  if (s.phase !== Phase.ENDED) s.phase = Phase.OFFLINE;
  s.gate.room = Room.SHUT;
  s.rest = "";
  s.acks = "";
  s.left = 0;
  s.part = 0;
  s.silentOut = 0;
  s.marks = [];
  s.outbox.sending = s.outbox.oldest;
  for (const subscription of s.subscriptions) {
    if (subscription.wish > 0 && subscription.wish % 2 < 1) subscription.wish -= 1;
  }
  if (left > 0 && !s.mute) {
    s.packet.at = -1;
    deliver(s, payloadCut("", 0, 0));
  }
}
