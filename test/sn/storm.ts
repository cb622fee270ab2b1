// SPDX-License-Identifier: MIT
// A client behind a link that loses, doubles, delays and damages datagrams, each seed the same every time;
// what both sides send through it, and what has to have come of it: QoS 1 at least once and QoS 2 exactly
// once, both ways, and nothing left.

import { expect } from "vitest";
import { octetsFrom } from "../fake.js";
import { snDial } from "./fake.js";

/** Messages each way; those of odd numbers have QoS 2. */
const COUNT = 60;

/** The share of datagrams that each happens to. */
export interface Storm {
  lost: number;
  doubled: number;
  delayed: number;
  damaged: number;
  /** Whether the client sleeps whenever it can. */
  sleeps?: boolean;
}

/** What is behind the storm: a gateway with its server. */
export interface Beyond {
  filters: { readonly size: number };
  /** Payloads that came through. */
  published: () => string[];
  sends: (topic: string, payload: string, qos: number) => void;
  /** Messages that the client has not taken yet. */
  left: () => number;
}

/** Numbers from 0 to below 1, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export function stormOpen(seed: number, storm: Storm, options: object = {}) {
  const chance = chanceOf(seed);
  const dial = snDial({
    cleanSession: false,
    retryMs: 1000,
    retries: 5,
    // Room for all: an identifier that is unknown twice in one exchange makes the gateway begin twice.
    topics: 16,
    reconnect: { min: 100, max: 1000 },
    ...options,
  });
  const { client, world } = dial;
  Object.defineProperty(world, "chance", { get: () => chance() });
  let isCalm = false;

  /** A datagram on its way: to arrive never, once, twice, late or damaged. */
  function carry(octets: string, arrive: (octets: string) => void): void {
    const luck = isCalm ? 1 : chance();
    const copies = luck < storm.lost ? 0 : luck < storm.lost + storm.doubled ? 2 : 1;
    // Late enough to overtake others, and never as late as the next try: an acknowledged message that
    // comes once more behind its PUBREL is a new one to everybody, and no client can help it.
    const ms = !isCalm && chance() < storm.delayed ? 450 * chance() : 5;
    for (let i = 0; i < copies; i++) {
      const isDamaged = !isCalm && chance() < storm.damaged;
      // A link's check finds what is damaged; a length that is wrong is what gets through at worst.
      const what = isDamaged ? (chance() < 0.5 ? octets.slice(0, -1) : octets + "x") : octets;
      world.port.after(() => arrive(what), ms, undefined);
    }
  }

  /** Both sides send all they have, then the air is calm, and the client ends. Returns what came of it. */
  function blows(beyond: Beyond, onTick: (tick: number) => void) {
    const heard: string[] = [];
    const note = (_topic: string, payload: unknown) => void heard.push(octetsFrom(payload));
    client.subscribe("down/+", 2, note);
    client.subscribe("zz", 2, note);
    if (storm.sleeps) client.sleep(20);
    let [next, down, most] = [0, 0, 0];
    const isBusy = () => next + down < 2 * COUNT || client.stats().inFlight > 0;
    for (let tick = 0; tick < 40000 && isBusy(); tick++) {
      if (next < COUNT && tick % 3 === 0) {
        const topic = next % 5 === 0 ? "ab" : `up/${next % 7}`;
        if (client.publish(topic, `${next}`, 1 + (next % 2)) > 0) next += 1;
      }
      if (down < COUNT && tick % 4 === 0 && beyond.filters.size === 2 && beyond.left() < 10) {
        beyond.sends(down % 3 === 0 ? "zz" : `down/${down % 6}`, `${down}`, 1 + (down % 2));
        down += 1;
      }
      onTick(tick);
      dial.passes(250);
      most = Math.max(most, world.timers.length);
    }
    isCalm = true;
    for (let i = 0; i < 400 && beyond.left() > 0; i++) dial.passes(1000);
    client.end();
    dial.passes(60000);
    return { heard, up: beyond.published(), next, down, most };
  }

  /** What has to be true in the end; `timers` are more than there ever are at a time. */
  function judge({ heard, up, next, down, most }: ReturnType<typeof blows>, timers: number): void {
    const told = dial.heard();
    const all = Array.from({ length: COUNT }, (_, i) => `${i}`);
    const odd = all.filter((_, i) => i % 2 === 1);
    const counted = (list: string[], what: string) => list.filter((one) => one === what).length;
    expect([seed, next, down]).toEqual([seed, COUNT, COUNT]);
    for (const arrived of [up, heard]) {
      expect([seed, all.filter((one) => !arrived.includes(one))]).toEqual([seed, []]);
      expect([seed, odd.filter((one) => counted(arrived, one) !== 1)]).toEqual([seed, []]);
    }
    expect(told.filter((event) => event.startsWith("delivered")).length).toBe(COUNT);
    expect(told.filter((event) => /^(refused|uncertain|error)/.test(event))).toEqual([]);
    expect([told.at(-1), client.stats().inFlight]).toEqual(["close 0", 0]);
    expect(most).toBeLessThan(timers);
    expect(world.timers.length).toBe(0);
  }

  return { chance, dial, carry, blows, judge };
}
