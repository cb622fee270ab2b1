// SPDX-License-Identifier: MIT
// Time. Nothing here reads a clock: `sessionTick` is called every `tickMs` milliseconds, so a clock that jumps moves nothing. Keep alive: MQTT 3.1.1 section 3.1.2.10.

import { gateSend, Room } from "#engine";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { flush } from "./flush.js";
import { Phase, Session, Stage } from "./session.js";

/** `tickMs` have passed. A negative Status says that the connection has to be closed, and why. */
export function sessionTick(s: Session): Status {
  const outbox = s.outbox;
  const ages: Session["ages"] = {};
  let late = false;
  // What is awaited, each under a name of its own: CONNACK or PINGRESP, the oldest PUBREL, the
  // oldest PUBLISH, subscriptions; and that the link takes the next piece of a message in parts.
  if (s.isAwaiting) ages[0] = 0;
  if (s.part > 0) ages[-s.part] = 0;
  if (s.released.length > 0) ages["r" + s.released[0]] = 0;
  if (outbox.sending !== outbox.oldest) ages[outbox.oldest] = 0;
  for (const subscription of s.subscriptions) {
    if (subscription.stage === Stage.ASKED) ages[subscription.id] = 0;
  }
  for (const name in ages) {
    const before = s.ages[name];
    if (before !== undefined) ages[name] = before + s.tickMs;
    if (ages[name]! >= s.answerMs) late = true;
  }
  s.ages = ages;
  if (s.keepAliveMs > 0 && !late) {
    s.gate.idle += s.tickMs;
    s.silent += s.tickMs;
    // At three quarters, seen up to a quarter late: before the interval is over, also while CONNACK
    // or PINGRESP is late [MQTT-3.1.2-23].
    if (
      s.part < 1 &&
      (s.gate.idle * 4 >= s.keepAliveMs * 3 || (!s.isAwaiting && s.silent >= s.keepAliveMs))
    ) {
      s.isAwaiting = true;
      gateSend(s.gate, String.fromCharCode(First.PINGREQ, 0));
    }
  }
  return late ? Status.NO_ANSWER : flush(s);
}

/** The link has taken everything: the window is open again, unless CONNACK is to come, or after `end`. */
export function sessionDrained(s: Session): boolean {
  s.freed = s.phase === Phase.ONLINE && s.gate.room > Room.SHUT;
  if (s.freed) s.gate.room = s.window;
  return s.freed;
}
