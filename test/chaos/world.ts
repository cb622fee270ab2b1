// SPDX-License-Identifier: MIT
// Links and a clock for one client, all of it made up, and the server at the other end. Octets are
// handed to a link, taken by it, and arrive; each may stop at any octet. Nothing happens by itself.

import type { LinkEvents, Port } from "../../boards/hal.js";
import { type Chance, chanceOpen } from "./chance.js";
import { type Reader, readerOpen, readPacket, wordsOf } from "./codec.js";
import { fail, type Model, type Watch, watchOpen } from "./model.js";
import { modelDrops } from "./model-events.js";
import { modelWrites } from "./model-out.js";
import type { Call } from "./script.js";
import { type Server, serverLoses, serverOpen, serverReads } from "./server.js";

/** One network connection. */
export interface Line {
  drive: unknown;
  events: LinkEvents;
  watch: Watch;
  /** Handed to the link; taken by it and not arrived; from the server and not arrived. */
  pending: string;
  wire: string;
  down: string;
  /** It has something to tell as taken: octets, or that it is up. */
  isBusy: boolean;
  isUp: boolean;
  /** The other side is gone, and nobody is told. */
  isDead: boolean;
  /** The client closed it in good order; the server did. */
  isEnding: boolean;
  isServerClosing: boolean;
  /** Writes until they throw, −1 for never. */
  jam: number;
  /** Octets it carries before it breaks. */
  left: number;
}

interface WorldTimer {
  at: number;
  fire: () => void;
}

export interface World {
  model: Model;
  server: Server;
  chance: Chance;
  timers: WorldTimer[];
  /** The connection there is, and the one that was let go of last. */
  line: Line | undefined;
  past: Line | undefined;
  refuses: number;
  isByPort: boolean;
  /** What was handed over in all, to see whether a call wrote. */
  written: number;
  /** The dialogue, where somebody reads it. */
  lines: string[] | undefined;
  tape: Tape | undefined;
  port: Port;
}

/** A run written down as what happens to a client and what it does, for other engines: engines.ts. */
export interface Tape {
  steps: TapeStep[];
  /** What a client sends and tells, as a program on another engine prints it. */
  lines: string[];
  sent: string;
  /** Octets were lost with their connection before the link took them: where links gather, they are not seen. */
  isLossy: boolean;
}

/** What happens to a client from outside: calls, octets, the end of a connection, the next timer. */
export type TapeStep =
  | { call: Call }
  | { on: string; throws: boolean; calls: Call[] }
  | { says: string }
  | { closes: true }
  | { fires: number };

export const hex = (octets: string) => Buffer.from(octets, "latin1").toString("hex");

/** A line of the dialogue. */
export function say(world: World, line: () => string): void {
  world.lines?.push(`${String(world.model.now).padStart(7)}  ${line()}`);
}

/** Octets in words, for the dialogue only. */
export function spell(octets: string, fromClient: boolean): string {
  const reader: Reader = readerOpen(fromClient);
  reader.rest = octets;
  const words: string[] = [];
  let count = 0;
  for (let packet = readPacket(reader); packet; packet = readPacket(reader)) {
    if (++count <= 12) words.push(wordsOf(packet));
  }
  if (count > 12) words.push(`and ${count - 12} more`);
  const rest = reader.wrong ? octets : reader.rest;
  if (rest !== "") words.push(`‹${Buffer.from(rest, "latin1").toString("hex").slice(0, 60)}›`);
  return words.join(", ");
}

