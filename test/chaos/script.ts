// SPDX-License-Identifier: MIT
// What happens in a run, as a list of steps that one number makes. A step holds all it needs and means
// nothing where it does not fit, so that a list from which steps were taken still is a run.

import { type Chance, chanceOpen } from "./chance.js";

/** What a program does: by itself, or from a handler. */
export type Call =
  | ["publish", topic: number, size: number, qos: number, retain: number, form: number]
  | ["parts", topic: number, size: number, qos: number, piece: number, fails: number, how: number]
  | ["subscribe", filter: number, qos: number, handler: number]
  | ["unsubscribe", filter: number]
  | ["drain", ms: number]
  | ["end"];

export type Step =
  | Call
  /** The next time `event` is told: these calls, and then perhaps an error is thrown. */
  | ["on", event: string, throws: number, ...calls: Call[]]
  /** The link takes so many octets; so many reach the server; so many reach the client. */
  | ["takes" | "up" | "down", count: number]
  /** Everything under way arrives, so many times. */
  | ["flows", rounds: number]
  /** The connection breaks; so many octets reach the server before. `dies`: the client is not told. */
  | ["cut" | "dies", count: number]
  | ["closes"]
  /** The connection carries so many octets more, in both directions together, and then breaks. */
  | ["breaks", after: number]
  /** From the next write but so many on, writes throw. */
  | ["jams", after: number]
  /** The next connections are refused on the spot. */
  | ["refuses", count: number]
  | ["passes", ms: number]
  /** The clock jumps: what is due comes late. */
  | ["late", ms: number]
  /** What a dropped connection still had in its queue comes behind it. */
  | ["stale"]
  /** The server has a message for whoever subscribed. */
  | ["server", topic: number, size: number, qos: number, retain: number]
  /** The next connections are refused with a return code; the next subscriptions get this code. */
  | ["rejects" | "grants", code: number, count: number]
  | ["mute", on: number]
  | ["restarts", keeps: number]
  /** Something a correct server never says; see hostile.ts. */
  | ["evil", kind: number, a: number, b: number];

export interface Scenario {
  world: "faithful" | "hostile";
  options: {
    cleanSession: boolean;
    keepAlive: number;
    answerMs: number;
    inFlight: number;
    outbox: number;
    inbox: number;
    subscriptions: number;
    linkWindow: number;
    eager: boolean;
    reconnect: { min: number; max: number };
  };
  server: {
    /** Messages on their way to the client at a time. */
    inFlight: number;
    /** Hands a QoS 2 message on at PUBREL and not at PUBLISH (methods A and B of section 4.3.3). */
    late: boolean;
    /** Takes the smallest identifier that is free, not the next one. */
    reuses: boolean;
    /** Dead links take no octets any more; others take them and lose them. */
    jams?: boolean;
    /** Answers to different messages may overtake each other. */
    scatters: boolean;
  };
  /** What the port's chance says. */
  chance: number;
  steps: Step[];
}

export const TOPICS = ["a", "b/c", "b/d", "ö/€".normalize(), "$x/y"];
export const FILTERS = ["a", "b/+", "#", "b/c", "+/c", "ö/#", "a/b/c/d", "$x/+", "+"];
export const EVENTS = [
  "connect",
  "message",
  "subscribed",
  "unsubscribed",
  "delivered",
  "uncertain",
  "room",
  "close",
  "error",
  "pull",
  "done",
];

/** Small sizes are frequent, and those around a limit. */
function sizeNear(chance: Chance, limit: number): number {
  const wanted = chance.one([0, 0, 3, 10, 40, limit - 12, limit - 8, limit, limit * 2, 150]);
  return Math.max(0, wanted + chance.below(6));
}

function callOf(chance: Chance, options: Scenario["options"], inHandler: boolean): Call {
  const topic = chance.below(TOPICS.length);
  const qos = chance.one([0, 1, 1, 2, 2, 2]);
  const kind = chance.below(inHandler ? 24 : 100);
  if (kind < 12) {
    const limit = Math.min(options.linkWindow, options.outbox);
    const size = sizeNear(chance, limit);
    return ["publish", topic, size, qos, chance.below(2), chance.below(3)];
  }
  if (kind < 16) {
    const size = chance.one([0, 30, options.linkWindow * 2, options.inbox * 3]) + chance.below(20);
    const fails = chance.percent(15) ? chance.below(4) : -1;
    return ["parts", topic, size, qos, 1 + chance.below(40), fails, chance.below(3)];
  }
  if (kind < 20) {
    return ["subscribe", chance.below(FILTERS.length), chance.below(3), chance.below(2)];
  }
  if (kind < 22) return ["unsubscribe", chance.below(FILTERS.length)];
  if (inHandler && kind < 23) return chance.percent(30) ? ["end"] : ["drain", chance.below(30000)];
  return ["publish", topic, chance.below(12), chance.one([1, 2]), 0, chance.below(3)];
}

