// SPDX-License-Identifier: MIT
// Runs a scenario: a client of the public face, on links, a server and a clock that are made up, and
// the model that judges it. Everything follows from the scenario.

import { evilOctets } from "./hostile.js";
import { fail, type Model, modelOpen } from "./model.js";
import { modelReceives } from "./model-in.js";
import { modelSettles } from "./model-settle.js";
import { type Program, payloadOf, programCalls, programOpen } from "./program.js";
import { TOPICS, type Scenario, type Step } from "./script.js";
import { serverPublishes, serverReads, serverRestarts } from "./server.js";
import { hex, type Line, loseLine, say, spell } from "./world.js";
import { type Tape, type TapeStep, type World, worldOpen } from "./world.js";

/** A run under way. */
export interface Sim {
  scenario: Scenario;
  model: Model;
  world: World;
  program: Program;
  /** Messages the server had for the client. */
  told: { payload: string; qos: number; session: number }[];
  isStale: boolean;
  isSettling: boolean;
  heardAt: number;
  history: string[];
}

export function simOpen(scenario: Scenario, isRead: boolean, tape?: Tape): Sim {
  const model = modelOpen(scenario);
  const world = worldOpen(model, isRead, tape);
  return {
    scenario,
    model,
    world,
    program: programOpen(world, scenario),
    told: [],
    isStale: false,
    isSettling: false,
    heardAt: 0,
    history: [],
  };
}

/** Lets something happen, and asks the model. */
export function act(sim: Sim, what: () => void): void {
  const { model, world } = sim;
  if (model.failure !== undefined) return;
  try {
    what();
  } catch (error) {
    fail(model, `throws ${error instanceof Error ? error.stack : String(error)}`);
  }
  model.depth = 0;
  modelSettles(model, sim.program.client.stats(), world.timers.length);
  const past = world.past;
  world.past = undefined;
  if (past && sim.isStale) stale(sim, past);
  if (world.tape && !sim.isSettling) tapeSettles(sim, world.tape);
}

/** On other engines links take all that they are given, at once. */
function tapeSettles(sim: Sim, tape: Tape): void {
  sim.isSettling = true;
  while (sim.world.line?.isBusy) takes(sim, Infinity);
  if (sim.world.line?.isEnding) closes(sim);
  if (tape.sent !== "") tape.lines.push(`sent ${hex(tape.sent)}`);
  tape.sent = "";
  sim.isSettling = false;
}

/** Writes down what happens next. */
function record(sim: Sim, step: TapeStep): void {
  if (!sim.isSettling) sim.world.tape?.steps.push(step);
}

/** What the firmware had in its queue for a connection that was let go of. */
function stale(sim: Sim, line: Line): void {
  sim.isStale = false;
  say(sim.world, () => "late events of the connection it let go of");
  act(sim, () => line.events.received(line.drive, line.down || "\x20\x02\0\0"));
  act(sim, () => line.events.drained(line.drive));
  act(sim, () => line.events.closed(line.drive));
}

export function takes(sim: Sim, count: number): boolean {
  const line = sim.world.line;
  if (!line || !line.isBusy || (line.isDead && sim.scenario.server.jams)) return false;
  line.wire += line.pending.slice(0, count);
  line.pending = line.pending.slice(count);
  if (line.pending !== "") return count > 0;
  line.isBusy = false;
  if (sim.model.phase === "online") line.watch.outstanding = 0;
  act(sim, () => line.events.drained(line.drive));
  return true;
}

export function up(sim: Sim, count: number): boolean {
  const { line, server } = sim.world;
  if (!line || line.wire === "") return false;
  const octets = line.wire.slice(0, Math.min(count, line.left));
  line.wire = line.wire.slice(octets.length);
  if (line.isDead || octets === "") return octets !== "";
  sim.heardAt = sim.model.now;
  if (!serverReads(server, octets)) line.isServerClosing = true;
  breaks(sim, line, octets.length);
  return true;
}

/** Some connections break behind so many octets. */
function breaks(sim: Sim, line: Line, count: number): void {
  line.left -= count;
  if (line.left < 1 && sim.world.line === line) closes(sim);
}

/** The client gets at most so many octets, in one chunk. */
export function down(sim: Sim, count: number): boolean {
  const { line, server } = sim.world;
  if (!line || line.isDead) return false;
  while (line.down.length < count && server.says.length > 0) {
    const octets = server.says.shift()!;
    sim.history.push(octets);
    line.down += octets;
  }
  const octets = line.down.slice(0, Math.min(count, line.left));
  line.down = line.down.slice(octets.length);
  if (octets === "") return false;
  // Behind `end` a port may tell what still comes, or not.
  say(sim.world, () => `server says ${spell(octets, false)}`);
  const { model } = sim;
  const { accepted } = model;
  modelReceives(model, octets);
  record(sim, { says: octets });
  sim.program.isReading = true;
  act(sim, () => line.events.received(line.drive, octets));
  sim.program.isReading = false;
  if (model.accepted > accepted) {
    const isOther = model.serverSession !== server.sessions && model.serverSession > 0;
    if (isOther && model.isPresent) model.isHidden = true;
    model.serverSession = server.sessions;
  }
  breaks(sim, line, octets.length);
  return true;
}

/** The client is told that the connection is closed. */
export function closes(sim: Sim): void {
  const { line } = sim.world;
  if (!line) return;
  loseLine(sim.world, line, 0);
  say(sim.world, () => "the connection is closed");
  record(sim, { closes: true });
  sim.world.isByPort = true;
  act(sim, () => line.events.closed(line.drive));
  sim.world.isByPort = false;
}

