// SPDX-License-Identifier: MIT
// Time. Nothing here reads a clock: `sessionTick` is told how many milliseconds have passed since it
// was last called, so a clock that jumps moves nothing. Keep alive: MQTT 3.1.1 section 3.1.2.10.

import { gateSend } from "#engine";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { flush } from "./flush.js";
import { Phase, Session } from "./session.js";

/** `ms` have passed. A negative Status says that the connection has to be closed, and why. */
export function sessionTick(s: Session, ms: number): Status {
  const outbox = s.outbox;
  let pending = 0;
  for (const subscription of s.subscriptions) {
    if (pending < 1 && subscription.wish > 0 && subscription.wish % 2 < 1) {
      pending = subscription.id;
    }
  }
  // What is awaited: CONNACK or PINGRESP, the oldest PUBLISH, the oldest PUBREL, a subscription.
  const marks = [
    s.awaited,
    outbox.sending === outbox.oldest ? 0 : outbox.oldest,
    s.released.slice(0, 4),
    pending,
  ];
  for (let at = 0; at < 4; at++) {
    const mark = marks[at]!;
    s.ages[at] = mark !== 0 && mark !== "" && mark === s.marks[at] ? s.ages[at]! + ms : 0;
    if (s.ages[at]! >= s.answerMs) return Status.NO_ANSWER;
  }
  s.marks = marks;
  if (s.phase !== Phase.ONLINE) return Status.OK;
  s.silentOut = s.gate.room === s.tickRoom ? s.silentOut + ms : 0;
  s.silentIn += ms;
  // At three quarters, seen up to a quarter late: before the interval is over [MQTT-3.1.2-23].
  if (
    s.keepAliveMs > 0 &&
    s.awaited < 1 &&
    s.part < 1 &&
    (s.silentOut * 4 >= s.keepAliveMs * 3 || s.silentIn >= s.keepAliveMs)
  ) {
    s.awaited = 1;
    s.silentOut = 0;
    gateSend(s.gate, String.fromCharCode(First.PINGREQ, 0));
  }
  s.tickRoom = s.gate.room;
  return flush(s);
}

/** The link has taken everything: the window is open again. */
export function sessionDrained(s: Session): Status {
  // Before CONNACK the gate is shut, unless `eager` has written more than CONNECT.
  if (s.phase > Phase.ONLINE || (s.phase < Phase.ONLINE && s.gate.room === 0 && s.part < 1)) {
    return Status.OK;
  }
  if (s.gate.room !== s.tickRoom) s.silentOut = 0;
  s.gate.room = s.window;
  s.freed = true;
  const status = flush(s);
  s.tickRoom = s.gate.room;
  return status;
}
