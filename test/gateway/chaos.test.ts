// SPDX-License-Identifier: MIT
// Ringlet's client and the gateway's core over a link that loses, doubles, delays and damages datagrams, in
// front of a server that is slow and goes away now and then; each seed is the same every time. QoS 1 arrives at
// least once and QoS 2 exactly once, both ways, over lost connections, sleep, and restarts of the gateway.

import { expect, test } from "vitest";
import { gatewayOpen, type Core } from "../../gateway/src/gateway.js";
import { rulesOpen } from "../../gateway/src/rules.js";
import { isConnected } from "../../gateway/src/session.js";
import { usual } from "../../gateway/src/settings.js";
import { sessionFrom, type Snapshot, snapshotOf } from "../../gateway/src/snapshot.js";
import { predefinedOpen } from "../../gateway/src/topics.js";
import type { Link, Message, Upstream } from "../../gateway/src/world.js";
import { octetsFrom } from "../fake.js";
import { snDial } from "../sn/fake.js";

/** Numbers from 0 to below 1, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

interface Storm {
  lost: number;
  doubled: number;
  delayed: number;
  damaged: number;
  sleeps?: boolean;
  /** The gateway is stopped and started again, with what it saved. */
  restarts?: boolean;
  /** The connection to the server is lost now and then. */
  serverFails?: boolean;
}

const COUNT = 60;
const SEEDS = Number(process.env["GATEWAY_CHAOS_SEEDS"] ?? 8);
type World = ReturnType<typeof snDial>["world"];

/**
 * A server with one client, as MQTT has it: what the gateway's connection handed over and was not acknowledged
 * comes through when the connection is back, and what is for the client waits for that as well.
 */
function serverOpen(world: World, chance: () => number, core: () => Core) {
  const server = {
    published: [] as string[],
    filters: new Set<string>(),
    waiting: [] as Message[],
    left: [] as (() => void)[],
    isUp: false,
    failures: 0,
    session: undefined as Parameters<Upstream["connect"]>[0] | undefined,
    /** A message for the client, or for when it is there. */
    sends(message: Message) {
      server.waiting.push(message);
      server.drains();
    },
    drains() {
      while (server.isUp && server.waiting.length > 0) {
        core().events.message(server.session!, server.waiting.shift()!);
      }
    },
    fails() {
      if (!server.isUp) return;
      server.isUp = false;
      server.failures += 1;
      core().events.lost(server.session!);
    },
  };
  const later = (step: () => void) => void world.port.after(step, 1 + 40 * chance(), undefined);
  const upstream: Upstream = {
    connect(s) {
      server.session = s;
      later(() => {
        if (server.session !== s) return;
        server.isUp = true;
        core().events.accepted(s, true);
        for (const step of server.left.splice(0)) step();
        server.drains();
      });
    },
    isUp: (s) => server.isUp && server.session === s,
    publish(_s, { payload }, done) {
      const step = () => {
        if (!server.isUp) {
          server.left.push(step);
          return;
        }
        server.published.push(payload);
        done(true);
      };
      later(step);
    },
    subscribe: (_s, filter, qos, done) =>
      later(() => {
        server.filters.add(filter);
        done(qos);
      }),
    unsubscribe: (_s, _filter, done) => later(() => done(true)),
    disconnect(s) {
      if (server.session === s) server.isUp = false;
    },
    publishOwn: () => {},
  };
  return { server, upstream };
}

