// SPDX-License-Identifier: MIT
// Time. Nothing here reads a clock: `sessionTick` is told how many milliseconds have passed since it
// was last called, so a clock that jumps moves nothing. Keep alive: MQTT 3.1.1 section 3.1.2.10.

import { gateSend, Octets } from "#engine";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { pump } from "./publish.js";
import { Awaited, Phase, Session } from "./session.js";
import { settle, tellRoom } from "./settle.js";
import { carryOut } from "./subscribe.js";

/** How often `sessionTick` has to be called: every time-out is noticed within a quarter of it. */
export function tickMs(s: Session): number {
  return Math.floor(
    (s.keepAliveMs > 0 && s.keepAliveMs < s.answerMs ? s.keepAliveMs : s.answerMs) / 4,
  );
}

/** Whether the same answer has been awaited for `answerMs`; 0 and "" are none. */
function isOverdue(s: Session, which: Awaited, mark: number | Octets, ms: number): boolean {
  s.ages[which] = mark !== 0 && mark !== "" && mark === s.marks[which] ? s.ages[which]! + ms : 0;
  s.marks[which] = mark;
  return s.ages[which]! >= s.answerMs;
}

/** `ms` have passed. A negative Status says that the connection has to be closed, and why. */
export function sessionTick(s: Session, ms: number): Status {
  const outbox = s.outbox;
  let pending = 0;
  for (const subscription of s.subscriptions) {
    if (pending < 1 && subscription.wish > 0 && subscription.wish % 2 < 1) {
      pending = subscription.packetId;
    }
  }
  if (
    isOverdue(s, Awaited.SERVER, s.awaited, ms) ||
    isOverdue(s, Awaited.PUBLISH, outbox.count > outbox.unsent ? outbox.oldest : 0, ms) ||
    isOverdue(s, Awaited.PUBREL, s.released.substring(0, 4), ms) ||
    isOverdue(s, Awaited.SUBSCRIPTION, pending, ms)
  ) {
    return Status.NO_ANSWER;
  }
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
    gateSend(s.gate, String.fromCharCode(First.PINGREQ, 0));
  }
  s.tickRoom = s.gate.room;
  return settle(s);
}

/** The link has taken everything: the window is open again. */
export function sessionDrained(s: Session): Status {
  // Before CONNACK the gate is shut, unless `eager` has written more than CONNECT.
  if (s.phase !== Phase.ONLINE && s.gate.room === 0 && s.part < 1) return Status.OK;
  if (s.gate.room !== s.tickRoom) s.silentOut = 0;
  s.gate.room = s.window;
  pump(s);
  const status = settle(s);
  carryOut(s);
  s.tickRoom = s.gate.room;
  tellRoom(s);
  return status;
}
