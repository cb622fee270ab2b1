// SPDX-License-Identifier: MIT
// A client and a gateway over a link that loses, doubles, delays and damages datagrams, each seed the same
// every time: QoS 1 arrives at least once and QoS 2 exactly once, both ways, over lost connections and sleep;
// in the end no timer is left and nothing has grown.

import { expect, test } from "vitest";
import { octetsFrom } from "../fake.js";
import { snDial } from "./fake.js";
import { gatewayOpen } from "./gateway.js";

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
  /** Whether the client sleeps whenever it can. */
  sleeps?: boolean;
  /** Whether the gateway forgets its clients now and then. */
  restarts?: boolean;
}

const COUNT = 60;

function run(seed: number, storm: Storm) {
  const chance = chanceOf(seed);
  const dial = snDial({
    cleanSession: false,
    retryMs: 1000,
    retries: 5,
    // Room for all: an identifier that is unknown twice in one exchange makes the gateway begin twice.
    topics: 16,
    reconnect: { min: 100, max: 1000 },
  });
  const { client, air, world } = dial;
  Object.defineProperty(world, "chance", { get: () => chance() });
  let isCalm = false;
  /** A datagram on its way: to arrive never, once, twice, late or damaged. */
  const carry = (octets: string, arrive: (octets: string) => void) => {
    const luck = isCalm ? 1 : chance();
    const copies = luck < storm.lost ? 0 : luck < storm.lost + storm.doubled ? 2 : 1;
    // Late enough to overtake others, and never as late as the next try: an acknowledged message that
    // comes once more behind its PUBREL is a new one to everybody, and no client can help it.
    const ms = !isCalm && chance() < storm.delayed ? 450 * chance() : 5;
    for (let i = 0; i < copies; i++) {
      let what = octets;
      if (!isCalm && chance() < storm.damaged) {
        // A link's check finds what is damaged; a length that is wrong is what gets through at worst.
        what = chance() < 0.5 ? octets.slice(0, -1) : octets + "x";
      }
      world.port.after(() => arrive(what), ms, undefined);
    }
  };
  const gateway = gatewayOpen({
    send: (octets) => carry(octets, (what) => air.says(what)),
    after: (ms, step) => void world.port.after(step, ms, undefined),
  });
  air.onSend = ({ octets }) => carry(octets, gateway.receive);
  const heard: string[] = [];
  const note = (_topic: string, payload: unknown) => void heard.push(octetsFrom(payload));
  client.subscribe("down/+", 2, note);
  client.subscribe("zz", 2, note);
  if (storm.sleeps) client.sleep(20);
  let most = 0;
  let next = 0;
  let down = 0;
  const isBusy = () => next + down < 2 * COUNT || client.stats().inFlight > 0;
  for (let tick = 0; tick < 40000 && isBusy(); tick++) {
    if (next < COUNT && tick % 3 === 0) {
      const qos = 1 + (next % 2);
      const topic = next % 5 === 0 ? "ab" : `up/${next % 7}`;
      if (client.publish(topic, `${next}`, qos) > 0) next += 1;
    }
    if (down < COUNT && tick % 4 === 0 && gateway.left < 10 && gateway.filters.size === 2) {
      gateway.publish(down % 3 === 0 ? "zz" : `down/${down % 6}`, `${down}`, 1 + (down % 2));
      down += 1;
    }
    if (storm.restarts && tick % 400 === 399) gateway.forgets();
    dial.passes(250);
    most = Math.max(most, world.timers.length);
  }
  isCalm = true;
  for (let i = 0; i < 400 && gateway.left > 0; i++) dial.passes(1000);
  const { published } = gateway;
  client.end();
  dial.passes(60000);
  return { dial, published, heard, down, next, most, world, client };
}

const all = Array.from({ length: COUNT }, (_, i) => `${i}`);
const odd = all.filter((_, i) => i % 2 === 1);
const counted = (list: string[], what: string) => list.filter((one) => one === what).length;

test.each([
  ["a calm link", { lost: 0, doubled: 0, delayed: 0, damaged: 0 }],
  ["a lossy link", { lost: 0.2, doubled: 0, delayed: 0, damaged: 0 }],
  ["a link that doubles and delays", { lost: 0, doubled: 0.2, delayed: 0.2, damaged: 0 }],
  ["all of it", { lost: 0.1, doubled: 0.1, delayed: 0.1, damaged: 0.05 }],
  ["all of it, asleep", { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, sleeps: true }],
  [
    "all of it, and a gateway that forgets",
    { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, restarts: true },
  ],
] as [string, Storm][])(
  "%s: QoS 1 at least once, QoS 2 exactly once [SN 6.6] [SN 6.13]",
  (_name, storm) => {
    for (let seed = 0; seed < 8; seed++) {
      const { dial, published, heard, down, next, most, world, client } = run(seed, storm);
      const told = dial.heard();
      const up = published.map(({ payload }) => payload);
      expect([seed, next, down]).toEqual([seed, COUNT, COUNT]);
      expect([seed, all.filter((one) => !up.includes(one))]).toEqual([seed, []]);
      expect([seed, odd.filter((one) => counted(up, one) !== 1)]).toEqual([seed, []]);
      expect([seed, all.filter((one) => !heard.includes(one))]).toEqual([seed, []]);
      expect([seed, odd.filter((one) => counted(heard, one) !== 1)]).toEqual([seed, []]);
      expect(told.filter((event) => event.startsWith("delivered")).length).toBe(COUNT);
      expect(told.filter((event) => /^(refused|uncertain|error)/.test(event))).toEqual([]);
      expect(told.at(-1)).toBe("close 0");
      // The client has one timer, the gateway one, and what is on its way.
      expect(most).toBeLessThan(40);
      expect(world.timers.length).toBe(0);
      expect(client.stats().inFlight).toBe(0);
    }
  },
);
