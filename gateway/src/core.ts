// SPDX-License-Identifier: MIT
// What all parts of the core stand on: its record, sending, finding and removing sessions, and the clock that
// supervises them (specification sections 6.11, 6.14 and 7.2).

import { text, type Octets } from "#engine";
import { encapsulate } from "../../src/sn/messages.js";
import { encodeMessage, MsgType, type MessageFields } from "../../src/sn/packet.js";
import { type Counters, countersOpen } from "./counters.js";
import { Refusal, type Clock, type Link, type Log, type Peer, type Upstream } from "./world.js";
import { ruleFor, type Rules } from "./rules.js";
import { isConnected, type Session, sessionOpen, State } from "./session.js";
import { Fixed, type Settings } from "./settings.js";
import type { Agreed, Predefined } from "./topics.js";

/** One gateway. */
export interface Gateway {
  settings: Settings;
  rules: Rules;
  predefined: Predefined;
  clock: Clock;
  log: Log;
  upstream: Upstream;
  links: Set<Link>;
  counters: Counters;
  /** What the datagram at hand says. */
  fields: MessageFields;
  sessions: Map<Octets, Session>;
  /** By the key of their peer. */
  peers: Map<string, Session>;
  /** Sessions by address. */
  perHost: Map<string, number>;
  /** What came from addresses in the second at hand. */
  traffic: Map<string, { datagrams: number; answers: number }>;
  second: number;
  /** Octets in all queues. */
  queued: number;
  /** Sessions whose state has changed since it was saved; those that are gone. */
  changed: Set<Session>;
  gone: Set<Octets>;
}

export function coreOpen(
  given: Pick<Gateway, "settings" | "rules" | "predefined" | "clock" | "log" | "upstream">,
): Gateway {
  return {
    ...given,
    links: new Set(),
    counters: countersOpen(),
    fields: {} as MessageFields,
    sessions: new Map(),
    peers: new Map(),
    perHost: new Map(),
    traffic: new Map(),
    second: -1,
    queued: 0,
    changed: new Set(),
    gone: new Set(),
  };
}

/** Stops all timers. */
export function close(g: Gateway): void {
  for (const s of g.sessions.values()) {
    halt(g, s);
    g.clock.stop(s.timer);
    s.timer = undefined;
  }
}

/** Sends a message, behind a forwarder's header where the client is behind one. */
export function send(g: Gateway, peer: Peer, message: Octets): void {
  g.counters.sent += 1;
  const octets = peer.nodeId === undefined ? message : encapsulate(0, peer.nodeId, message);
  peer.link.send(octets, peer.host, peer.port);
}

/** An address on a link; a forwarder's nodes have their identifier behind it. */
export function peerAt(link: Link, host: string, port: number, nodeId?: Octets | undefined): Peer {
  const key = `${link.name} ${host} ${port}${nodeId === undefined ? "" : ` ${nodeId}`}`;
  return { link, host, port, nodeId, key };
}

/** What limits per address count by: the address of UDP, a stream as a whole. */
function hostKey({ link, host }: Peer): string {
  return `${link.name} ${host}`;
}

/** The topics agreed upon with a client. */
export function agreedWith(g: Gateway, s: Session): Agreed {
  return { own: s.rule?.predefined, all: g.predefined };
}

/** Topic identifiers, subscriptions or what waits have changed. */
export function changed(g: Gateway, s: Session): void {
  g.changed.add(s);
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

/** The client is at this address from now on; whoever was there has left. */
export function settleAt(g: Gateway, s: Session, peer: Peer): void {
  leave(g, s);
  s.peer = peer;
  g.peers.set(peer.key, s);
  const host = hostKey(peer);
  g.perHost.set(host, (g.perHost.get(host) ?? 0) + 1);
}

/** Nobody is known any more where the client was. */
export function leave(g: Gateway, s: Session): void {
  if (g.peers.get(s.peer.key) !== s) return;
  g.peers.delete(s.peer.key);
  const host = hostKey(s.peer);
  const left = (g.perHost.get(host) ?? 1) - 1;
  if (left < 1) g.perHost.delete(host);
  else g.perHost.set(host, left);
}

/** A client that may come; or why it may not. */
export function admit(g: Gateway, clientId: Octets, peer: Peer): Session | Refusal {
  const { limits } = g.settings;
  const rule = ruleFor(g.rules, clientId, peer);
  if (rule === null) {
    g.counters.forbidden += 1;
    return Refusal.FORBIDDEN;
  }
  const known = g.sessions.get(clientId);
  const isNewHere = known === undefined || known.peer.key !== peer.key;
  if (
    (known === undefined && g.sessions.size >= limits.clients) ||
    (isNewHere && (g.perHost.get(hostKey(peer)) ?? 0) >= limits.clientsPerAddress)
  ) {
    g.counters.congested += 1;
    return Refusal.UNAVAILABLE;
  }
  const s = known ?? sessionOpen(clientId, peer, g.clock.now());
  s.rule = rule;
  g.sessions.set(clientId, s);
  g.gone.delete(clientId);
  return s;
}

/** Whether another datagram may come from there in this second. */
export function mayCome(g: Gateway, link: Link, host: string): boolean {
  const traffic = trafficOf(g, `${link.name} ${host}`);
  if (traffic === undefined || traffic.datagrams >= g.settings.limits.datagramsPerSecond) {
    g.counters.limited += 1;
    return false;
  }
  traffic.datagrams += 1;
  return true;
}

function trafficOf(g: Gateway, host: string) {
  const second = Math.floor(g.clock.now() / 1000);
  if (second !== g.second) {
    g.second = second;
    g.traffic.clear();
  }
  let traffic = g.traffic.get(host);
  if (traffic === undefined && g.traffic.size < Fixed.ADDRESSES) {
    traffic = { datagrams: 0, answers: 0 };
    g.traffic.set(host, traffic);
  }
  return traffic;
}

/** Tells an address that nobody is known there, so that it connects anew; not without end. */
export function disown(g: Gateway, peer: Peer): void {
  const traffic = trafficOf(g, hostKey(peer));
  g.counters.unknown += 1;
  if (traffic === undefined || traffic.answers >= Fixed.UNKNOWN_ANSWERS) return;
  traffic.answers += 1;
  send(g, peer, encodeMessage(MsgType.DISCONNECT, ""));
}
