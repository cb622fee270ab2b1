// SPDX-License-Identifier: MIT
// A whole run: the script, then a world that is kind again, where everything accepted has to be
// delivered or told, and then the end. What was found is a sentence and the dialogue that led to it.

import { fail, type Model } from "./model.js";
import { steadyMs } from "./model-events.js";
import { programCalls } from "./program.js";
import { type Scenario, scenarioOf } from "./script.js";
import { serverReads, serverRestarts } from "./server.js";
import { act, closes, flows, passes, type Sim, simOpen, simStep } from "./sim.js";
import { say } from "./world.js";

export interface Outcome {
  failure: string | undefined;
  /** What was said, called and told; empty where nobody asked for it. */
  lines: string[];
  /** What a run has seen, so that it can be told whether runs see enough. */
  seen: Record<string, number>;
}

/** Runs a scenario to its end. @param isRead whether the dialogue is kept */
export function runScenario(scenario: Scenario, isRead = false): Outcome {
  const sim = simOpen(scenario, isRead);
  const { model } = sim;
  const print = console.error;
  // What a handler of `error` throws is printed.
  console.error = () => {};
  try {
    for (const step of scenario.steps) {
      if (model.failure !== undefined) break;
      simStep(sim, step);
      if (sim.world.server.wrong) failsAtServer(sim);
    }
    if (model.failure === undefined) becomesKind(sim);
    if (model.failure === undefined && !model.isEnded) isWellAgain(sim);
    if (model.failure === undefined) ends(sim);
  } finally {
    console.error = print;
  }
  return { failure: model.failure, lines: sim.world.lines ?? [], seen: seenIn(sim) };
}

export const runSeed = (seed: number, world: Scenario["world"], isRead = false) =>
  runScenario(scenarioOf(seed, world), isRead);

function failsAtServer({ model, world }: Sim): void {
  if (model.scenario.world === "faithful") fail(model, `to the server: ${world.server.wrong}`);
  world.server.wrong = undefined;
}

function seenIn({ model, world }: Sim): Record<string, number> {
  const count = (told: string) => model.all.filter((out) => out.told === told).length;
  return {
    connections: model.connections,
    accepted: model.accepted,
    delivered: count("delivered"),
    uncertain: count("uncertain"),
    dropped: count("dropped"),
    heard: model.heard.size,
    taken: world.server.taken.length,
    refused: model.refused,
    skipped: model.skipped,
    ended: model.isEnded ? 1 : 0,
    drains: model.drains.length,
  };
}

/** No more faults: links open and take everything, the server answers. */
function becomesKind(sim: Sim): void {
  const { world, model, program } = sim;
  const { server } = world;
  say(world, () => "the world is kind from here on");
  program.reactions.clear();
  world.refuses = 0;
  sim.isStale = false;
  server.rejects.count = 0;
  server.grants.count = 0;
  server.isMute = false;
  if (world.line && !world.line.watch.hasThrown) world.line.jam = -1;
  if (world.line) world.line.left = Infinity;
  if (model.scenario.world === "hostile") {
    closes(sim);
    serverRestarts(server, false);
  } else if (world.line && !world.line.isDead && !serverReads(server, "")) {
    world.line.isServerClosing = true;
  }
  everythingArrives(sim);
  noticesDeadLink(sim);
}

/** Until nothing moves any more. */
function everythingArrives(sim: Sim): void {
  for (let i = 0; i < 2000 && sim.model.failure === undefined; i++) if (!flows(sim)) return;
  fail(sim.model, "octets move without end");
}

const longest = ({ scenario }: Sim) =>
  scenario.options.keepAlive * 2000 + scenario.options.answerMs * 3;

/** A link that is dead without a word is found dead, where anything is to be found. */
function noticesDeadLink(sim: Sim): void {
  const { world, model } = sim;
  const dead = world.line;
  if (!dead?.isDead || model.isEnded) return;
  const isAwaiting = model.ages.size > 0 || model.scenario.options.keepAlive > 0;
  passes(sim, longest(sim), () => everythingArrives(sim));
  if (world.line !== dead) return;
  if (isAwaiting && !model.isEnded) fail(model, "does not notice that its link is dead");
  closes(sim);
}

