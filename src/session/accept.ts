// SPDX-License-Identifier: MIT
// A connection from its beginning to its end: CONNECT, what an accepted CONNACK sets off (MQTT 3.1.1
// sections 3.2, 4.1, 4.4), and what a lost link leaves behind.

import { call, gateSend, Octets, payloadNone, Room } from "#engine";
import { outboxFirst } from "../ring/outbox.js";
import { decodeInteger, release } from "../wire/packet.js";
import { deliver } from "./dispatch.js";
import { flush } from "./flush.js";
import { settle } from "./send.js";
import { Phase, Session, Stage } from "./session.js";

/**
 * There is a link: CONNECT goes out [MQTT-3.1.0-1], and with `eager`, when nothing that was handed
 * to an earlier connection is unacknowledged, also what waits: the standard lets a client send
 * before CONNACK (section 3.1.4).
 */
export function sessionOpened(s: Session, connect: Octets): void {
  s.gate.room = s.window;
  gateSend(s.gate, connect);
  if (s.options.eager && s.released.length < 1 && outboxFirst(s.outbox, s.outbox.oldest) % 16 < 8) {
    flush(s);
  } else s.gate.room = Room.SHUT;
}

/** The server accepted; what it has forgotten is set right, then everything is resent. */
export function accept(s: Session, present: number): void {
  const released = s.released;
  s.phase = Phase.ONLINE;
  s.isAwaiting = false;
  s.lived = 0;
  s.accepted += 1;
  // CONNACK proves that CONNECT left the link; with `eager` little more is under way.
  if (s.part < 1 || s.gate.room > Room.SHUT) s.gate.room = s.window;
  if (present < 1) {
    s.released = [];
    s.received = [];
  }
  // A new session has no subscriptions; one that is kept has those of which it is sure.
  for (const subscription of s.subscriptions) {
    if (subscription.stage > Stage.ASKED + present) subscription.stage = Stage.NEW;
  }
  for (const packetId of released) {
    // PUBRELs first, in the order of their PUBRECs [MQTT-4.6.0-4], without DUP. A server with a new
    // session knows nothing of them: whether those messages were delivered is uncertain.
    if (present > 0) s.acks += release(packetId);
    // One that ends the client is the last one that is called.
    else if (s.phase < Phase.ENDED) {
      settle(s, decodeInteger(packetId, 0), s.listeners.on.uncertain);
    }
  }
  flush(s);
  if (s.phase === Phase.ONLINE) call(s.listeners, s.listeners.on.connect, present > 0);
}

/** The link is gone. A message that was being handed on in parts is told as broken off. */
export function sessionClosed(s: Session): void {
  const left = s.left;
  for (const subscription of s.subscriptions) {
    if (subscription.stage < Stage.KNOWN) subscription.stage = Stage.NEW;
    else if (s.phase === Phase.CONNECTING) subscription.stage = Stage.UNSURE;
  }
  if (s.phase !== Phase.ENDED) s.phase = Phase.OFFLINE;
  s.gate.link = undefined;
  s.gate.room = Room.SHUT;
  s.gate.idle = 0;
  s.chunk = "";
  s.acks = "";
  s.left = 0;
  s.part = 0;
  s.ages = {};
  s.outbox.sending = s.outbox.oldest;
  if (left > 0 && !s.mute) {
    s.packet.at = -1;
    deliver(s, payloadNone());
  }
}
