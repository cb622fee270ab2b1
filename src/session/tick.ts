// SPDX-License-Identifier: MIT
// Time. Nothing here reads a clock: `sessionTick` is told how many milliseconds have passed since it
// was last called, so a clock that jumps moves nothing. Keep alive: MQTT 3.1.1 section 3.1.2.10.

import { gateSend } from "#engine";
import { Slot, slotOf } from "../ring/outbox.js";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { carryOut } from "./subscribe.js";
import { pump } from "./publish.js";
import { Phase, Session, Wish } from "./session.js";
import { settle, tellRoom } from "./settle.js";

/** How often `sessionTick` has to be called: every time-out is noticed within a quarter of it. */
export function tickMs(s: Session): number {
  const ms = s.keepAliveMs > 0 && s.keepAliveMs < s.answerMs ? s.keepAliveMs : s.answerMs;
  return Math.floor(ms / 4);
}

/** `ms` have passed. A negative Status says that the connection has to be closed, and why. */
export function sessionTick(s: Session, ms: number): Status {
  const outbox = s.outbox;
  let head = 0;
  if (s.awaited >= 0) {
    s.awaited += ms;
    if (s.awaited >= s.answerMs) return Status.NO_ANSWER;
  }
  if (s.phase !== Phase.ONLINE) return Status.OK;
  if (outbox.count > outbox.unsent) {
    // The oldest message that was sent, and its state: 1 … cycle × 16.
    head = outbox.oldest * 16 + outbox.slots[slotOf(outbox, outbox.oldest) + Slot.STATE]!;
  }
  s.headMs = head > 0 && head === s.head ? s.headMs + ms : 0;
  s.head = head;
  if (s.headMs >= s.answerMs) return Status.NO_ANSWER;
  for (const subscription of s.subscriptions) {
    if (subscription.wish === Wish.SENT || subscription.wish === Wish.LEAVING) {
      subscription.age += ms;
      if (subscription.age >= s.answerMs) return Status.NO_ANSWER;
    }
  }
  s.silentOut = s.gate.room === s.tickRoom ? s.silentOut + ms : 0;
  s.silentIn += ms;
  // At three quarters, seen up to a quarter late: before the interval is over [MQTT-3.1.2-23].
  if (
    s.keepAliveMs > 0 &&
    s.awaited < 0 &&
    s.part < 1 &&
    (s.silentOut * 4 >= s.keepAliveMs * 3 || s.silentIn >= s.keepAliveMs)
  ) {
    s.awaited = 0;
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
  if (s.wanting) tellRoom(s);
  return status;
}