/** Whether nothing is left to do. */
function isQuiet({ model, world }: Sim): boolean {
  const { server } = world;
  return (
    model.phase === "online" &&
    !model.watch?.hasThrown &&
    !model.watch?.hasPullFailed &&
    model.outs.length < 1 &&
    model.entries.every(({ knownTo, qos }) => knownTo === model.session && qos >= 0) &&
    (server.session?.out.length ?? 0) < 1 &&
    !model.isWanting
  );
}

/** Comes back, delivers everything, and stays. */
function isWellAgain(sim: Sim): void {
  const { model, world, scenario } = sim;
  const { reconnect } = scenario.options;
  const deadline = model.now + reconnect.max * 2 + longest(sim) * 3 + 1000;
  everythingArrives(sim);
  while (!isQuiet(sim) && model.now < deadline && model.failure === undefined) {
    if (model.isEnded) return;
    passes(sim, Math.max(1, nextAt(sim) - model.now), () => everythingArrives(sim));
  }
  if (model.failure !== undefined || model.isEnded) return;
  if (!isQuiet(sim)) return fail(model, `does not come back: ${whatIsLeft(sim)}`);
  const first = model.connections;
  passes(sim, steadyMs(model) + 3000 * scenario.options.keepAlive, () => everythingArrives(sim));
  if (model.connections !== first) return fail(model, "does not stay connected");
  tallies(sim);
  comesBackSoon(sim);
  if (model.failure === undefined && !model.isEnded) hasAllItsRoom(sim);
  if (world.server.wrong) fail(model, `to the server: ${world.server.wrong}`);
}

const nextAt = ({ world }: Sim) => Math.min(...world.timers.map(({ at }) => at));

function whatIsLeft({ model, world }: Sim): string {
  const out = model.outs[0];
  if (model.phase !== "online") return "it is not connected";
  if (out) return `message ${out.n} is not done`;
  if (world.server.session!.out.length > 0) return "a message of the server is not taken";
  return model.isWanting ? "room is not told" : "a subscription is not made";
}

/** What arrived, at either end, and how often. */
function tallies(sim: Sim): void {
  const { model, world, scenario } = sim;
  const { server } = world;
  if (scenario.world === "hostile") return subscriptionsAreKept(sim);
  const counts = new Map<string, number>();
  for (const { packet, session } of server.taken) {
    const key = packet.qos > 1 ? `${session} ${packet.payload}` : packet.payload;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (packet.qos === 2 && counts.get(key)! > 1) {
      fail(model, `${packet.payload.slice(0, 8)} came twice at QoS 2 [MQTT-4.3.3-1]`);
    }
  }
  const order = new Map<string, number>();
  const known = new Map(model.all.map((out) => [out.payload, out]));
  for (const { packet } of server.taken) {
    const out = known.get(packet.payload);
    if (out === undefined) {
      if (packet.qos > 0) fail(model, `nobody published ${packet.payload.slice(0, 8)}`);
    } else if (out.qos > 0) inOrder(sim, order, out, packet.topic);
  }
  const taken = new Set(server.taken.map(({ packet }) => packet.payload));
  for (const out of model.all) {
    const name = `message ${out.n} (${out.payload.slice(0, 6)} q${out.qos})`;
    // Where a loss was hidden, QoS 2 cannot be kept.
    const isSure = out.qos > 0 && !out.maybe && !(model.isHidden && out.qos === 2);
    if (out.told === "delivered" && !taken.has(out.payload) && isSure) {
      fail(model, `${name} was told as delivered and did not arrive [MQTT-4.3.2-1]`);
    }
    if (out.told === "uncertain" && server.sessions < 2) fail(model, `${name} is not uncertain`);
    if (out.told === "") fail(model, `${name} was never told`);
  }
  for (const { payload, qos, session } of sim.told) {
    const times = model.heard.get(payload) ?? 0;
    const name = `${payload.slice(0, 6)} q${qos}`;
    if (qos === 2 && times > 1) fail(model, `${name} was told twice [MQTT-4.3.3-2]`);
    const isSure = session === server.sessions && !(model.isHidden && qos === 2);
    if (qos > 0 && isSure && times < 1) fail(model, `${name} was not told`);
  }
  subscriptionsAreKept(sim);
}

