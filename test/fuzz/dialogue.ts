// SPDX-License-Identifier: MIT
// Whole sessions: a program that calls the client as it likes, a network that breaks, time that passes,
// and a server that says anything. What must hold at each step, and that in the end, with a good
// server, everything accepted is told once and the client works as ever.

import { expect } from "vitest";
import { Limit } from "#limits";
import { Status } from "../../src/status.js";
import { dialUp, octetsFrom, worldOpen } from "../fake.js";
import { octetsOf } from "../words.js";
import { chunksOf } from "./grammar.js";
import { answerOf, lineOpen } from "./line.js";
import { retained } from "./retained.js";
import type { Options, Step } from "./steps.js";

/** Octets that the client may hold beside its outbox: inbox, one topic of each route, text. */
const HELD = { octets: 20000, entries: 3000 };

/** What a good server says in the end, and what has to come of it. */
const LAST = {
  says: ["PUBLISH q0 a one", "PUBLISH 7 q1 a two", "PUBLISH 8 q2 a/b three"],
  heard: ["a q0 one", "a q1 two", "a/b q2 three"],
  sent: ["PUBACK 7", "PUBREC 8", "PUBCOMP 8"],
};

/** Plays a dialogue to its end. */
export function play(given: Options, steps: Step[]): void {
  const world = worldOpen();
  world.chance = 0.5;
  const open = world.port.open;
  let drive: object = {};
  world.port.open = (one, ...rest) => {
    drive = one;
    return open(one, ...rest);
  };
  const dial = dialUp({ clientId: "c", ...given }, world);
  const { client } = dial;
  const line = lineOpen(dial);
  const accepted: number[] = [];
  let mood = "nothing";
  let source = "nothing";
  let isEnded = false;
  let failures = 0;
  let messages: string[] = [];

  function publish(name: string, level: number, size: number): void {
    const id = client.publish(name, "x".repeat(size), level);
    if (id > 0) accepted.push(id);
    expect(Number.isInteger(id)).toBe(true);
  }

  /** What a function of the caller may do. */
  function misbehaves(how: string): void {
    if (how === "publishes") publish("from/inside", 1, 5);
    if (how === "subscribes") client.subscribe("from/inside", 1);
    if (how === "ends") end();
    if (how === "throws") throw new Error("the caller's own");
  }
  function end(): void {
    isEnded = true;
    client.end();
  }
  client.on("message", (name: string, payload: unknown, packet) => {
    messages.push(`${name} q${packet.qos} ${octetsFrom(payload)}`);
    misbehaves(mood);
  });

  function give(total: number, most: number) {
    return (at: number, max: number) => {
      if (source === "throws") failures += 1;
      misbehaves(source);
      return "p".repeat(Math.min(max, most, total - at));
    };
  }

  function holds(): void {
    const link = line.look();
    expect(client.stats().inFlight).toBeLessThanOrEqual(given.inFlight);
    // One for the drive, none for a drain: nothing else wants time.
    expect(world.timers.length).toBe(isEnded ? 0 : 1);
    // A SUBSCRIBE longer than the window may have it alone.
    const window = given.linkWindow + Limit.LINK_RESERVE + 200;
    if (link) expect(link.octets.length - line.drainedAt).toBeLessThanOrEqual(window);
    const held = retained(drive, [world.port, dial, client, (drive as any).session?.options]);
    expect(held.octets).toBeLessThan(HELD.octets + given.outbox);
    expect(held.entries).toBeLessThan(HELD.entries);
  }

  function take(one: Step): void {
    switch (one[0]) {
      case "says":
        for (const chunk of chunksOf(one[1], one[2])) line.says(chunk);
        break;
      case "answers":
        line.look();
        for (const packet of line.asked.splice(0, one[1])) line.says(answerOf(packet));
        break;
      case "accepts":
        line.dials();
        line.drained();
        line.says(octetsOf(`CONNACK ${one[1]}`));
        break;
      case "publish":
        publish(one[1], one[2], one[3]);
        break;
      case "parts": {
        const id = client.publishParts("parts", one[2], one[1], false, give(one[2], one[3]));
        if (id > 0) accepted.push(id);
        break;
      }
      case "subscribe":
        client.subscribe(one[1], one[2]);
        break;
      case "unsubscribe":
        client.unsubscribe(one[1]);
        break;
      case "passes":
        world.passes(one[1]);
        break;
      case "drained":
        line.drained();
        break;
      case "closes":
        line.look()?.closes();
        break;
      case "refuses":
        world.refuses = one[1];
        break;
      case "throws":
        world.throws = one[1];
        break;
      case "source":
        source = one[1];
        break;
      default:
        mood = one[1];
    }
  }

  /** With a good server, everything accepted is settled, and all works as ever. */
  function recovers(): void {
    mood = source = "nothing";
    world.refuses = world.throws = false;
    line.look()?.closes();
    line.dials();
    expect(line.look()).toBeDefined();
    line.drained();
    line.says(octetsOf("CONNACK"));
    // Nothing that an earlier connection's messages were owed.
    expect(line.settles()).toEqual([]);
    publish("after", 1, 3);
    publish("after", 2, 3);
    line.settles();
    expect(client.stats().inFlight).toBe(0);
    holds();
    const heard = dial.heard();
    messages = [];
    line.says(octetsOf(...LAST.says));
    expect(line.settles()).toEqual(LAST.sent);
    expect(messages).toEqual(LAST.heard);
    const told = heard
      .filter((one) => /^(delivered|uncertain) /.test(one))
      .map((one) => Number(one.split(" ")[1]));
    expect(told).toEqual([...new Set(told)]);
    // One whose source threw was told as that error.
    expect(accepted.filter((id) => !told.includes(id)).length).toBeLessThanOrEqual(failures);
  }

  take(["accepts", "0"]);
  for (const one of steps) {
    take(one);
    holds();
  }
  if (isEnded) {
    expect(client.publish("after", "x", 1)).toBe(Status.ENDED);
    world.links.at(-1)?.closes();
    holds();
  } else recovers();
}
