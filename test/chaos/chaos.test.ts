// SPDX-License-Identifier: MIT
// A bounded number of chaos runs, those that once found something, and that chaos sees: on clients with
// one line changed. `npm run chaos` runs as many as one likes.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type * as Chaos from "./main.js";
// @ts-ignore: the tools are JavaScript
import { chaosOpen } from "./build.mjs";
// @ts-ignore
import { findMutation } from "./mutate.mjs";
// @ts-ignore
import { mutations } from "./mutations.mjs";

type Kept = Chaos.Scenario & { name: string };

const kept: Kept[] = JSON.parse(readFileSync(new URL("seeds.json", import.meta.url), "utf8"));
let chaos: typeof Chaos;

beforeAll(async () => {
  chaos = await chaosOpen();
});

/** What fails, with its dialogue, shortened. */
function failures(world: "faithful" | "hostile", from: number, count: number): string {
  for (let seed = from; seed < from + count; seed++) {
    const outcome = chaos.runSeed(seed, world);
    if (outcome.failure === undefined) continue;
    return `seed ${seed}\n${chaos.report(chaos.shrink(chaos.scenarioOf(seed, world), outcome))}`;
  }
  return "";
}

describe("in a world that once found a fault", () => {
  it.each(kept.map((scenario) => [scenario.name, scenario] as const))("%s", (_name, scenario) => {
    if (chaos.runScenario(scenario).failure !== undefined) {
      expect(chaos.report(scenario)).toBe("");
    }
  });
});

describe("a client in chaos", () => {
  it("keeps its word to a correct server over links that fail anywhere [MQTT-4.3.3-1]", () => {
    expect(failures("faithful", 0, 600)).toBe("");
  });

  it("keeps its memory and comes back from a server that says anything [MQTT-4.8.0-1]", () => {
    expect(failures("hostile", 0, 400)).toBe("");
  });

  it("is cut at every octet of an exchange, in both directions, twice [MQTT-4.4.0-1]", () => {
    const made = chaos.scenarioOf(1, "faithful");
    const options = {
      ...made.options,
      cleanSession: false,
      linkWindow: 40,
      inbox: 24,
      eager: false,
    };
    const exchange: Chaos.Scenario["steps"] = [
      ["subscribe", 2, 2, 0],
      ["publish", 0, 8, 1, 0, 0],
      ["publish", 0, 9, 2, 1, 0],
      ["parts", 0, 60, 2, 20, -1, 0],
      ["flows", 30],
      ["server", 0, 8, 1, 0],
      ["server", 0, 60, 2, 0],
      ["flows", 30],
      ["unsubscribe", 2],
      ["flows", 9],
    ];
    // In all there are fewer octets.
    for (let at = 0; at < 400; at++) {
      const cut: Chaos.Scenario["steps"] = [
        ["passes", 1],
        ["breaks", at],
        ...exchange,
        ["passes", 1000],
        ["breaks", at % 50],
        ["flows", 30],
      ];
      for (const late of [false, true]) {
        const server = { ...made.server, late, scatters: false };
        const scenario = { ...made, options: { ...options, outbox: 1024 }, server, steps: cut };
        const outcome = chaos.runScenario(scenario);
        if (outcome.failure !== undefined) expect(chaos.report(scenario)).toBe("");
        expect(outcome.seen["delivered"]).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it("meets everything it should: runs are no empty runs", () => {
    const sum: Record<string, number> = {};
    for (let seed = 0; seed < 300; seed++) {
      for (const [name, count] of Object.entries(chaos.runSeed(seed, "faithful").seen)) {
        sum[name] = (sum[name] ?? 0) + count;
      }
    }
    for (const [name, least] of Object.entries({
      connections: 1000,
      accepted: 600,
      delivered: 1500,
      uncertain: 5,
      dropped: 3,
      heard: 150,
      taken: 1500,
      refused: 1000,
      skipped: 10,
    })) {
      expect(sum[name], name).toBeGreaterThan(least);
    }
  });

  it("is the same for the same seed, and shrinks to what fails", async () => {
    const once = chaos.runScenario(chaos.scenarioOf(7, "faithful"), true);
    expect(chaos.runScenario(chaos.scenarioOf(7, "faithful"), true)).toEqual(once);
    expect(once.lines.length).toBeGreaterThan(10);
    const patch = mutations.find(({ name }: { name: string }) => name === "PUBREC is not answered");
    const changed: typeof Chaos = await chaosOpen(patch.patches);
    let seed = 0;
    while (changed.runSeed(seed, "faithful").failure === undefined) seed++;
    const scenario = changed.shrink(changed.scenarioOf(seed, "faithful"));
    const outcome = changed.runScenario(scenario);
    expect(scenario.steps.length).toBeLessThan(8);
    expect(outcome.failure).toMatch(/^not sent: 6:/);
  });
});

describe("a client with one line changed is noticed", () => {
  it("wherever a line is changed, it is there to be changed", async () => {
    for (const { name, patches } of mutations) {
      for (const { file, find, put } of patches) {
        const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8");
        expect(text.split(find).length - 1, name).toBe(1);
        expect(put).not.toBe(find);
      }
    }
    expect(mutations.length).toBeGreaterThan(30);
  });

  // All of them: `npm run chaos -- --mutations`.
  it.each([
    "DUP is not set on a resend",
    "the order of PUBRELs is lost",
    "an identifier is free too early",
    "the timer of drain is left behind",
    "a handler's throw loses an acknowledgement",
  ])("%s", async (name) => {
    const mutation = mutations.find((one: { name: string }) => one.name === name);
    expect((await findMutation(mutation)).failure).toBeDefined();
  });
});
