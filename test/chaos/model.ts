// SPDX-License-Identifier: MIT
// What must be true of a client, judged from outside: the calls made and what they returned, the
// events, the octets on the wire, the clock. It knows MQTT 3.1.1 and the README, and not the session.
// This file holds its record; what it learns from each side is in model-*.ts.

import type { Packet, Reader } from "./codec.js";
import { readerOpen } from "./codec.js";
import type { Scenario } from "./script.js";

/** The limits that are no options, as src/limits/small.ts has them. */
export const enum Bound {
  RESERVE = 512,
  RECEIVED = 20,
  STEADY_MS = 10000,
}

/** A message that `publish` accepted. */
export interface Out {
  n: number;
  id: number;
  qos: number;
  topic: string;
  payload: string;
  retain: boolean;
  inParts: boolean;
  /** Octets it holds of the outbox. */
  kept: number;
  state: "held" | "released" | "done";
  /** The connection its octets were last handed to, 0 for none. */
  handedOn: number;
  /** A write of it threw: whether octets left is not known. */
  maybe: boolean;
  /** How it ended. */
  told: "" | "delivered" | "uncertain" | "dropped";
  /** The server's sessions it was under way in. */
  sessions: Set<number>;
}

/** A topic filter that was asked for; `qos` −1 when it is to go. */
export interface Entry {
  filter: string;
  qos: number;
  handler: string | undefined;
  id: number;
  askedOn: number;
  knownTo: number;
}

/** An event that has to come next. */
export interface Due {
  event: string;
  values: unknown[];
  /** For a message: who is still to be called. */
  handlers: string[];
  /** It may also be left out. */
  isOptional?: boolean;
}

/** A payload that comes in parts. */
export interface Partial {
  packet: Packet;
  at: number;
  total: number;
  payload: string;
  isMute: boolean;
  handlers: string[];
}

/** One network connection as the model sees it. */
export interface Watch {
  no: number;
  out: Reader;
  /** Octets handed to the link since it last took all. */
  outstanding: number;
  /** The message whose octets end in mid-packet, and how its payload begins there. */
  open: { message: Out; payloadAt: number } | undefined;
  isConnected: boolean;
  hasDisconnected: boolean;
  hasThrown: boolean;
  hasPullFailed: boolean;
  /** The number of the last message handed to it. */
  lastOut: number;
  /** Octets being read, octets kept of a cut packet. */
  chunk: string;
  rest: string;
  partial: Partial | undefined;
  /** Why the client has to close it, and the Status if that is certain. */
  must: { why: string; status: number } | undefined;
  isClosed: boolean;
  /** Octets of acknowledgements that waited when it was closed. */
  unsent: number;
  openedAt: number;
  onlineAt: number;
  writtenAt: number;
  heardAt: number;
  pingAt: number;
}

export interface Model {
  scenario: Scenario;
  failure: string | undefined;
  now: number;
  phase: "waiting" | "connecting" | "online";
  watch: Watch | undefined;
  connections: number;
  /** The same, with those that the firmware refused. */
  attempts: number;
  /** The server's sessions as CONNACKs told them. */
  session: number;
  /** The server's own count of them, and the connection that was accepted last. */
  serverSession: number;
  acceptedOn: number;
  /** A session was lost, and the CONNACK that told it as well. */
  isHidden: boolean;
  /** What the last CONNACK said. */
  isPresent: boolean;
  outs: Out[];
  /** Messages in parts at QoS 0 that broke off: they are let go of when their turn comes. */
  ghosts: number;
  all: Out[];
  released: Out[];
  entries: Entry[];
  received: Set<number>;
  /** Payloads that were handed on whole, and how often. */
  heard: Map<string, number>;
  /** What has to be told next, what has to be sent next: "4:17" is PUBACK 17. */
  due: Due[];
  owed: string[];
  /** PUBRELs of earlier connections among `owed`, from its beginning. */
  again: number;
  /** Handlers that are running. */
  depth: number;
  isEnded: boolean;
  hasClosed: boolean;
  closeDue: { isByPort: boolean; wasOnline: boolean; watch: Watch | undefined } | undefined;
  isWanting: boolean;
  mayWant: boolean;
  refused: number;
  skipped: number;
  accepted: number;
  thrown: unknown[];
  /** What the program is about to send at QoS 0. */
  zero: { topic: string; payload: string; retain: boolean } | undefined;
  /** For how long what is awaited has been. */
  ages: Map<string, number>;
  drains: { deadline: number; count: number; isReplaced: boolean }[];
  /** The longest the next delay may be; when the connection was closed, how long that may be. */
  boundMs: number;
  backoff: { at: number; least: number; most: number } | undefined;
  kicks: number;
  lateAt: number;
}

export function modelOpen(scenario: Scenario): Model {
  return {
    scenario,
    failure: undefined,
    now: 0,
    phase: "waiting",
    watch: undefined,
    connections: 0,
    attempts: 0,
    session: 1,
    serverSession: 0,
    acceptedOn: 0,
    isHidden: false,
    isPresent: false,
    outs: [],
    ghosts: 0,
    all: [],
    released: [],
    entries: [],
    received: new Set(),
    heard: new Map(),
    due: [],
    owed: [],
    again: 0,
    depth: 0,
    isEnded: false,
    hasClosed: false,
    closeDue: undefined,
    isWanting: false,
    mayWant: false,
    refused: 0,
    skipped: 0,
    accepted: 0,
    thrown: [],
    zero: undefined,
    ages: new Map(),
    drains: [],
    boundMs: scenario.options.reconnect.min,
    backoff: { at: 0, least: 0, most: 0 },
    kicks: 0,
    lateAt: -1,
  };
}

export function watchOpen(no: number, now: number): Watch {
  return {
    no,
    out: readerOpen(true),
    outstanding: 0,
    open: undefined,
    isConnected: false,
    hasDisconnected: false,
    hasThrown: false,
    hasPullFailed: false,
    lastOut: -1,
    chunk: "",
    rest: "",
    partial: undefined,
    must: undefined,
    isClosed: false,
    unsent: 0,
    openedAt: now,
    onlineAt: -1,
    writtenAt: now,
    heardAt: now,
    pingAt: -1,
  };
}

/** Notes what was broken; the first thing counts. */
export function fail(m: Model, why: string): void {
  m.failure ??= why;
}

/** How often the client looks at the clock, in milliseconds. */
export function tickOf({ options }: Scenario): number {
  const keepAliveMs = options.keepAlive * 1000;
  return Math.ceil(Math.min(keepAliveMs || options.answerMs, options.answerMs) / 4);
}

/** A message is done, as the model knows. */
export function outDone(m: Model, out: Out, told: Out["told"]): void {
  out.state = "done";
  out.told = told;
  m.outs = m.outs.filter((one) => one !== out);
  m.released = m.released.filter((one) => one !== out);
}
