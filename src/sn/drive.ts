// SPDX-License-Identifier: MIT
// Joins a session to its link and its one timer: after every event the next request is made out of what
// there is to do, and the timer armed for when it has to be looked at again.

import { call, orUsual } from "#engine";
import type { DatagramEvents, DatagramLink } from "../../boards/hal.js";
import { Status } from "../status.js";
import { lost } from "./gateways.js";
import { encodeConnect, encodeSearchGateway, encodeSleep } from "./messages.js";
import { encodeMessage, MsgFlag, MsgType } from "./packet.js";
import { publishNext } from "./publish.js";
import { fallAsleep, receive } from "./receive.js";
import { ask, askAgain, send } from "./send.js";
import { Resumption, SnPhase, SnSession, SnSubscription } from "./session.js";
import { askFor } from "./subscribe.js";

/** The timer has fired. */
export function step(s: SnSession): void {
  let status = Status.OK;
  s.timer = 0;
  if (s.phase === SnPhase.OFFLINE) status = begin(s);
  else if (s.answer > 0) {
    if (s.tries > 0) askAgain(s);
    else status = giveUp(s);
  } else if (s.phase === SnPhase.AWAKE) fallAsleep(s);
  else {
    // Keep alive (section 6.11); from sleep with the client's name (section 6.14).
    const isAsleep = s.phase === SnPhase.ASLEEP;
    if (isAsleep) s.phase = SnPhase.AWAKE;
    ask(s, encodeMessage(MsgType.PINGREQ, isAsleep ? s.clientId : ""), MsgType.PINGRESP, "");
  }
  settle(s, status);
}

/** Opens the link where there is none, and looks for a gateway or connects to one. */
function begin(s: SnSession): Status {
  const search = s.options.search;
  const to = s.gateways[0] || search!;
  if (!s.gate.link) s.gate.link = s.port.open(s, events, s.options);
  const link = s.gate.link as DatagramLink | undefined;
  if (!link) return Status.UNREACHABLE;
  // It stays aimed there until the gateway is lost.
  link.host = to.host;
  link.port = to.port;
  if (s.gateways.length > 0) sendConnect(s, s.resumption);
  else {
    send(s, encodeSearchGateway(orUsual(search!.radius, 0)));
    s.due = s.boundMs;
    s.boundMs = Math.min(s.boundMs * 2, s.maxMs);
  }
  return Status.OK;
}

/** CONNECT: a new connection, or the same one awake. */
function sendConnect(s: SnSession, resumption: Resumption): void {
  s.phase = SnPhase.CONNECTING;
  s.resumption = resumption;
  // There are gateways that tell the server this time and then wait for the client to keep it.
  s.told = s.keepAlive > s.sleep ? s.keepAlive : s.sleep;
  ask(
    s,
    encodeConnect(
      (s.isClean && resumption === Resumption.NONE ? MsgFlag.CLEAN_SESSION : 0) +
        (s.will && resumption !== Resumption.AWAKE ? MsgFlag.WILL : 0),
      s.told,
      s.clientId,
    ),
    MsgType.CONNACK,
    "",
  );
}

/** N_RETRY is over (sections 6.13 and 6.14). */
function giveUp(s: SnSession): Status {
  if (s.answer === MsgType.DISCONNECT) {
    if (s.isLeaving) return Status.ENDED;
  } else if (s.phase === SnPhase.AWAKE && s.missed < 1) s.missed += 1;
  else return Status.NO_ANSWER;
  s.answer = 0;
  fallAsleep(s);
  return Status.OK;
}

