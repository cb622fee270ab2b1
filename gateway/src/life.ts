// SPDX-License-Identifier: MIT
// How a session goes on and ends: its state, the clock that supervises it (specification sections 6.11, 6.14 and
// 7.2), what is left of it when the client is lost, leaves, or begins anew.

import { text } from "#engine";
import { changed, type Gateway } from "./core.js";
import { leave } from "./peers.js";
import { isConnected, type Session, sessionOpen, State } from "./session.js";
import { Fixed } from "./settings.js";

/** Stops all timers. */
export function close(g: Gateway): void {
  for (const s of g.sessions.values()) {
    halt(g, s);
    g.clock.stop(s.timer);
    s.timer = undefined;
  }
}

/** Another state: the time of supervision begins anew. */
export function become(g: Gateway, s: Session, state: State): void {
  s.state = state;
  changed(g, s);
  s.heardAt = g.clock.now();
  supervise(g, s);
}

/** Something came from the client; the timer looks at it when it fires. */
export function heard(g: Gateway, s: Session): void {
  s.heardAt = g.clock.now();
}

/** For how long the client may be silent, in milliseconds. */
function patience(g: Gateway, s: Session): number {
  const { link } = s.peer;
  const { retries, sessionSeconds } = g.settings.times;
  // As long as the client may try, and a little.
  const trying = link.retryMs * (retries + 2);
  if (s.state === State.CONNECTING) return trying;
  if (!isConnected(s)) return s.isClean ? trying : Math.max(trying, sessionSeconds * 1000);
  const seconds = s.state === State.ACTIVE ? s.keepAlive : s.sleep;
  if (seconds < 1) return Fixed.NO_KEEP_ALIVE * 1000;
  return seconds * (seconds > Fixed.SHORT_KEEP_ALIVE ? 1100 : 1500);
}

/** Arms the one timer that supervises. */
export function supervise(g: Gateway, s: Session): void {
  g.clock.stop(s.timer);
  s.timer = g.clock.after(look, s.heardAt + patience(g, s) - g.clock.now(), { g, s });
}

function look({ g, s }: { g: Gateway; s: Session }): void {
  s.timer = undefined;
  if (s.heardAt + patience(g, s) > g.clock.now()) supervise(g, s);
  else if (isConnected(s) || (s.state === State.CONNECTING && !isEmpty(s))) lose(g, s);
  else forget(g, s);
}

/** Whether nothing would be lost with the session. */
export function isEmpty(s: Session): boolean {
  return s.subscriptions.size < 1 && s.queue.length < 1 && s.received.size < 1;
}

/** The client is lost (section 6.11): its will is published, what it subscribed to stays until it is forgotten. */
export function lose(g: Gateway, s: Session): void {
  g.counters.lost += 1;
  g.log.info({ client: text(s.clientId) }, "client lost");
  if (s.will !== undefined) {
    g.counters.wills += 1;
    const { will } = s;
    if (g.upstream.isUp(s)) g.upstream.publish(s, will, () => {});
    else g.upstream.publishOwn(will);
  }
  part(g, s, State.LOST);
}

/** The connection is over: nothing is under way any more. */
export function part(g: Gateway, s: Session, state: State.LOST | State.DISCONNECTED): void {
  halt(g, s);
  s.asking = undefined;
  s.asked = new Set();
  unawait(s);
  become(g, s, state);
  g.upstream.disconnect(s, false);
}

/** The client waits for nothing any more that it published before. */
export function unawait(s: Session): void {
  for (const [msgId, entry] of s.received) {
    entry.isAwaited = false;
    // Of QoS 1 nothing needs to be known; QoS 2 may still come through, or comes again.
    if (!entry.isDone && entry.qos < 2) s.received.delete(msgId);
  }
}

/** Stops sending; what was under way is sent again when the client listens. */
export function halt(g: Gateway, s: Session): void {
  g.clock.stop(s.retry);
  s.retry = undefined;
}

/** Removes a session and all that it has. */
export function forget(g: Gateway, s: Session): void {
  halt(g, s);
  g.clock.stop(s.timer);
  s.timer = undefined;
  // Whatever the server still says to it finds nobody.
  s.state = State.DISCONNECTED;
  s.asking = undefined;
  clear(g, s);
  leave(g, s);
  g.sessions.delete(s.clientId);
  g.changed.delete(s);
  g.gone.add(s.clientId);
  g.upstream.disconnect(s, true);
}

/** A clean session: nothing of the old one is left (section 6.2). */
export function clear(g: Gateway, s: Session): void {
  g.queued -= s.queued;
  const fresh = sessionOpen(s.clientId, s.peer, s.heardAt);
  s.queue = fresh.queue;
  s.queued = 0;
  s.flight = undefined;
  s.will = undefined;
  s.topics = fresh.topics;
  s.subscriptions = fresh.subscriptions;
  s.received = fresh.received;
  s.asked = fresh.asked;
}
