// SPDX-License-Identifier: MIT
// Sending: a message that nothing answers, and the one at a time that waits for its answer and is sent again
// until it has come (specification section 6.13).

import { call, gateSend, Handler, isNothing, listRemove, Octets, quotient } from "#engine";
import { Status } from "../status.js";
import { encapsulate } from "./messages.js";
import { fieldsAt, MsgFlag, MsgType } from "./packet.js";
import { SnPhase, SnSession } from "./session.js";

/** Sends a message, behind a forwarder's header where the client has a node identifier. */
export function send(s: SnSession, message: Octets): Status {
  // No counter that only grows.
  s.gate.room = 0;
  // Anything sent puts off PINGREQ (section 6.11), at three quarters of keep alive.
  if (s.phase === SnPhase.ONLINE && s.answer < 1) s.due = s.keepAlive * 750;
  if (!isNothing(s.nodeId)) message = encapsulate(0, s.nodeId, message);
  return gateSend(s.gate, message);
}

/** Sends a message that is answered by one of type `answer` with that message identifier, or "". */
export function ask(s: SnSession, message: Octets, answer: MsgType, msgId: Octets): void {
  s.request = message;
  s.answer = answer;
  s.awaited = msgId;
  s.tries = s.retries;
  send(s, message);
  waitMore(s);
}

/** The wait for an answer begins anew: T_RETRY, and up to a quarter more, lest many clients keep step. */
export function waitMore(s: SnSession): void {
  s.due = s.retryMs + s.port.chance(quotient(s.retryMs, 4) + 1);
}

/** Sends the request again: the same octets, with DUP in PUBLISH and SUBSCRIBE. */
export function askAgain(s: SnSession): void {
  const message = s.request;
  const at = fieldsAt(message);
  const type = message.charCodeAt(at - 1);
  const flags = message.charCodeAt(at);
  if ((type === MsgType.PUBLISH || type === MsgType.SUBSCRIBE) && flags < MsgFlag.DUP) {
    s.request =
      message.slice(0, at) + String.fromCharCode(flags + MsgFlag.DUP) + message.slice(at + 1);
  }
  s.tries -= 1;
  send(s, s.request);
  waitMore(s);
}

/** Whether the message just read is the answer that is awaited; then nothing is any more. */
export function isAnswer(s: SnSession, answer: MsgType): boolean {
  const isOurs = s.answer === answer && s.awaited === s.fields.msgId;
  if (isOurs) {
    s.answer = 0;
    s.due = s.keepAlive * 750;
  } else s.skipped += 1;
  return isOurs;
}

/** The first message of the queue is done, and a handler is told. */
export function settleFirst(s: SnSession, handler: Handler | undefined, status?: Status): void {
  const message = s.queue[0]!;
  listRemove(s.queue, 0);
  s.queued -= message.title.length + message.body.length;
  call(s.listeners, handler, message.id, status);
  if (s.wanting) {
    s.wanting = false;
    call(s.listeners, s.listeners.on.room);
  }
}
