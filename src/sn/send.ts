// SPDX-License-Identifier: MIT
// Sending: a message that nothing answers, and the one at a time that waits for its answer and is sent again
// until it has come (specification section 6.13). Which fields a message has, and in which order, is
// said where messages.ts encodes it whole.

import { call, Handler, linkSend, listRemove, Octets, octetsOf, orUsual, quotient } from "#engine";
import { isGiven, textOctets } from "#engine";
import { Status } from "../status.js";
import { encodeMessage, MsgFlag, MsgType } from "./packet.js";
import { SnPhase, SnSession } from "./session.js";

/** Sends a message, behind a forwarder's header where the client has a node identifier. */
export function send(s: SnSession, type: MsgType, fields: Octets): Status {
  // Anything sent puts off PINGREQ (section 6.11), at three quarters of keep alive.
  if (s.phase === SnPhase.ONLINE && s.answer < 1) s.due = s.keepAlive * 750;
  const message = encodeMessage(type, fields);
  return linkSend(s.link, s.head + message);
}

/** Sends a message that is answered by one of type `answer` with that message identifier, or "". */
export function ask(
  s: SnSession,
  type: MsgType,
  fields: Octets,
  answer: MsgType,
  msgId: Octets,
): void {
  s.type = type;
  s.request = fields;
  s.answer = answer;
  s.awaited = msgId;
  s.tries = s.retries;
  send(s, type, fields);
  waitMore(s);
}

/** The wait for an answer begins anew: T_RETRY, and up to a quarter more, lest many clients keep step. */
export function waitMore(s: SnSession): void {
  s.due = s.retryMs + s.port.chance(quotient(s.retryMs, 4) + 1);
}

/** Sends the request again: the same octets, with DUP in PUBLISH and SUBSCRIBE. */
export function askAgain(s: SnSession): void {
  if (s.type === MsgType.PUBLISH || s.type === MsgType.SUBSCRIBE) {
    s.request =
      String.fromCharCode((s.request.charCodeAt(0) % MsgFlag.DUP) + MsgFlag.DUP) +
      s.request.slice(1);
  }
  s.tries -= 1;
  send(s, s.type, s.request);
  waitMore(s);
}

/** WILLTOPIC, WILLMSG, WILLTOPICUPD or WILLMSGUPD, without a field where there is no will. */
export function askWill(s: SnSession, type: MsgType, answer: MsgType): void {
  const will = s.will;
  let fields = "";
  if (will) {
    // The topic is odd of the pairs 7, 9 and 26, 28.
    fields =
      type % 4 > 1
        ? String.fromCharCode(
            orUsual(will.qos, 0) * MsgFlag.QOS + (isGiven(will.retain) ? MsgFlag.RETAIN : 0),
          ) + textOctets(will.topic)
        : octetsOf(will.payload);
  }
  ask(s, type, fields, answer, "");
}

/** The first message of the queue is done, and a handler is told. */
export function settleFirst(s: SnSession, handler: Handler | undefined, status?: Status): void {
  const id = s.queue[0]!.id;
  listRemove(s.queue, 0);
  call(s.listeners, handler, id, status);
  if (s.wanting) {
    s.wanting = false;
    call(s.listeners, s.listeners.on.room);
  }
}
