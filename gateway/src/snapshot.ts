// SPDX-License-Identifier: MIT
// A session as it is kept over a restart, and made again from that: where the client is, what it sleeps, its
// will, topics, subscriptions, what waits for it. Octets are characters up to 255, which JSON holds as they are.

import { text, type Octets } from "#engine";
import { type Gateway, peerAt } from "./core.js";
import { halt, supervise } from "./life.js";
import { settleAt } from "./peers.js";
import { ruleFor } from "./rules.js";
import { isConnected, type Received, type Session, sessionOpen, State } from "./session.js";
import { Fixed } from "./settings.js";
import type { Link, Message } from "./world.js";

const FORMAT = 1;

/** What a file says. */
export interface Snapshot {
  format: number;
  clientId: Octets;
  link: string;
  host: string;
  port: number;
  nodeId?: Octets | undefined;
  state: State;
  isClean: boolean;
  keepAlive: number;
  sleep: number;
  will?: Message | undefined;
  topics: { ids: [Octets, Octets][]; lastId: number; known: Octets[]; used: Octets[] };
  subscriptions: [Octets, number][];
  queue: Message[];
  flight?: { msgId: Octets; isSent: boolean; isReleased: boolean } | undefined;
  lastId: number;
  received: [Octets, Received][];
}

/** The session as data; undefined where nothing of it needs to be kept. */
export function snapshotOf(s: Session): Snapshot | undefined {
  const { peer, topics, flight } = s;
  const state = restOf(s);
  if (s.isClean && state !== State.ACTIVE && state !== State.ASLEEP) return undefined;
  return {
    format: FORMAT,
    clientId: s.clientId,
    link: peer.link.name,
    host: peer.host,
    port: peer.port,
    nodeId: peer.nodeId,
    state,
    isClean: s.isClean,
    keepAlive: s.keepAlive,
    sleep: s.sleep,
    will: s.will,
    topics: {
      ids: [...topics.ids],
      lastId: topics.lastId,
      known: [...topics.known],
      used: [...topics.used],
    },
    subscriptions: [...s.subscriptions],
    queue: s.queue,
    flight: flight && {
      msgId: flight.msgId,
      isSent: flight.isSent,
      isReleased: flight.isReleased,
    },
    lastId: s.lastId,
    // What the server has not acknowledged comes again: the client was told nothing.
    received: [...s.received].filter(([, { isDone }]) => isDone),
  };
}

/** Where a client stands that gets no answer any more: it tries again from there. */
function restOf({ state, asking }: Session): State {
  if (state === State.CONNECTING) return asking?.isWaking ? State.ASLEEP : State.DISCONNECTED;
  return state === State.AWAKE ? State.ASLEEP : state;
}

/** A link that is there no more: the client has to connect from somewhere else. */
const nowhere = (name: string): Link => ({
  name,
  mtu: 0,
  retryMs: 1000,
  clientId: "",
  send: () => {},
});

/**
 * Makes the session again, with the time of its state before it. Undefined where the file is none of ours, or
 * the client may not come any more. The caller connects it to the server.
 */
export function sessionFrom(g: Gateway, kept: Snapshot): Session | undefined {
  if (kept?.format !== FORMAT || typeof kept.clientId !== "string") return undefined;
  const link = [...g.links].find(({ name }) => name === kept.link);
  const peer = peerAt(link ?? nowhere(kept.link), kept.host, kept.port, kept.nodeId);
  const rule = ruleFor(g.rules, kept.clientId, peer);
  if (rule === null || g.sessions.has(kept.clientId)) return undefined;
  const s = sessionOpen(kept.clientId, peer, g.clock.now());
  s.rule = rule;
  s.state = kept.state;
  s.isClean = kept.isClean;
  s.keepAlive = kept.keepAlive;
  s.sleep = kept.sleep;
  s.will = kept.will;
  s.topics.lastId = kept.topics.lastId;
  s.topics.known = new Set(kept.topics.known);
  s.topics.used = new Set(kept.topics.used);
  for (const [name, id] of kept.topics.ids) {
    s.topics.ids.set(name, id);
    s.topics.names.set(id, name);
  }
  s.subscriptions = new Map(kept.subscriptions);
  s.received = new Map(kept.received);
  s.lastId = kept.lastId;
  s.queue = kept.queue;
  for (const { topic, payload } of kept.queue) {
    s.queued += topic.length + payload.length + Fixed.MESSAGE;
  }
  if (kept.flight) s.flight = { ...kept.flight, registerId: "", tries: 0, registers: 0 };
  g.queued += s.queued;
  g.sessions.set(s.clientId, s);
  if (link && isConnected(s)) settleAt(g, s, peer);
  halt(g, s);
  supervise(g, s);
  g.log.debug({ client: text(s.clientId) }, "session restored");
  return s;
}
