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
import { type Storm, stormOpen } from "../sn/storm.js";

interface Weather extends Storm {
  /** The gateway is stopped and started again, with what it saved. */
  restarts?: boolean;
  /** The connection to the server is lost now and then. */
  serverFails?: boolean;
}

const SEEDS = Number(process.env["GATEWAY_CHAOS_SEEDS"] ?? 8);
type World = ReturnType<typeof stormOpen>["dial"]["world"];

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

function run(seed: number, weather: Weather): void {
  const { chance, dial, carry, blows, judge } = stormOpen(seed, weather, { waitMs: 5000 });
  const { air, world } = dial;
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
  let wantsRestart = false;
  let restarts = 0;
  const beyond = {
    filters: server.filters,
    published: () => server.published,
    sends: (topic: string, payload: string, qos: number) =>
      server.sends({ topic, payload, qos, retain: false }),
    left: () => server.waiting.length + (core.g.sessions.get("c")?.queue.length ?? 0),
  };
  const outcome = blows(beyond, (tick) => {
    wantsRestart ||= weather.restarts === true && tick % 60 === 59;
    // It is stopped in good order, which waits for what the server has not acknowledged.
    if (wantsRestart && !core.g.sessions.get("c")?.pending) {
      wantsRestart = false;
      restarts += 1;
      restart();
    }
    if (weather.serverFails && tick % 40 === 39) server.fails();
  });
  const { g } = core!;
  expect([seed, g.sessions.get("c")?.state, g.queued]).toEqual([seed, 0, 0]);
  core!.close();
  expect(restarts > 0).toBe(weather.restarts === true);
  expect(server.failures > 0).toBe(weather.serverFails === true);
  judge(outcome, 60);
}

test.each<[string, Weather]>([
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
])("%s: QoS 1 at least once, QoS 2 exactly once [SN 6.6] [SN 6.13]", (_name, weather) => {
  for (let seed = 0; seed < SEEDS; seed++) run(seed, weather);
});
