// SPDX-License-Identifier: MIT
// Everything that has to be sent is state first: acknowledgements, subscriptions, the outbox.
// `flush` turns that state into octets as far as the link's window goes, and is called after every
// event. Acknowledgements gather while a chunk is read, leave in one write, and may go beyond the
// window into a reserve of their own; beyond that the link is too slow to keep a session on it.

import { call, gateSend, isEmpty, Room } from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { encodeSubscription } from "../wire/subscribe.js";
import { sendPiece, settle, Step } from "./send.js";
import { Phase, Session, Stage } from "./session.js";

/** Sends what can be sent. A negative Status says that the connection has to be closed, and why. */
export function flush(s: Session): Status {
  const outbox = s.outbox;
  let step = Step.AGAIN;
  if (s.phase === Phase.ENDED) return Status.OK;
  if (s.part < 1) {
    const acks = s.acks;
    if (!isEmpty(acks)) {
      s.acks = "";
      gateSend(s.gate, acks);
    }
    for (const subscription of s.subscriptions) {
      if (subscription.stage < Stage.ASKED) {
        const packet = encodeSubscription(subscription.id, subscription.filter, subscription.qos);
        if (packet.length <= s.gate.room || (s.gate.room > 0 && s.gate.room === s.window)) {
          subscription.stage = Stage.ASKED;
          gateSend(s.gate, packet);
        }
      }
    }
  }
  // In order [MQTT-4.6.0-1], as far as the window goes.
  while (step === Step.AGAIN && outbox.sending !== outbox.next) {
    step = call(s.listeners, sendPiece, s);
  }
  if (step === Step.FAILED) {
    // Its source failed: it is dropped and told, and if octets of it are on the wire already the
    // connection goes with it.
    if (s.part > 0) s.gate.room = Room.SHUT;
    settle(s, outbox.sending);
  }
  if (s.wanting && s.freed) {
    s.wanting = false;
    call(s.listeners, s.listeners.on.room);
  }
  s.freed = false;
  return s.phase === Phase.ONLINE && s.gate.room - s.acks.length < -Limit.LINK_RESERVE
    ? Status.LINK_FAILED
    : Status.OK;
}