function networkStep(chance: Chance, { answerMs }: Scenario["options"]): Step {
  const some = () => chance.one([0, 1, 2, 3, 4, 5, 8, 12, 20, 40, 100, 1000]);
  const kind = chance.below(100);
  if (kind < 12) return ["takes", some()];
  if (kind < 30) return ["up", some()];
  if (kind < 52) return ["down", some()];
  if (kind < 70) return ["flows", 1 + chance.below(3)];
  if (kind < 74) return ["cut", some()];
  if (kind < 78) return ["breaks", some() + chance.below(60)];
  if (kind < 80) return ["dies", some()];
  if (kind < 81) return ["closes"];
  if (kind < 83) return ["jams", chance.below(4)];
  if (kind < 84) return ["refuses", 1 + chance.below(3)];
  if (kind < 98) return ["passes", chance.one([0, 1, 50, 300, answerMs / 4, answerMs, 12000])];
  return chance.percent(50) ? ["late", chance.one([100, answerMs, 100000])] : ["stale"];
}

function stepOf(chance: Chance, { world, options }: Scenario): Step {
  const kind = chance.below(100);
  if (kind < 24) return callOf(chance, options, false);
  if (kind < 72) return networkStep(chance, options);
  if (kind < 74) return ["passes", chance.one([100, 1000, 5000, 15000])];
  if (kind < 80) {
    const calls = Array.from({ length: chance.below(3) }, () => callOf(chance, options, true));
    return ["on", chance.one(EVENTS), chance.percent(25) ? 1 : 0, ...calls];
  }
  if (world === "hostile" && kind < 90) {
    return ["evil", chance.below(18), chance.below(65536), chance.below(65536)];
  }
  if (kind < 95) {
    const size = sizeNear(chance, options.inbox);
    const qos = chance.one([0, 1, 1, 2, 2]);
    return ["server", chance.below(TOPICS.length), size, qos, chance.below(2)];
  }
  if (kind < 96) return ["rejects", 1 + chance.below(5), 1];
  if (kind < 97) return ["grants", chance.one([0, 1, 2, 128]), 1 + chance.below(2)];
  if (kind < 98) return ["mute", chance.below(2)];
  return ["restarts", chance.below(2)];
}

/** The run that a seed makes. */
export function scenarioOf(seed: number, world: Scenario["world"]): Scenario {
  const chance = chanceOpen(seed * 2 + (world === "hostile" ? 1 : 0));
  const min = chance.one([1, 10, 100, 1000]);
  const scenario: Scenario = {
    world,
    options: {
      cleanSession: chance.percent(25),
      keepAlive: chance.one([0, 1, 4, 10, 60]),
      answerMs: chance.one([400, 2000, 4000, 20000]),
      inFlight: chance.one([1, 2, 3, 5, 16]),
      outbox: chance.one([30, 60, 120, 300, 1024]),
      inbox: chance.one([24, 30, 60, 200, 512]),
      subscriptions: chance.one([1, 2, 4, 8]),
      linkWindow: chance.one([24, 40, 64, 200, 1024]),
      eager: chance.percent(25),
      reconnect: { min, max: min * chance.one([1, 5, 60]) },
    },
    server: {
      inFlight: chance.one([1, 3, 20]),
      late: chance.percent(50),
      reuses: chance.percent(60),
      jams: chance.percent(50),
      scatters: chance.percent(25),
    },
    chance: chance.below(1000),
    steps: [["passes", 1]],
  };
  if (chance.percent(70)) scenario.steps.push(["flows", 2]);
  const subscriptions = chance.below(4);
  for (let i = 0; i < subscriptions; i++) {
    const filter = chance.percent(50) ? 2 : chance.below(FILTERS.length);
    scenario.steps.push(["subscribe", filter, chance.below(3), chance.below(2)]);
  }
  if (chance.percent(60)) scenario.steps.push(["flows", 3]);
  if (chance.percent(6)) {
    // A program that says something often, and hears nothing.
    for (let i = 0; i < 8; i++) {
      const pause = Math.max(50, scenario.options.keepAlive * 300);
      scenario.steps.push(["publish", 0, 3, 0, 0, 0], ["takes", 1000], ["passes", pause]);
    }
  }
  const length = 10 + chance.below(chance.one([20, 60, 120]));
  for (let i = 0; i < length; i++) scenario.steps.push(stepOf(chance, scenario));
  if (chance.percent(8)) {
    const last: Call = chance.percent(50) ? ["end"] : ["drain", chance.one([0, 500, 30000])];
    scenario.steps.push(last);
    for (let i = 0; i < 8; i++) scenario.steps.push(stepOf(chance, scenario));
  }
  return scenario;
}