/** Messages of a topic and a QoS arrive first in the order they were published in. */
function inOrder(
  { model, scenario }: Sim,
  order: Map<string, number>,
  out: Model["all"][number],
  topic: string,
): void {
  const { late, scatters } = scenario.server;
  if (late && scatters) return;
  const key = `${out.qos} ${topic}`;
  const last = order.get(key) ?? -1;
  // One that came before may come again.
  if (out.n > last) order.set(key, out.n);
  else if (out.qos === 2 && out.sessions.size < 2 && out.n < last) {
    fail(model, `message ${out.n} came behind message ${last} [MQTT-4.6.0-1]`);
  }
}

/** What the client believes to have subscribed is what the server has. */
function subscriptionsAreKept({ model, world }: Sim): void {
  const { subscriptions } = world.server.session!;
  for (const { filter, qos } of model.entries) {
    const granted = subscriptions.get(filter);
    if (granted === undefined) fail(model, `the server has no subscription ${filter}`);
    else if (granted > qos) fail(model, `the server has ${filter} at QoS ${granted}`);
  }
}

/** A connection that lived long is followed by the next one soon. */
function comesBackSoon(sim: Sim): void {
  const { model, scenario } = sim;
  if (model.failure !== undefined) return;
  closes(sim);
  passes(sim, scenario.options.reconnect.min + 1, () => everythingArrives(sim));
  everythingArrives(sim);
  for (let i = 0; i < 20 && !isQuiet(sim) && model.failure === undefined; i++) {
    passes(sim, Math.max(1, nextAt(sim) - model.now), () => everythingArrives(sim));
  }
  if (!isQuiet(sim)) fail(model, `does not come back: ${whatIsLeft(sim)}`);
}

/** Ring and slots are as empty as they were at first. */
function hasAllItsRoom(sim: Sim): void {
  const { model, program, scenario } = sim;
  const { outbox, inFlight, linkWindow } = scenario.options;
  const before = model.all.length;
  const size = Math.min(outbox, linkWindow) - 10;
  // Topic "a": 2 octets of header, 3 of topic, 2 of identifier, and 1 more for long ones.
  act(sim, () => programCalls(program, ["publish", 0, size, 2, 0, 0]));
  if (size > 8 && model.all.length === before) return fail(model, "the outbox is not empty");
  everythingArrives(sim);
  let fits = Math.floor(outbox / 20);
  if (fits > inFlight) fits = inFlight;
  const middle = model.all.length;
  for (let i = 0; i < fits; i++) {
    act(sim, () => programCalls(program, ["publish", 0, 0, 1, 0, 0]));
  }
  if (model.all.length - middle < fits) return fail(model, "not every slot is free");
  everythingArrives(sim);
  if (model.outs.length > 0) fail(model, "what is published last is not delivered");
  if (program.client.stats().inFlight > 0) fail(model, "stats says that messages are left");
}

/** The end, where it has not come; behind it nothing happens. */
function ends(sim: Sim): void {
  const { model, program, world } = sim;
  if (!model.isEnded) act(sim, () => programCalls(program, ["drain", 30000]));
  everythingArrives(sim);
  const last = Math.max(0, ...model.drains.map(({ deadline }) => deadline)) - model.now;
  passes(sim, Math.max(60000, last + 1), () => everythingArrives(sim));
  if (world.line && !world.line.isDead) everythingArrives(sim);
  if (world.line) closes(sim);
  if (model.failure !== undefined) return;
  if (!model.isEnded || !model.hasClosed) return fail(model, "the end does not come");
  if (world.timers.length > 0) fail(model, "a timer is left behind");
  act(sim, () => programCalls(program, ["publish", 0, 0, 1, 0, 0]));
  act(sim, () => programCalls(program, ["publish", 0, 0, 0, 0, 0]));
  act(sim, () => programCalls(program, ["subscribe", 0, 0, 0]));
  act(sim, () => programCalls(program, ["drain", 5]));
  passes(sim, 100000);
}
