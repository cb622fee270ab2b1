// SPDX-License-Identifier: MIT
// What the model says to events: each comes when it is due, in its order, and none after the end.

import { fail, type Model, outDone, type Watch } from "./model.js";
import { advance, partBreaks } from "./model-in.js";
import { isOverReserve } from "./model-out.js";

const IN_ORDER = ["connect", "message", "subscribed", "unsubscribed", "delivered", "uncertain"];

/** An event was told; `handler` is the one that got a message. */
export function modelHears(m: Model, event: string, values: unknown[], handler = "message"): void {
  if (IN_ORDER.includes(event)) return dueHeard(m, event, values, handler);
  // These come when everything was read.
  if (m.depth === 0 && (event === "room" || values[0] === -2)) advance(m);
  if (event === "room") {
    if (m.isEnded) fail(m, "room after the end");
    if (!m.isWanting && !m.mayWant) fail(m, "room, where nothing was refused");
    m.isWanting = false;
    m.mayWant = false;
  } else if (event === "close") closeHeard(m, values[0] as number);
  else if (event === "error") errorHeard(m, values[0]);
}

function dueHeard(m: Model, event: string, values: unknown[], handler: string): void {
  if (m.depth === 0) advance(m);
  const told = `${event} ${JSON.stringify(values)}`;
  if (m.isEnded) return fail(m, `${told} after the end`);
  while (m.due[0]?.isOptional && JSON.stringify(m.due[0].values) !== JSON.stringify(values)) {
    m.due.shift();
  }
  const due = m.due[0];
  if (due === undefined) return fail(m, `${told}, where nothing is due`);
  const wanted = `${due.event} ${JSON.stringify(due.values)}`;
  if (told !== wanted) return fail(m, `${told}, where ${wanted} is due`);
  if (event === "message" && due.handlers.shift() !== handler) {
    fail(m, `${told} by the wrong handler`);
  }
  if (due.handlers.length < 1) m.due.shift();
  if (event === "uncertain")
    outDone(
      m,
      m.outs.find(({ id }) => id === values[0])!,
      event,
    );
}

/** What a handler throws is told to `error`, and so is what a person has to know. */
function errorHeard(m: Model, reason: unknown): void {
  const at = m.thrown.indexOf(reason);
  if (at >= 0) {
    m.thrown.splice(at, 1);
    return;
  }
  if (m.isEnded) return fail(m, `error ${String(reason)} after the end`);
  if (reason === -29 && m.kicks > 2) m.kicks = 0;
  else if (reason !== -2) fail(m, `error ${String(reason)}`);
}

/** The client lets go of its connection, by itself or because the port told that it is closed. */
export function modelDrops(m: Model, watch: Watch, isByPort: boolean): void {
  if (watch.isClosed) fail(m, "lets go of a connection twice");
  if (watch !== m.watch) return fail(m, "lets go of another connection");
  if (m.depth === 0) advance(m);
  if (m.due.length > 0 && !m.isEnded) fail(m, `lets go, and has not told ${m.due[0]!.event}`);
  m.closeDue = { isByPort, wasOnline: m.phase === "online", watch };
  watch.isClosed = true;
  watch.unsent = m.owed.length * 4;
  m.watch = undefined;
  m.phase = "waiting";
  m.owed = [];
  m.again = 0;
  for (const out of m.outs.filter(({ qos, handedOn }) => qos === 0 && handedOn === watch.no)) {
    outDone(m, out, "dropped");
    m.ghosts += 1;
  }
  partBreaks(m, watch);
}

/** What happens to the backoff when a connection has ended with this Status. */
function plans(m: Model, status: number, watch: Watch | undefined): void {
  const { min, max } = m.scenario.options.reconnect;
  if (watch && watch.onlineAt >= 0 && isSteady(m, watch)) m.boundMs = min;
  const isLong = status <= -15 && status > -26 && status !== -23;
  m.backoff = { at: m.now, least: isLong ? max : 0, most: isLong ? max : m.boundMs };
  m.boundMs = Math.min(m.boundMs * 2, max);
}

