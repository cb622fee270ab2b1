// SPDX-License-Identifier: MIT
// Joins a session to a link and a clock: opens connections, feeds octets and time, closes what the
// session gives up, and comes back after a full-jitter backoff. The only place that keeps a timer.

import { call, gateSend, Octets, orUsual, Room, Single } from "#engine";
import { Limit } from "#limits";
import type { Connection, LinkEvents, Port, Timer } from "../../boards/hal.js";
import type { Options } from "../options.js";
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
  options: Options;
  /** CONNECT, encoded once. */
  connect: Octets;
  connection: Connection | undefined;
  timer: Timer;
  /** The bound of the next delay, which doubles up to the longest, in milliseconds. */
  minMs: number;
  maxMs: number;
  boundMs: number;
  /** Connections in a row that were accepted and closed early by the other side. */
  kicks: number;
  /** Milliseconds since the connection was asked for or accepted. */
  lived: number;
  /** Connections that were accepted. */
  accepted: number;
  /** `drain`: what to call when it is over, and its timer. */
  done: ((status: Status, left: number) => void) | undefined;
  doneTimer: Timer;
}

/** What a connection's adapter tells a drive. */
const events: LinkEvents = {
  opened: driveOpened,
  received: driveReceive,
  drained: driveDrained,
  closed: driveClosed,
};

/** Opens a connection: the first one, and each after a backoff. The name is looked up anew. */
export function driveConnect(d: Drive): void {
  const options = d.options;
  const tls = options.tls;
  d.session.phase = Phase.CONNECTING;
  d.session.awaited = 1;
  d.lived = 0;
  d.timer = undefined;
  d.connection = d.port.open(
    d,
    events,
    options.host,
    orUsual(options.port, tls === undefined ? 1883 : 8883),
    tls,
  );
  if (d.connection === undefined) driveClose(d, Status.UNREACHABLE);
  else d.timer = d.port.after(driveTick, d.session.tickMs, d);
}

function driveTick(d: Drive): void {
  const ms = d.session.tickMs;
  d.timer = d.port.after(driveTick, ms, d);
  // No counter grows for ever: on small integers that costs memory, and in the end a wrap.
  if (d.lived < Limit.STEADY_MS) d.lived += ms;
  else if (d.session.phase === Phase.ONLINE) {
    d.boundMs = d.minMs;
    d.kicks = 0;
  }
  driveSettle(d, sessionTick(d.session, ms));
}

/** After every event: closes what cannot go on, ends what `drain` has emptied. */
function driveSettle(d: Drive, status: Status): void {
  const s = d.session;
  if (status < 0) driveClose(d, status);
  else if (
    d.done !== undefined &&
    s.phase === Phase.ONLINE &&
    s.messages < 1 &&
    s.gate.room === s.window
  ) {
    driveEnd(d);
  }
}

/** The link is open. */
function driveOpened(this: Connection): void {
  const d = this.drive as Drive;
  if (d.connection === this) sessionOpened(d.session, this.put, d.connect);
}

/** Octets came. */
function driveReceive(this: Connection, octets: Octets): void {
  const d = this.drive as Drive;
  const phase = d.session.phase;
  // Between `end` and the other side's close nothing counts any more.
  if (d.connection === this && phase < Phase.ENDED) {
    const status = sessionReceive(d.session, octets);
    if (phase < Phase.ONLINE && d.session.phase === Phase.ONLINE) {
      d.accepted += 1;
      d.lived = 0;
    }
    driveSettle(d, status);
  }
}

/** The link has taken all it was given. */
function driveDrained(this: Connection): void {
  const d = this.drive as Drive;
  if (d.connection === this) driveSettle(d, sessionDrained(d.session));
}

/** The connection is closed, or could not be opened. */
function driveClosed(this: Connection): void {
  const d = this.drive as Drive;
  if (d.connection === this) driveClose(d, Status.CLOSED);
}

/** Lets the connection go and plans the next one. */
function driveClose(d: Drive, status: Status): void {
  const s = d.session;
  const connection = d.connection;
  const phase = s.phase;
  // Full jitter: any time up to a bound that doubles. What only a person can mend waits longest.
  let delay = Math.floor(d.boundMs * d.port.chance());
  if (
    status === Status.RECEIVED_FULL ||
    (status <= Status.REFUSED_PROTOCOL &&
      status >= Status.REFUSED_AUTHORIZATION &&
      status !== Status.REFUSED_UNAVAILABLE)
  ) {
    delay = d.maxMs;
  }
  if (phase === Phase.CONNECTING && s.gate.room === Room.SHUT && status === Status.CLOSED) {
    status = Status.UNREACHABLE;
  }
  d.boundMs = d.boundMs * 2 < d.maxMs ? d.boundMs * 2 : d.maxMs;
  d.connection = undefined;
  d.port.stop(d.timer);
  if (connection !== undefined) connection.drop(connection);
  sessionClosed(s);
  if (phase === Phase.ENDED) {
    call(s.listeners, s.listeners.on.close, Status.OK);
    finish(d);
    return;
  }
  d.timer = d.port.after(driveConnect, delay, d);
  call(s.listeners, s.listeners.on.close, status);
  if (phase === Phase.ONLINE && status === Status.CLOSED) d.kicks += 1;
  if (d.kicks > 2) {
    d.kicks = 0;
    call(s.listeners, s.listeners.on.error, Status.TAKEN_OVER);
  }
}

/** DISCONNECT behind what was handed over, and no reconnect [MQTT-3.14.4-1]. */
export function driveEnd(d: Drive): void {
  const s = d.session;
  const connection = d.connection;
  // What was handled is acknowledged first. A handler may come in between, and end the client.
  s.wanting = false;
  if (s.phase === Phase.ONLINE) flush(s);
  const phase = s.phase;
  if (phase === Phase.ENDED) return;
  s.phase = Phase.ENDED;
  // Nothing is accepted any more, and the rest of a chunk under way is not read.
  s.outbox.capacity = -1;
  s.maxSubscriptions = 0;
  s.at = Mark.NONE;
  d.port.stop(d.timer);
  if (connection !== undefined && phase === Phase.ONLINE) {
    if (s.part < 1) gateSend(s.gate, String.fromCharCode(First.DISCONNECT, 0));
    s.gate.room = Room.SHUT;
    connection.end();
  } else driveClose(d, Status.OK);
}

/** Ends when everything accepted is acknowledged, or after `ms`; then `done(status, left)`. */
export function driveDrain(
  d: Drive,
  ms: number,
  done: (status: Status, left: number) => void,
): void {
  if (d.done !== undefined) d.port.stop(d.doneTimer);
  d.done = done;
  d.doneTimer = d.port.after(giveUp, ms, d);
  if (d.session.phase === Phase.ENDED && d.connection === undefined) finish(d);
  else driveSettle(d, Status.OK);
}

/** Tells whoever drains that it is over, and what is left. */
function finish(d: Drive): void {
  const left = d.session.messages;
  const done = d.done;
  if (done !== undefined) d.port.stop(d.doneTimer);
  d.done = undefined;
  call(d.session.listeners, done, left > 0 ? Status.NO_ANSWER : Status.OK, left);
}

function giveUp(d: Drive): void {
  d.doneTimer = undefined;
  driveEnd(d);
  if (d.connection !== undefined) driveClose(d, Status.OK);
}
