// SPDX-License-Identifier: MIT
// Joins a session to a link and a clock: opens connections, feeds octets and time, closes what the
// session gives up, and comes back after a full-jitter backoff. The only place that keeps a timer.

import { call, gateSend, Handler, joinRecords, linkEnd, Octets, Room, Single } from "#engine";
import { Limit } from "#limits";
import type { Address, LinkEvents, Port, Timer } from "../../boards/hal.js";
import { sessionClosed, sessionOpened } from "../session/accept.js";
import { flush } from "../session/flush.js";
import { sessionReceive } from "../session/receive.js";
import { Mark, Phase, Session } from "../session/session.js";
import { sessionDrained, sessionTick } from "../session/tick.js";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";

/** What drives one session. */
export interface Drive extends Single {
  session: Session;
  port: Port;
  /** CONNECT, encoded once. */
  connect: Octets;
  timer: Timer;
  /** The bound of the next delay, which doubles up to the longest, in milliseconds. */
  minMs: number;
  maxMs: number;
  boundMs: number;
  /** Connections in a row that were accepted and closed early by the other side. */
  kicks: number;
  /** `drain`: what to call when it is over, and its timer. */
  done: ((this: void, status: Status, left: number) => void) | undefined;
  doneTimer: Timer;
  /** The record its callers hold. */
  face: unknown;
}

/** Opens a connection: the first one, and each after a backoff. The name is looked up anew. */
export function driveConnect(d: Drive): void {
  const s = d.session;
  s.phase = Phase.CONNECTING;
  s.isAwaiting = true;
  let server = s.options as Address;
  const more = server.hosts;
  if (more) {
    server = joinRecords(server, more[(s.connection % (more.length + 1)) - 1]) as never;
  }
  s.connection += 1;
  s.gate.link = d.port.open(d, events, server);
  d.timer = d.port.after(driveTick, s.tickMs, d);
  if (s.gate.link) sessionOpened(s, d.connect);
  else driveClose(d, Status.UNREACHABLE);
}

function driveTick(d: Drive): void {
  const s = d.session;
  d.timer = d.port.after(driveTick, s.tickMs, d);
  // No counter grows for ever: on small integers that costs memory, and in the end a wrap.
  if (s.lived < Limit.STEADY_MS) s.lived += s.tickMs;
  else if (s.phase === Phase.ONLINE) {
    d.boundMs = d.minMs;
    d.kicks = 0;
  }
  const outcome = sessionTick(s);
  driveSettle(d, outcome);
}

/** After every event: closes what cannot go on, ends what `drain` has emptied. */
function driveSettle(d: Drive, status: Status): void {
  const s = d.session;
  if (status < 0) driveClose(d, status);
  else if (d.done && s.phase === Phase.ONLINE && s.messages < 1 && s.gate.room === s.window) {
    driveEnd(d);
  }
}

/** Octets came; between `end` and the other side's close they count no more. */
function driveReceive(d: Drive, octets: Octets): void {
  if (d.session.gate.link && d.session.phase < Phase.ENDED) {
    const outcome = sessionReceive(d.session, octets);
    driveSettle(d, outcome);
  }
}

/** The link has taken all it was given. */
function driveDrained(d: Drive): void {
  const isOpen = sessionDrained(d.session);
  if (isOpen) driveSettle(d, flush(d.session));
}

/** The connection is closed, or could not be opened. */
function driveClosed(d: Drive): void {
  if (d.session.gate.link) driveClose(d, Status.CLOSED);
}

/** Why a connection will be closed, from a port that knows; nothing changes. */
export function driveExplain(d: Drive, reason: unknown): void {
  call(d.session.listeners, d.session.listeners.on.error, reason);
}

/** What a connection's adapter tells a drive. */
const events: LinkEvents = {
  received: driveReceive,
  drained: driveDrained,
  closed: driveClosed,
};

/** Lets the connection go and plans the next one. */
function driveClose(d: Drive, status: Status): void {
  const s = d.session;
  const link = s.gate.link;
  const phase = s.phase;
  if (phase === Phase.CONNECTING && status === Status.CLOSED) status = Status.UNREACHABLE;
  // What only a person can mend waits longest: refusals, and what the server will send again.
  const isLong =
    status <= Status.RECEIVED_FULL &&
    status > Status.MALFORMED &&
    status !== Status.REFUSED_UNAVAILABLE;
  if (link) d.port.drop(link);
  if (phase !== Phase.ENDED) {
    d.port.stop(d.timer);
    // Full jitter: any time up to a bound that doubles.
    d.timer = d.port.after(driveConnect, isLong ? d.maxMs : d.port.chance(d.boundMs), d);
    d.boundMs = d.boundMs * 2 < d.maxMs ? d.boundMs * 2 : d.maxMs;
  }
  // A handler may end the client from here on.
  sessionClosed(s);
  if (phase === Phase.ENDED) {
    finish(d, s.listeners.on.close);
  } else if (s.phase < Phase.ENDED) {
    call(s.listeners, s.listeners.on.close, status);
    if (phase === Phase.ONLINE && status === Status.CLOSED) d.kicks += 1;
    if (d.kicks > 2 && s.phase < Phase.ENDED) {
      d.kicks = 0;
      call(s.listeners, s.listeners.on.error, Status.TAKEN_OVER);
    }
  }
}

/** DISCONNECT behind what was handed over, and no reconnect [MQTT-3.14.4-1]. */
export function driveEnd(d: Drive): void {
  const s = d.session;
  const phase = s.phase;
  // What was handled is acknowledged first. A handler may come in between, and end the client.
  s.wanting = false;
  if (phase === Phase.ONLINE) flush(s);
  if (s.phase < Phase.ENDED) {
    s.phase = Phase.ENDED;
    // Nothing is accepted any more, and the rest of a chunk under way is not read.
    s.outbox.capacity = -1;
    s.at = Mark.NONE;
    s.left = 0;
    d.port.stop(d.timer);
    if (phase === Phase.ONLINE) {
      if (s.part < 1) gateSend(s.gate, String.fromCharCode(First.DISCONNECT, 0));
      s.gate.room = Room.SHUT;
      linkEnd(s.gate.link!);
    } else driveClose(d, Status.OK);
  }
}

/** Ends when everything accepted is acknowledged, or after `ms`; then `done(status, left)`. */
export function driveDrain(
  d: Drive,
  ms: number,
  done: (this: void, status: Status, left: number) => void,
): void {
  d.port.stop(d.doneTimer);
  d.done = done;
  d.doneTimer = d.port.after(giveUp, ms, d);
  if (d.session.phase === Phase.ENDED && !d.session.gate.link) finish(d, undefined);
  else driveSettle(d, Status.OK);
}

/**
 * Tells that the client is closed, and whoever drains that it is over, and what is left. Nothing is
 * looked up in between: the handler may have made the next client of a bundle that holds one.
 */
function finish(d: Drive, closed: Handler | undefined): void {
  const done = d.done;
  const left = d.session.messages;
  d.port.stop(d.doneTimer);
  d.doneTimer = 0;
  d.done = undefined;
  call(d.session.listeners, closed, Status.OK);
  call(d.session.listeners, done, left > 0 ? Status.NO_ANSWER : Status.OK, left);
}

function giveUp(d: Drive): void {
  d.doneTimer = 0;
  driveEnd(d);
  if (d.session.gate.link) driveClose(d, Status.OK);
}
