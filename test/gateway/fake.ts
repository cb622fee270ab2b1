// SPDX-License-Identifier: MIT
// The gateway's core between a fake link, a fake clock and a fake server, for dialogues: a client says, the
// server says, time passes, the gateway has sent. What is sent is read by ../sn/words.ts, which shares
// no code with the gateway.

import { type Core, gatewayOpen } from "../../gateway/src/gateway.js";
import { type ClientRule, rulesOpen } from "../../gateway/src/rules.js";
import type { Session } from "../../gateway/src/session.js";
import { type Settings, usual } from "../../gateway/src/settings.js";
import { predefinedOpen } from "../../gateway/src/topics.js";
import type { Link, Message, Refusal, Upstream } from "../../gateway/src/world.js";
import { worldOpen } from "../fake.js";
import { octetsOf, wordOf } from "../sn/words.js";

export interface Options {
  limits?: Partial<Settings["limits"]>;
  queue?: Partial<Settings["queue"]>;
  times?: Partial<Settings["times"]>;
  qosMinusOne?: boolean;
  predefined?: Record<string, number>;
  rules?: ClientRule[];
  onlyListed?: boolean;
  link?: Partial<Link>;
  chance?: () => number;
}

/** A server that a test controls: what it was asked for, and what it says. */
export function serverOpen(events: () => Core["events"]) {
  const server = {
    isUp: true,
    /** Whether everything is answered at once. */
    isEager: true,
    /** What was asked of it, in words. */
    log: [] as string[],
    published: [] as Message[],
    /** What waits for an answer. */
    waiting: [] as ((isDone: boolean) => void)[],
    connecting: [] as Session[],
    connected: new Set<Session>(),
    sessions: new Set<string>(),
    grants: (qos: number) => qos,
    answers() {
      for (const done of server.waiting.splice(0)) done(true);
      for (const s of server.connecting.splice(0)) accept(s);
    },
    refuses(refusal: Refusal) {
      for (const s of server.connecting.splice(0)) events().refused(s, refusal);
    },
    /** The connection of every client, or of all together, is lost. */
    fails() {
      server.isUp = false;
      const lost = [...server.connected];
      server.connected.clear();
      for (const done of server.waiting.splice(0)) done(false);
      for (const s of lost) events().lost(s);
    },
  };
  const accept = (s: Session) => {
    const isPresent = server.sessions.has(s.clientId);
    server.sessions.add(s.clientId);
    server.connected.add(s);
    events().accepted(s, isPresent);
  };
  const later = (done: (isDone: boolean) => void) => {
    if (server.isEager) done(true);
    else server.waiting.push(done);
  };
  const upstream: Upstream = {
    connect(s, isClean) {
      server.log.push(`connect ${s.clientId}${isClean ? " clean" : ""}`);
      if (isClean) server.sessions.delete(s.clientId);
      if (!server.isUp) events().refused(s, 1);
      else if (server.isEager) accept(s);
      else server.connecting.push(s);
    },
    isUp: (s) => server.connected.has(s),
    publish(s, message, done) {
      server.published.push(message);
      server.log.push(wordsOf(s.clientId, message));
      later(done);
    },
    subscribe(s, filter, qos, done) {
      server.log.push(`subscribe ${s.clientId} ${filter} q${qos}`);
      later((isDone) => done(isDone ? server.grants(qos) : -1));
    },
    unsubscribe(s, filter, done) {
      server.log.push(`unsubscribe ${s.clientId} ${filter}`);
      later(done);
    },
    disconnect(s, isForgotten) {
      if (server.connected.delete(s)) server.log.push(`disconnect ${s.clientId}`);
      if (isForgotten) server.log.push(`forget ${s.clientId}`);
    },
    publishOwn(message) {
      server.published.push(message);
      server.log.push(wordsOf("-", message));
    },
  };
  return { server, upstream };
}

const wordsOf = (who: string, { topic, payload, qos, retain }: Message) =>
  `publish ${who} ${topic} q${qos}${retain ? " retain" : ""} ${payload}`;

/** A gateway with verbs for everything around it. */
export function gatewayDial(options: Options = {}) {
  const world = worldOpen();
  const heardBy = new Map<string, string[]>();
  let core: Core | undefined;
  const { server, upstream } = serverOpen(() => core!.events);
  core = gatewayOpen({
    settings: {
      ...usual,
      qosMinusOne: options.qosMinusOne ?? true,
      limits: { ...usual.limits, ...options.limits },
      queue: { ...usual.queue, ...options.queue },
      times: { ...usual.times, ...options.times },
    },
    rules: rulesOpen(options.rules ?? [], options.onlyListed ?? false),
    predefined: predefinedOpen(Object.entries(options.predefined ?? {})),
    clock: {
      now: () => world.now,
      after: world.port.after as never,
      stop: (timer) => {
        if (timer !== undefined) world.port.stop(timer as number);
      },
      chance: options.chance ?? (() => 0),
    },
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    upstream,
  });
  const link: Link = {
    name: "udp",
    mtu: 1400,
    retryMs: 10000,
    clientId: "",
    send: (octets, host, port) => air(`${host}:${port}`).push(octets),
    broadcast: (octets) => air("all").push(octets),
    ...options.link,
  };
  core.addLink(link);
  const air = (to: string) => {
    if (!heardBy.has(to)) heardBy.set(to, []);
    return heardBy.get(to)!;
  };
  const dial = {
    core,
    g: core.g,
    link,
    server,
    world,
    counters: core.g.counters,
    /** Octets come from an address. */
    octets: (octets: string, host = "a", port = 1) => core!.receive(link, octets, host, port),
    /** A client at an address, in words. */
    at: (host: string, port = 1) => ({
      says: (...words: string[]) => {
        for (const word of words) dial.octets(octetsOf(word), host, port);
      },
      heard: () => air(`${host}:${port}`).splice(0).map(wordOf),
    }),
    /** The client at address a. */
    says: (...words: string[]) => dial.at("a").says(...words),
    heard: () => dial.at("a").heard(),
    heardByAll: () => air("all").splice(0).map(wordOf),
    asked: () => server.log.splice(0),
    passes: (ms: number) => world.passes(ms),
    /** The server has a message for a client. */
    sends: (clientId: string, topic: string, payload: string, qos = 0, retain = false) =>
      core!.events.message(dial.session(clientId), { topic, payload, qos, retain }),
    session: (clientId: string) => core!.g.sessions.get(clientId)!,
    /** A client c at address a is connected, and what was said so far is forgotten. */
    connects: (words = "CONNECT clean 60 c") => {
      dial.says(words);
      dial.heard();
      dial.asked();
      return dial;
    },
  };
  return dial;
}

export type GatewayDial = ReturnType<typeof gatewayDial>;