export function worldOpen(model: Model, isRead: boolean, tape?: Tape): World {
  const { scenario } = model;
  const chance = chanceOpen(scenario.chance);
  const world: World = {
    model,
    server: serverOpen(scenario.server, () => chance.below(3)),
    chance,
    timers: [],
    line: undefined,
    past: undefined,
    refuses: 0,
    isByPort: false,
    written: 0,
    lines: isRead ? [] : undefined,
    tape,
    port: undefined as unknown as Port,
  };
  const links = new Map<unknown, Line>();
  world.port = {
    open(drive, events) {
      const link = { write, end };
      const line = openLine(world, drive, events);
      if (line === undefined) return undefined;
      links.set(link, line);
      function write(head: string, payload?: unknown): void {
        lineWrites(world, line!, head + octetsOf(payload));
      }
      function end(): void {
        say(world, () => "client closes the link");
        line!.isEnding = true;
        model.isEnded = true;
      }
      return link;
    },
    drop(link) {
      const line = links.get(link);
      if (line === undefined) return fail(model, "drop is given something else");
      dropLine(world, line);
    },
    after(step, ms, record) {
      if (!(ms >= 0)) fail(model, `a timer of ${ms} ms`);
      // Firmwares know no timer of 0 ms.
      const timer = { at: model.now + (tape && ms < 1 ? 1 : ms), fire: () => step(record) };
      world.timers.push(timer);
      return timer;
    },
    stop(timer) {
      if (timer === 0) return;
      const place = world.timers.indexOf(timer as WorldTimer);
      if (place < 0) return fail(model, "a timer is stopped that has fired or was stopped already");
      world.timers.splice(place, 1);
    },
    chance: (count) => (tape ? 0 : chance.below(count)),
  };
  return world;
}

export function octetsOf(payload: unknown): string {
  if (payload === undefined) return "";
  return typeof payload === "string"
    ? payload
    : Buffer.from(payload as Uint8Array).toString("latin1");
}

function openLine(world: World, drive: unknown, events: LinkEvents): Line | undefined {
  const { model } = world;
  const { backoff } = model;
  if (model.isEnded) fail(model, "a connection is opened after the end");
  if (model.watch) fail(model, "a second connection is opened");
  if (backoff && model.lateAt < backoff.at) {
    const waited = model.now - backoff.at;
    if (waited < backoff.least || waited > Math.max(backoff.most, 1)) {
      fail(model, `opened ${waited} ms behind the close, not ${backoff.least} to ${backoff.most}`);
    }
  }
  model.attempts += 1;
  if (world.refuses > 0) {
    world.refuses -= 1;
    say(world, () => "client opens a connection, which the firmware refuses");
    model.closeDue = { isByPort: false, wasOnline: false, watch: undefined };
    return undefined;
  }
  model.connections += 1;
  const watch = watchOpen(model.connections, model.now);
  model.watch = watch;
  model.phase = "connecting";
  model.ages.clear();
  say(world, () => `client opens connection ${watch.no}`);
  world.tape?.lines.push("open");
  const line: Line = {
    drive,
    events,
    watch,
    pending: "",
    wire: "",
    down: "",
    isBusy: true,
    isUp: true,
    isDead: false,
    isEnding: false,
    isServerClosing: false,
    jam: -1,
    left: Infinity,
  };
  serverLoses(world.server);
  world.line = line;
  return line;
}

function lineWrites(world: World, line: Line, octets: string): void {
  const { model } = world;
  const throws = line.jam === 0;
  say(world, () => `client says ${spell(octets, true)}${throws ? ", and the link throws" : ""}`);
  if (line.isEnding) fail(model, "writes to a link it has closed");
  modelWrites(model, line.watch, octets, throws);
  if (world.tape) world.tape.sent += octets;
  world.written += octets.length;
  if (throws) throw new Error("the link throws");
  if (line.jam > 0) line.jam -= 1;
  line.pending += octets;
  line.isBusy = true;
}

function dropLine(world: World, line: Line): void {
  say(world, () => "client lets go of the connection");
  modelDrops(world.model, line.watch, world.isByPort);
  if (world.tape && line.pending !== "") world.tape.isLossy = true;
  world.past = line;
  loseLine(world, line, world.chance.below(line.wire.length + 1));
  line.isUp = false;
  world.line = undefined;
}

/** The server gets so many octets more, and then loses the connection. */
export function loseLine(world: World, line: Line, count: number): void {
  if (line.isDead) return;
  const octets = (line.wire + line.pending).slice(0, count);
  if (octets !== "") serverReads(world.server, octets);
  line.isDead = true;
  serverLoses(world.server);
}