/** Everything under way arrives, and what is closed is told as closed. */
export function flows(sim: Sim): boolean {
  const { line } = sim.world;
  let moved = takes(sim, Infinity);
  moved = up(sim, Infinity) || moved;
  moved = down(sim, Infinity) || moved;
  const now = sim.world.line;
  if (line && now === line && !line.isDead && (line.isServerClosing || line.isEnding)) {
    if (line.pending === "" && line.wire === "" && line.down === "") {
      closes(sim);
      return true;
    }
  }
  return moved;
}

/** Time passes; what is due happens in its order. @param each what happens after each timer */
export function passes(sim: Sim, ms: number, each?: () => void): void {
  const { model, world } = sim;
  const end = model.now + ms;
  for (let fired = 0; model.failure === undefined; fired++) {
    if (fired > 20000) return fail(model, "timers fire without end");
    let first: World["timers"][number] | undefined;
    for (const timer of world.timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    if (first === undefined) break;
    world.timers.splice(world.timers.indexOf(first), 1);
    model.now = Math.max(first.at, model.now);
    record(sim, { fires: model.now });
    act(sim, first.fire);
    serverLooks(sim);
    each?.();
  }
  model.now = Math.max(end, model.now);
  serverLooks(sim);
}

/** A server closes the connection of a client that is silent for too long [MQTT-3.1.2-24]. */
function serverLooks(sim: Sim): void {
  const { line, server } = sim.world;
  if (!line || line.isDead || !server.isConnected || server.keepAliveMs < 1) return;
  if (sim.model.now - sim.heardAt > server.keepAliveMs) {
    say(sim.world, () => "the server has heard nothing for too long");
    closes(sim);
  }
}

/** One step of the script. */
export function simStep(sim: Sim, step: Step): void {
  const { world, model, program } = sim;
  const { line, server } = world;
  switch (step[0]) {
    case "publish":
    case "parts":
    case "subscribe":
    case "unsubscribe":
    case "drain":
    case "end":
      record(sim, { call: step });
      return act(sim, () => programCalls(program, step));
    case "on": {
      const [, event, throws, ...calls] = step;
      const list = program.reactions.get(event) ?? [];
      list.push({ throws: throws === 1, calls });
      record(sim, { on: event, throws: throws === 1, calls });
      program.reactions.set(event, list);
      return;
    }
    case "takes":
      return void takes(sim, step[1]);
    case "up":
      return void up(sim, step[1]);
    case "down":
      return void down(sim, step[1]);
    case "flows":
      for (let i = 0; i < step[1]; i++) flows(sim);
      return;
    case "cut":
      if (line) loseLine(world, line, step[1]);
      return closes(sim);
    case "dies":
      say(world, () => "the connection dies, and nobody is told");
      if (line) loseLine(world, line, step[1]);
      return;
    case "closes":
      return closes(sim);
    case "breaks":
      if (line) line.left = step[1];
      if (line && step[1] < 1) closes(sim);
      return;
    case "jams":
      if (line && line.jam < 0) line.jam = step[1];
      return;
    case "refuses":
      world.refuses = step[1];
      return;
    case "passes":
      say(world, () => `${step[1]} ms pass`);
      return passes(sim, step[1]);
    case "late":
      return late(sim, step[1]);
    case "stale":
      sim.isStale = true;
      return;
    case "server":
      return serverSays(sim, step);
    case "rejects":
    case "grants":
      server[step[0]] = { code: step[1], count: step[2] };
      return;
    case "mute":
      server.isMute = step[1] === 1;
      if (!server.isMute && line && !line.isDead && !serverReads(server, "")) {
        line.isServerClosing = true;
      }
      return;
    case "restarts":
      say(world, () => `the server restarts ${step[1] ? "with" : "without"} its session`);
      closes(sim);
      return serverRestarts(server, step[1] === 1);
    case "evil":
      if (line && !line.isDead) evil(sim, line, step);
      return;
    default:
      return fail(model, `no step ${String(step)}`);
  }
}

/** The clock jumps, and what was due meanwhile is late. */
function late(sim: Sim, ms: number): void {
  const { model, world } = sim;
  say(world, () => `the clock jumps by ${ms} ms`);
  model.now += ms;
  model.lateAt = model.now;
  sim.heardAt = model.now;
  const due = world.timers.filter(({ at }) => at <= model.now).sort((a, b) => a.at - b.at);
  for (const timer of due) {
    const place = world.timers.indexOf(timer);
    if (place < 0) continue;
    world.timers.splice(place, 1);
    act(sim, timer.fire);
  }
}

function serverSays(sim: Sim, step: Extract<Step, ["server", ...number[]]>): void {
  const { server } = sim.world;
  const payload = payloadOf(`s${sim.told.length}`, step[2], step[2] % 2 > 0);
  const topic = Buffer.from(TOPICS[step[1]]!, "utf8").toString("latin1");
  const qos = serverPublishes(server, topic, payload, step[3], step[4] === 1);
  say(sim.world, () => `server has ${topic} ${payload.slice(0, 8)}[${payload.length}] q${qos}`);
  if (qos >= 0) sim.told.push({ payload, qos, session: server.sessions });
}

function evil(sim: Sim, line: Line, step: Extract<Step, ["evil", ...number[]]>): void {
  const { server } = sim.world;
  const octets = evilOctets(step[1], step[2], step[3], sim.history);
  if (octets === undefined) {
    server.says.reverse();
    return;
  }
  say(sim.world, () => `(the server is about to say ${spell(octets, false)})`);
  if (step[3] % 3 === 0) line.down = octets + line.down;
  else server.says.push(octets);
}