/** Whether the connection lived for so long that the backoff starts anew. */
function isSteady(m: Model, watch: Watch): boolean {
  const since = Math.max(watch.onlineAt, m.lateAt);
  return m.now - since >= steadyMs(m);
}

export function steadyMs(m: Model): number {
  const { keepAlive, answerMs } = m.scenario.options;
  return 10000 + Math.ceil(Math.min(keepAlive * 1000 || answerMs, answerMs) / 4) * 2;
}

function closeHeard(m: Model, status: number): void {
  if (m.due.some(({ isOptional }) => !isOptional) && !m.isEnded) {
    fail(m, `close before ${m.due[0]!.event}`);
  }
  m.due = [];
  if (m.hasClosed) return fail(m, "close after the end");
  const due = m.closeDue;
  m.closeDue = undefined;
  if (status === 0) {
    m.isEnded = true;
    m.hasClosed = true;
    return;
  }
  if (m.isEnded) fail(m, `close ${status} after the end`);
  if (due === undefined) return fail(m, `close ${status}, where nothing was closed`);
  const why = reasonAgainst(m, status, due);
  if (why) fail(m, `close ${status}: ${why}`);
  if (due.wasOnline && status === -31) m.kicks += 1;
  m.ages.clear();
  plans(m, status, due.watch);
}

/** Why a connection may not have been closed with this Status. */
function reasonAgainst(
  m: Model,
  status: number,
  { isByPort, wasOnline, watch }: NonNullable<Model["closeDue"]>,
): string | undefined {
  if (watch === undefined) return status === -32 ? undefined : "no connection was opened";
  if (isByPort) return status === (wasOnline ? -31 : -32) ? undefined : "the other side closed";
  if (watch.must) {
    const isServers = status === -26 || status === -27;
    return status === watch.must.status || (watch.must.status === 0 && isServers)
      ? undefined
      : `because ${watch.must.why}`;
  }
  if (status === -34) {
    return watch.hasThrown || watch.hasPullFailed || isOverReserve(m, watch)
      ? undefined
      : "the link takes everything";
  }
  if (status !== -33) return "nothing is wrong";
  const { answerMs } = m.scenario.options;
  const longest = Math.max(...[...m.ages.values()].map((since) => m.now - since));
  return longest >= answerMs ? undefined : `nothing has been awaited for ${answerMs} ms`;
}

/** `drain` was called. */
export function modelDrains(m: Model, ms: number): void {
  for (const drain of m.drains) if (drain.count < 1) drain.isReplaced = true;
  m.drains.push({ deadline: m.now + ms, count: 0, isReplaced: false });
}

/** `done` of a drain was called. */
export function modelDone(m: Model, at: number, status: number, left: number): void {
  const drain = m.drains[at]!;
  drain.count += 1;
  if (drain.count > 1 || drain.isReplaced) fail(m, `done is called ${drain.count} times`);
  if (!m.hasClosed) fail(m, "done before close");
  const most = m.outs.length + m.ghosts;
  if (left < m.outs.length || left > most) fail(m, `done says ${left} are left, not ${most}`);
  if (status !== (left > 0 ? -33 : 0)) fail(m, `done says ${status} with ${left} left`);
}

/** A `pull` function gave nothing: its message is dropped. */
export function modelPullFails(m: Model, n: number, throws: boolean): void {
  const out = m.outs.find((one) => one.n === n);
  // What it returns behind the end is not looked at.
  if (m.isEnded && (!throws || out === undefined)) return;
  if (out === undefined) return fail(m, `message ${n} is pulled, and was done`);
  outDone(m, out, "dropped");
  if (m.watch && m.watch.open?.message === out) m.watch.hasPullFailed = true;
}
