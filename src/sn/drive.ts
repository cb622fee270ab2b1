// SPDX-License-Identifier: MIT
// Joins a session to its link and its one timer: after every event the next request is made out of what
// there is to do, and the timer armed for when it has to be looked at again.

import { call, orUsual } from "#engine";
import type { DatagramEvents } from "../../boards/hal.js";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { forgetGone, lost, nextBound, waitMs } from "./gateways.js";
import { Protocol } from "./messages.js";
import { MsgFlag, MsgType } from "./packet.js";
import { publishNext } from "./publish.js";
import { fallAsleep, receive } from "./receive.js";
import { ask, askAgain, askWill, send } from "./send.js";
import { Resumption, SnPhase, SnSession, SnSubscription } from "./session.js";
import { askFor } from "./subscribe.js";

/** The timer has fired. */
export function step(s: SnSession): void {
  s.timer = 0;
  if (s.phase === SnPhase.OFFLINE) begin(s);
  else if (s.answer > 0) {
    if (s.tries > 0) askAgain(s);
    // N_RETRY is over (sections 6.13 and 6.14): a sleeper sleeps on, once.
    else if (
      !s.isLeaving &&
      (s.type === MsgType.DISCONNECT || (s.phase === SnPhase.AWAKE && s.missed < 1))
    ) {
      s.missed += 1;
      s.answer = 0;
      fallAsleep(s);
    } else s.outcome = Status.NO_ANSWER;
  } else if (s.phase === SnPhase.AWAKE) fallAsleep(s);
  else {
    // Keep alive (section 6.11); from sleep with the client's name (section 6.14).
    const isAsleep = s.phase === SnPhase.ASLEEP;
    if (isAsleep) s.phase = SnPhase.AWAKE;
    ask(s, MsgType.PINGREQ, isAsleep ? s.clientId : "", MsgType.PINGRESP, "");
  }
  settle(s);
}

/** Opens the link where there is none, and looks for a gateway or connects to one. */
function begin(s: SnSession): void {
  forgetGone(s);
  const search = s.options.search;
  const to = s.gateways[0] || search!;
  if (!s.link) s.link = s.port.open(s, events, s.options);
  if (s.link) {
    // It stays aimed there until the gateway is lost.
    s.link.host = to.host!;
    s.link.port = orUsual(to.port, 1883);
    if (s.gateways.length > 0) sendConnect(s, s.resumption);
    else {
      send(s, MsgType.SEARCHGW, String.fromCharCode(orUsual(search!.radius, 0)));
      s.due = nextBound(s);
    }
  } else s.outcome = Status.UNREACHABLE;
}

/** CONNECT: a new connection, or the same one awake. */
function sendConnect(s: SnSession, resumption: Resumption): void {
  const isAwake = resumption === Resumption.AWAKE;
  s.phase = SnPhase.CONNECTING;
  s.resumption = resumption;
  // There are gateways that tell the server this time and then wait for the client to keep it.
  s.told = Math.max(s.keepAlive, s.sleep);
  if (!isAwake) s.newWill = 0;
  ask(
    s,
    MsgType.CONNECT,
    String.fromCharCode(
      (resumption === Resumption.CLEAN ? MsgFlag.CLEAN_SESSION : 0) +
        (s.will && !isAwake ? MsgFlag.WILL : 0),
      Protocol.ID,
    ) +
      encodeInteger(s.told) +
      s.clientId,
    MsgType.CONNACK,
    "",
  );
}

/** After every event. */
export function settle(s: SnSession): void {
  const outcome = s.outcome;
  s.outcome = Status.OK;
  if (outcome > 0 && s.pause === 0) s.pause = s.port.after(resume, waitMs(s), s);
  if (outcome < 0) {
    if (s.isLeaving) finish(s);
    else lost(s, outcome);
  }
  if (s.done && s.queue.length < 1) end(s);
  if (s.phase < SnPhase.ENDED) {
    while (s.answer < 1 && next(s)) {
      // QoS 0 messages that had to wait, one after the other.
    }
    if (s.due > 0) {
      s.port.stop(s.timer);
      s.timer = s.port.after(step, s.due, s);
    }
  }
  s.due = 0;
}

/** T_WAIT is over. */
function resume(s: SnSession): void {
  s.pause = 0;
  settle(s);
}

/** Begins with what has to be done next; whether there was anything. */
function next(s: SnSession): boolean {
  let asked: SnSubscription | undefined;
  // While the gateway is congested: keep alive, sleep and the end, and nothing else.
  const isFree = s.pause === 0;
  for (const one of s.subscriptions) if (isFree && !asked && !one.isKnown) asked = one;
  const hasMessage = isFree && s.queue.length > 0;
  const hasWill = isFree && s.newWill > 0;
  if (s.isLeaving) ask(s, MsgType.DISCONNECT, "", MsgType.DISCONNECT, "");
  else if (s.phase === SnPhase.ASLEEP && (asked || hasMessage || hasWill || s.sleep < 1)) {
    // To send anything a sleeper has to be active (section 6.14).
    sendConnect(s, Resumption.AWAKE);
  } else if (s.phase !== SnPhase.ONLINE) return false;
  else if (asked) askFor(s, asked);
  else if (hasMessage) publishNext(s);
  else if (hasWill) tellWill(s);
  else if (s.sleep > s.told) sendConnect(s, Resumption.SESSION);
  else if (s.sleep > 0) {
    ask(s, MsgType.DISCONNECT, encodeInteger(s.sleep), MsgType.DISCONNECT, "");
  } else return false;
  return true;
}

/** The will has changed (section 6.4). Without one only a clean session deletes the old one (section 6.2). */
function tellWill(s: SnSession): void {
  const type = s.newWill;
  if (s.updates) {
    s.newWill = s.will && type === MsgType.WILLTOPICUPD ? MsgType.WILLMSGUPD : 0;
    askWill(s, type, type + 1);
  } else sendConnect(s, s.will ? Resumption.SESSION : Resumption.CLEAN);
}

/** What a link tells a client. */
const events: DatagramEvents = {
  received: (s: SnSession, octets, host, port) => {
    if (s.phase < SnPhase.ENDED) {
      receive(s, octets, host, port);
      settle(s);
    }
  },
  closed: (s: SnSession) => {
    s.link = undefined;
    if (s.phase < SnPhase.ENDED) {
      s.outcome = Status.LINK_FAILED;
      settle(s);
    }
  },
};

/** DISCONNECT, sent again until it is answered, and no reconnect. */
export function end(s: SnSession): void {
  if (s.phase < SnPhase.ONLINE) finish(s);
  else if (!s.isLeaving) {
    s.isLeaving = true;
    s.answer = 0;
  }
}

/** It is over: nothing is left of it. */
function finish(s: SnSession): void {
  const done = s.done;
  const left = s.queue.length;
  s.port.stop(s.doneTimer);
  s.doneTimer = 0;
  s.done = undefined;
  if (s.phase < SnPhase.ENDED) {
    s.phase = SnPhase.ENDED;
    s.port.stop(s.timer);
    s.port.stop(s.pause);
    if (s.link) s.port.drop(s.link);
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
  if (s.phase >= SnPhase.ONLINE) send(s, MsgType.DISCONNECT, "");
  finish(s);
}