function run(seed: number, storm: Storm) {
  const chance = chanceOf(seed);
  const dial = snDial({
    cleanSession: false,
    retryMs: 1000,
    retries: 5,
    topics: 16,
    waitMs: 5000,
    reconnect: { min: 100, max: 1000 },
  });
  const { client, air, world } = dial;
  Object.defineProperty(world, "chance", { get: () => chance() });
  let isCalm = false;
  const carry = (octets: string, arrive: (octets: string) => void) => {
    const luck = isCalm ? 1 : chance();
    const copies = luck < storm.lost ? 0 : luck < storm.lost + storm.doubled ? 2 : 1;
    // Never as late as the next try: a copy behind its PUBREL is a new message by the specification.
    const ms = !isCalm && chance() < storm.delayed ? 450 * chance() : 5;
    for (let i = 0; i < copies; i++) {
      const isDamaged = !isCalm && chance() < storm.damaged;
      const what = isDamaged ? (chance() < 0.5 ? octets.slice(0, -1) : octets + "x") : octets;
      world.port.after(() => arrive(what), ms, undefined);
    }
  };
  let core: Core;
  const { server, upstream } = serverOpen(world, chance, () => core);
  const link: Link = {
    name: "udp",
    mtu: 528,
    retryMs: 1000,
    clientId: "",
    send: (octets) => carry(octets, (what) => air.says(what)),
  };
  const start = () => {
    core = gatewayOpen({
      settings: { ...usual, times: { ...usual.times, retries: 5 } },
      rules: rulesOpen([], false),
      predefined: predefinedOpen([]),
      clock: {
        now: () => world.now,
        after: world.port.after as never,
        stop: (timer) => timer !== undefined && world.port.stop(timer as number),
        chance,
      },
      log: { debug: () => {}, info: () => {}, warn: () => {} },
      upstream,
    });
    core.addLink(link);
  };
  const restart = () => {
    const kept = [...core.g.sessions.values()].map(snapshotOf).filter((one) => one !== undefined);
    core.close();
    server.isUp = false;
    server.session = undefined;
    start();
    for (const one of JSON.parse(JSON.stringify(kept)) as Snapshot[]) {
      const s = sessionFrom(core.g, one);
      if (s && isConnected(s)) upstream.connect(s, false);
    }
  };
  start();
  air.onSend = ({ octets }) => carry(octets, (what) => core.receive(link, what, "c", 1));
  const heard: string[] = [];
  const note = (_topic: string, payload: unknown) => void heard.push(octetsFrom(payload));
  client.subscribe("down/+", 2, note);
  client.subscribe("zz", 2, note);
  if (storm.sleeps) client.sleep(20);
  let next = 0;
  let down = 0;
  let most = 0;
  let wantsRestart = false;
  let restarts = 0;
  const left = () => server.waiting.length + (core.g.sessions.get("c")?.queue.length ?? 0);
  const isBusy = () => next + down < 2 * COUNT || client.stats().inFlight > 0;
  for (let tick = 0; tick < 40000 && isBusy(); tick++) {
    if (next < COUNT && tick % 3 === 0) {
      const topic = next % 5 === 0 ? "ab" : `up/${next % 7}`;
      if (client.publish(topic, `${next}`, 1 + (next % 2)) > 0) next += 1;
    }
    if (down < COUNT && tick % 4 === 0 && server.filters.size === 2 && left() < 10) {
      const topic = down % 3 === 0 ? "zz" : `down/${down % 6}`;
      server.sends({ topic, payload: `${down}`, qos: 1 + (down % 2), retain: false });
      down += 1;
    }
    wantsRestart ||= storm.restarts === true && tick % 60 === 59;
    // It is stopped in good order, which waits for what the server has not acknowledged.
    if (wantsRestart && !core!.g.sessions.get("c")?.pending) {
      wantsRestart = false;
      restarts += 1;
      restart();
    }
    if (storm.serverFails && tick % 40 === 39) server.fails();
    dial.passes(250);
    most = Math.max(most, world.timers.length);
  }
  isCalm = true;
  for (let i = 0; i < 400 && left() > 0; i++) dial.passes(1000);
  client.end();
  dial.passes(60000);
  const { g } = core!;
  const state = [g.sessions.get("c")?.state, g.queued];
  core!.close();
  return { restarts, dial, server, heard, down, next, most, world, client, state };
}

const all = Array.from({ length: COUNT }, (_, i) => `${i}`);
const odd = all.filter((_, i) => i % 2 === 1);
const counted = (list: string[], what: string) => list.filter((one) => one === what).length;

test.each<[string, Storm]>([
  ["a calm link", { lost: 0, doubled: 0, delayed: 0, damaged: 0 }],
  ["a lossy link", { lost: 0.2, doubled: 0, delayed: 0, damaged: 0 }],
  ["a link that doubles and delays", { lost: 0, doubled: 0.2, delayed: 0.2, damaged: 0 }],
  ["all of it", { lost: 0.1, doubled: 0.1, delayed: 0.1, damaged: 0.05 }],
  ["all of it, asleep", { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, sleeps: true }],
  [
    "all of it, and a server that goes away",
    { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, serverFails: true },
  ],
  [
    "all of it, asleep, and a gateway that is restarted",
    { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, sleeps: true, restarts: true },
  ],
])("%s: QoS 1 at least once, QoS 2 exactly once [SN 6.6] [SN 6.13]", (_name, storm) => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const { restarts, dial, server, heard, down, next, most, world, client, state } = run(
      seed,
      storm,
    );
    const told = dial.heard();
    expect([seed, next, down]).toEqual([seed, COUNT, COUNT]);
    expect([seed, all.filter((one) => !server.published.includes(one))]).toEqual([seed, []]);
    expect([seed, odd.filter((one) => counted(server.published, one) !== 1)]).toEqual([seed, []]);
    expect([seed, all.filter((one) => !heard.includes(one))]).toEqual([seed, []]);
    expect([seed, odd.filter((one) => counted(heard, one) !== 1)]).toEqual([seed, []]);
    expect(told.filter((event) => event.startsWith("delivered")).length).toBe(COUNT);
    expect(told.filter((event) => /^(refused|uncertain|error)/.test(event))).toEqual([]);
    expect([told.at(-1), client.stats().inFlight]).toEqual(["close 0", 0]);
    expect([seed, state]).toEqual([seed, [0, 0]]);
    expect(restarts > 0).toBe(storm.restarts === true);
    expect(server.failures > 0).toBe(storm.serverFails === true);
    expect(most).toBeLessThan(60);
    expect(world.timers.length).toBe(0);
  }
});
