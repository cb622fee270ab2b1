// SPDX-License-Identifier: MIT
// A connection from its beginning to its end: CONNECT, what an accepted CONNACK sets off (MQTT 3.1.1
// sections 3.2, 4.1, 4.4), and what a lost link leaves behind.

import { call, Gate, gateSend, Octets, Room } from "#engine";
import { outboxFree, outboxUnsent, Slot, slotOf, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { deliver } from "./dispatch.js";
import { pump } from "./publish.js";
import { Phase, Session, Wish } from "./session.js";
import { queue, settle } from "./settle.js";
import { carryOut } from "./subscribe.js";

/** A link was asked for; nothing may be written yet. */
export function sessionConnecting(s: Session): void {
  s.phase = Phase.CONNECTING;
  s.awaited = 0;
  s.rest = "";
  s.acks = "";
  s.left = 0;
  s.part = 0;
  s.headMs = 0;
  s.silentOut = 0;
  s.outbox.unsent = s.outbox.count;
  for (const subscription of s.subscriptions) {
    if (subscription.wish === Wish.SENT) subscription.wish = Wish.WANTED;
    if (subscription.wish === Wish.LEAVING) subscription.wish = Wish.LEAVE;
  }
}

/**
 * The link is open: CONNECT goes out [MQTT-3.1.0-1], and with `eager`, when nothing that was handed
 * to an earlier connection is unacknowledged, also what waits: the standard lets a client send
 * before CONNACK (section 3.1.4).
 */
export function sessionOpened(s: Session, put: Gate["put"], connect: Octets, eager: boolean): void {
  const outbox = s.outbox;
  s.gate.put = put;
  s.gate.room = s.window;
  gateSend(s.gate, connect);
  if (
    eager &&
    (outbox.count < 1 || outbox.slots[slotOf(outbox, outbox.oldest) + Slot.STATE]! < State.SENT)
  ) {
    carryOut(s);
    pump(s);
  } else if (s.gate.room > Room.SHUT) s.gate.room = 0;
}

/** The server accepted: what it has forgotten is set right, then everything is resent. */
export function accepted(s: Session, present: number): Status {
  const outbox = s.outbox;
  let released = 0;
  let back = 2 * outbox.inFlight;
  // A clean session has nothing to be present [MQTT-3.2.2-1].
  if (present > 0 && s.clean) return Status.UNEXPECTED;
  s.phase = Phase.ONLINE;
  s.awaited = -1;
  // CONNACK proves that CONNECT left the link; with `eager` more may be under way.
  if (s.gate.room === 0) s.gate.room = s.window;
  if (present < 1) {
    for (const subscription of s.subscriptions) {
      if (subscription.wish === Wish.CONFIRMED) subscription.wish = Wish.WANTED;
    }
    for (let at = 0; at < s.received.length; at++) s.received[at] = 0;
  }
  for (let at = 0; at < outbox.inFlight; at++) {
    if (outbox.slots[at * Slot.SIZE + Slot.STATE] === State.RELEASED + State.SENT) released += 1;
  }
  // PUBRELs first, in the order of their PUBRECs [MQTT-4.6.0-4], without DUP. Of those that exist
  // at one time none came more than two rounds of slots ago. A server with a new session knows
  // nothing of them: whether those messages were delivered is uncertain, and told so.
  while (released > 0) {
    const order = (outbox.order - back + 65536) % 65536;
    for (let place = 0; place < outbox.count; place++) {
      const packetId = ((outbox.oldest - 1 + place) % outbox.cycle) + 1;
      const slot = slotOf(outbox, packetId);
      if (
        outbox.slots[slot + Slot.STATE] === State.RELEASED + State.SENT &&
        outbox.slots[slot + Slot.LENGTH] === order
      ) {
        released -= 1;
        if (present > 0) queue(s, First.PUBREL, packetId);
        else {
          outboxFree(outbox, slot);
          call(s.handlers, s.handlers.uncertain, packetId);
          place = outbox.count;
        }
      }
    }
    back -= 1;
  }
  settle(s);
  carryOut(s);
  pump(s);
  call(s.handlers, s.handlers.connect, present > 0);
  return Status.OK;
}

/** The link is gone. A message that was being handed on in parts is told as broken off. */
export function sessionClosed(s: Session): void {
  const outbox = s.outbox;
  s.gate.room = Room.SHUT;
  s.awaited = -1;
  if (s.phase !== Phase.ENDED) s.phase = Phase.OFFLINE;
  if (s.part > 0) {
    // A QoS 0 message in parts is not repeated.
    const slot = slotOf(outbox, outboxUnsent(outbox));
    if (outbox.slots[slot + Slot.STATE] === State.QOS0 + State.SENT) outboxFree(outbox, slot);
    s.part = 0;
  }
  if (s.left > 0 && !s.mute) {
    s.left = 0;
    s.packet.at = -1;
    deliver(s, "");
  }
}