/** After every event. */
export function settle(s: SnSession, status: Status): void {
  if (status === Status.ENDED) finish(s);
  else if (status < 0) lost(s, status);
  if (s.done && s.queue.length < 1 && !s.isLeaving) end(s);
  if (s.isCongested) {
    s.isCongested = false;
    if (s.pause === 0) s.pause = s.port.after(resume, s.waitMs, s);
  }
  while (s.answer < 1 && next(s)) {
    // QoS 0 messages that had to wait, one after the other.
  }
  if (s.due > 0 && s.phase < SnPhase.ENDED) {
    s.port.stop(s.timer);
    s.timer = s.port.after(step, s.due, s);
  }
  s.due = 0;
}

function resume(s: SnSession): void {
  s.pause = 0;
  settle(s, Status.OK);
}

/** Begins with what has to be done next; whether there was anything. */
function next(s: SnSession): boolean {
  const isOnline = s.phase === SnPhase.ONLINE;
  let asked: SnSubscription | undefined;
  if (!isOnline && s.phase !== SnPhase.ASLEEP) return false;
  if (s.pause === 0) {
    for (const one of s.subscriptions) if (!one.isKnown && !asked) asked = one;
  }
  const isWorking = asked !== undefined || (s.pause === 0 && s.queue.length > 0);
  if (s.isLeaving) ask(s, encodeMessage(MsgType.DISCONNECT, ""), MsgType.DISCONNECT, "");
  else if (!isOnline) {
    // To send anything a sleeper has to be active (section 6.14).
    if (!isWorking && s.sleep > 0 && !s.isNewWill) return false;
    sendConnect(s, Resumption.AWAKE);
  } else if (asked) askFor(s, asked);
  else if (isWorking) publishNext(s);
  else if (s.isNewWill) {
    // Without a will only a clean session deletes the old one (section 6.2).
    sendConnect(s, s.will ? Resumption.SESSION : Resumption.NONE);
  } else if (s.sleep > s.told) sendConnect(s, Resumption.SESSION);
  else if (s.sleep > 0) ask(s, encodeSleep(s.sleep), MsgType.DISCONNECT, "");
  else return false;
  return true;
}

/** What a link tells a client. */
const events: DatagramEvents = {
  received: (s: SnSession, octets, host, port) => {
    if (s.phase < SnPhase.ENDED) settle(s, receive(s, octets, host, port));
  },
  closed: (s: SnSession) => {
    s.gate.link = undefined;
    if (s.phase < SnPhase.ENDED) settle(s, Status.LINK_FAILED);
  },
};

/** DISCONNECT, sent again until it is answered, and no reconnect. */
export function end(s: SnSession): void {
  if (s.phase < SnPhase.ONLINE) finish(s);
  else if (s.phase < SnPhase.ENDED && !s.isLeaving) {
    if (s.phase === SnPhase.AWAKE) s.phase = SnPhase.ASLEEP;
    s.isLeaving = true;
    s.answer = 0;
  }
}

/** It is over: nothing is left of it. */
function finish(s: SnSession): void {
  const done = s.done;
  const left = s.queue.length;
  const link = s.gate.link;
  s.port.stop(s.doneTimer);
  s.doneTimer = 0;
  s.done = undefined;
  if (s.phase < SnPhase.ENDED) {
    s.phase = SnPhase.ENDED;
    s.port.stop(s.timer);
    s.port.stop(s.pause);
    if (link) s.port.drop(link as DatagramLink);
    call(s.listeners, s.listeners.on.close, Status.OK);
  }
  call(s.listeners, done, left > 0 ? Status.NO_ANSWER : Status.OK, left);
}

/** Ends when everything accepted is acknowledged, or after `ms`; then `done(status, left)`. */
export function drain(s: SnSession, ms: number, done: SnSession["done"]): void {
  s.port.stop(s.doneTimer);
  s.done = done;
  s.doneTimer = s.port.after(drained, ms, s);
  if (s.phase === SnPhase.ENDED) finish(s);
}

function drained(s: SnSession): void {
  s.doneTimer = 0;
  if (s.phase >= SnPhase.ONLINE) send(s, encodeMessage(MsgType.DISCONNECT, ""));
  finish(s);
}
