// SPDX-License-Identifier: MIT
// The program that uses the client: its calls, by itself and from handlers, each told to the model.

import { type Client, type ClientEvent, clientOpen } from "../../src/client.js";
import type { MessagePacket } from "../../src/session/session.js";
import { EVENTS, FILTERS, TOPICS, type Call, type Scenario } from "./script.js";
import { fail } from "./model.js";
import { advance } from "./model-in.js";
import * as calls from "./model-calls.js";
import { modelDone, modelDrains, modelHears, modelPullFails } from "./model-events.js";
import { hex, octetsOf, say, type World } from "./world.js";

/** What a handler does the next time. */
interface Reaction {
  throws: boolean;
  calls: Call[];
}

export interface Program {
  world: World;
  client: Client;
  reactions: Map<string, Reaction[]>;
  /** Messages begun, so that each payload is another one. */
  count: number;
  handlers: number;
  /** Whether octets of the server are being read. */
  isReading: boolean;
}

const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const topicOf = (at: number) => TOPICS[at]!;

/** A payload that no other message has, of `size` octets where that is enough. */
export function payloadOf(name: string, size: number, isBinary: boolean): string {
  let payload = `${name}.`;
  for (let i = 0; payload.length < size; i++) {
    payload += String.fromCharCode(isBinary ? (i * 37) % 256 : 97 + (i % 26));
  }
  return payload;
}

export function programOpen(world: World, scenario: Scenario): Program {
  const options = { host: "server", clientId: "c", ...scenario.options };
  const client = clientOpen(options, world.port);
  if (typeof client === "number") throw new Error(`connect was refused with ${client}`);
  const program: Program = {
    world,
    client,
    reactions: new Map(),
    count: 0,
    handlers: 0,
    isReading: false,
  };
  for (const event of EVENTS.filter((name) => name !== "pull" && name !== "done")) {
    if (event === "message") client.on(event, messageHandler(program, "message"));
    else {
      client.on(event as ClientEvent, (...values: unknown[]) => {
        hears(
          program,
          event,
          values.filter((value) => value !== undefined),
        );
      });
    }
  }
  return program;
}

function messageHandler(program: Program, name: string) {
  return (topic: string, payload: unknown, packet: MessagePacket) => {
    const { qos, retain, dup, at, total } = packet;
    const values = [utf8(topic), octetsOf(payload), qos, retain, dup, at, total];
    hears(program, "message", values, name);
  };
}

function hears(program: Program, event: string, values: unknown[], handler?: string): void {
  const { world } = program;
  say(world, () => {
    const shown = values.map((value) => String(value).slice(0, 20)).join(" ");
    return `  ${handler === undefined || handler === "message" ? event : handler} ${shown}`;
  });
  modelHears(world.model, event, values, handler);
  world.tape?.lines.push(tapeLine(event, values, handler));
  reacts(program, event);
}

/** An event as a program on another engine prints it. */
function tapeLine(event: string, values: unknown[], handler = "message"): string {
  if (event === "message") {
    const [topic, payload, ...rest] = values;
    return [handler, hex(topic as string), hex(payload as string), ...rest].join(" ");
  }
  if (event === "error" && typeof values[0] !== "number") return "error thrown";
  return [event, ...values].join(" ");
}

/** Does what the script has for this event, once. */
function reacts(program: Program, event: string): void {
  const { model } = program.world;
  const reaction = program.reactions.get(event)?.shift();
  if (reaction === undefined) return;
  model.depth += 1;
  for (const call of reaction.calls) programCalls(program, call);
  model.depth -= 1;
  if (!reaction.throws) return;
  const error = new Error(`thrown by ${event}`);
  say(program.world, () => `  ${error.message}`);
  if (event !== "error") model.thrown.push(error);
  throw error;
}

/** One call, and what the model says to it. */
export function programCalls(program: Program, call: Call): void {
  const { world, client } = program;
  const { model } = world;
  switch (call[0]) {
    case "publish":
    case "parts":
      programPublishes(program, call);
      break;
    case "subscribe":
    case "unsubscribe":
      programSubscribes(program, call);
      break;
    case "drain": {
      const at = model.drains.length;
      say(world, () => `program drains within ${call[1]} ms`);
      modelDrains(model, call[1]);
      client.drain(call[1], (status, left) => {
        say(world, () => `  done ${status} ${left}`);
        modelDone(model, at, status, left);
        world.tape?.lines.push(`done ${status} ${left}`);
        reacts(program, "done");
      });
      break;
    }
    case "end":
      say(world, () => "program ends the client");
      client.end();
      model.isEnded = true;
  }
}

