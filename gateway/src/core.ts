// SPDX-License-Identifier: MIT
// What all parts of the core stand on: its record, and sending.

import type { Octets } from "#engine";
import { encapsulate } from "../../src/sn/messages.js";
import type { MessageFields } from "../../src/sn/packet.js";
import { type Counters, countersOpen } from "./counters.js";
import type { Rules } from "./rules.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import type { Agreed, Predefined } from "./topics.js";
import type { Clock, Link, Log, Peer, Upstream } from "./world.js";

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

/** The topics agreed upon with a client. */
export function agreedWith(g: Gateway, s: Session): Agreed {
  return { own: s.rule?.predefined, all: g.predefined };
}

/** Topic identifiers, subscriptions or what waits have changed. */
export function changed(g: Gateway, s: Session): void {
  g.changed.add(s);
}
