// SPDX-License-Identifier: MIT
// Everything that has to be sent is state first: acknowledgements, subscriptions' wishes, the outbox.
// `flush` turns that state into octets as far as the link's window goes, and is called after every
// event. Acknowledgements gather while a chunk is read, leave in one write, and may go beyond the
// window into a reserve of their own; beyond that the link is too slow to keep a session on it.

import { call, gateSend, Room } from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { encodeSubscription } from "../wire/subscribe.js";
import { sendOutbox } from "./send.js";
import { Phase, Session, Wish } from "./session.js";

/** Sends the SUBSCRIBEs and UNSUBSCRIBEs that are due and that the window has room for. */
function carryOut(s: Session): void {
  s.due = false;
  for (const subscription of s.subscriptions) {
    const room = s.gate.room;
    const wish = subscription.wish;
    if (wish % 2 > 0) {
      const packet = encodeSubscription(
        wish > Wish.SUBSCRIBE ? First.UNSUBSCRIBE : First.SUBSCRIBE,
        subscription.id,
        subscription.filter,
        wish > Wish.SUBSCRIBE ? "" : String.fromCharCode(subscription.qos),
      );
      if (room > 0 && (packet.length <= room || room === s.window)) {
        subscription.wish = wish + 1;
        gateSend(s.gate, packet);
      } else s.due = true;
    }
  }
}

/** Sends what can be sent. A negative Status says that the connection has to be closed, and why. */
export function flush(s: Session): Status {
  const acks = s.acks;
  if (s.phase === Phase.ENDED) return Status.OK;
  if (acks !== "" && s.part < 1) {
    s.acks = "";
    gateSend(s.gate, acks);
  }
  if (s.due && s.part < 1) carryOut(s);
  sendOutbox(s);
  if (s.wanting && s.freed) {
    s.wanting = false;
    call(s.listeners, s.listeners.on.room);
  }
  s.freed = false;
  return s.phase !== Phase.ONLINE || s.gate.room - s.acks.length >= -Limit.LINK_RESERVE
    ? Status.OK
    : s.gate.room > Room.SHUT
      ? Status.TOO_SLOW
      : Status.CLOSED;
}