function refusedCall(program: Program, name: string, result: number, written: number): void {
  const { model } = program.world;
  if (result >= 0) return;
  model.refused += 1;
  // What `room` promises; for a subscription, and offline, it may come as well.
  if (result <= -10 && result !== -12 && result !== -30) model.isWanting = true;
  if (result <= -10) model.mayWant = true;
  if (program.world.written !== written) fail(model, `${name} is refused, and has written`);
}

type Publishing = Extract<Call, ["publish" | "parts", ...number[]]>;

function programPublishes(program: Program, call: Publishing): void {
  const { world } = program;
  const { model } = world;
  const [kind, topicAt, size, qos, extra] = call;
  const n = model.all.length;
  const isBinary = kind === "publish" && call[5] === 1;
  const payload = payloadOf(`m${program.count++}`, size, isBinary);
  const topic = topicOf(topicAt);
  const inParts = kind === "parts";
  const retain = !inParts && extra === 1;
  const given: calls.Given = { topic: utf8(topic), payload, qos, retain, inParts };
  const written = world.written;
  const before = { isBusy: program.isReading || model.depth > 0, thrown: model.watch?.hasThrown };
  say(world, () => `program publishes ${topic} ${payload.slice(0, 8)}[${payload.length}] q${qos}`);
  const out = calls.modelPublishes(model, given);
  const result = inParts
    ? program.client.publishParts(
        topic,
        payload.length,
        qos,
        false,
        pullOf(program, call, payload, n),
      )
    : publishIn(program, call, topic, payload, retain);
  say(world, () => `  returns ${result}`);
  world.tape?.lines.push(`told ${result}`);
  calls.modelPublished(model, given, out, result);
  if (result < 0) {
    if (model.watch?.hasThrown && !before.thrown && result === -30) return;
    calls.refusalIsRight(model, given, result, before.isBusy);
    refusedCall(program, kind, result, written);
  }
}

/** A payload is given as text, as octets, and with a topic that was prepared. */
function publishIn(
  { client }: Program,
  call: Publishing,
  name: string,
  payload: string,
  retain: boolean,
): number {
  const form = call[5];
  const topic = form === 2 ? client.topic(name) : name;
  if (typeof topic === "number") throw new Error("a topic is refused");
  const given = form === 1 ? new Uint8Array(Buffer.from(payload, "latin1")) : payload;
  return client.publish(topic, given, call[3], retain);
}

/** Gives a payload piece by piece, or at some call nothing, too much, or an error. */
function pullOf(program: Program, call: Publishing, payload: string, n: number) {
  const { model } = program.world;
  const [piece, fails, how] = [call[4], call[5], call[6] ?? 0];
  let count = 0;
  return (at: number, max: number) => {
    if (model.depth === 0) advance(model);
    if (!(max > 0) || at < 0 || at + max > payload.length) {
      // A message of no octets is asked for nothing.
      fail(model, `pull(${at}, ${max}) of ${payload.length}`);
    }
    const isLast = count++ === fails;
    try {
      reacts(program, "pull");
    } catch (error) {
      modelPullFails(model, n, true);
      throw error;
    }
    if (!isLast) return payload.slice(at, at + Math.min(max, piece));
    modelPullFails(model, n, how === 0);
    if (how > 0) return how === 1 ? "" : "x".repeat(max + 1);
    const error = new Error("pull throws");
    model.thrown.push(error);
    throw error;
  };
}

function programSubscribes(program: Program, call: Call): void {
  const { world, client } = program;
  const { model } = world;
  const filter = FILTERS[call[1] as number]!;
  const isLeaving = call[0] === "unsubscribe";
  const qos = isLeaving ? -1 : (call[2] as number);
  const handler = !isLeaving && call[3] === 1 ? `handler ${program.handlers++}` : undefined;
  const written = world.written;
  say(world, () => `program ${call[0]}s ${filter}${isLeaving ? "" : ` q${qos}`}`);
  const returns = calls.modelWishes(model, utf8(filter), qos, handler);
  const result = isLeaving
    ? client.unsubscribe(filter)
    : client.subscribe(filter, qos, handler ? messageHandler(program, handler) : undefined);
  say(world, () => `  returns ${result}`);
  world.tape?.lines.push(`told ${result}`);
  returns(result);
  refusedCall(program, call[0], result, written);
}
