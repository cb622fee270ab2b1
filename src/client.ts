// SPDX-License-Identifier: MIT
// The client as its callers see it: `connect` and the record of functions it returns.

import { isBlockOpen, orUsual, Payload, Room, utf8 } from "#engine";
import { Limit } from "#limits";
import type { Port } from "../boards/hal.js";
import type { Options } from "./options.js";
import { outboxOpen } from "./ring/outbox.js";
import { forget } from "./session/dispatch.js";
import { publish, type Topic } from "./session/publish.js";
import { Mark, type MessageHandler, Phase, type Session, Wish } from "./session/session.js";
import { subscribe } from "./session/subscribe.js";
import { Status } from "./status.js";
import { type Drive, driveConnect, driveDrain, driveEnd } from "./transport/drive.js";
import { encodeConnect } from "./wire/connect.js";
import { encodeInteger, First } from "./wire/packet.js";
import { encodeTopicName } from "./wire/topic.js";

/** Figures since `connect`. */
export interface Stats {
  /** Connections accepted after the first. */
  reconnects: number;
  /** Calls that were refused with a Status. */
  refused: number;
  /** Acknowledgements that nothing waited for. */
  skipped: number;
  /** Messages in flight now, and the most there were. */
  inFlight: number;
  inFlightMax: number;
}

/** One MQTT client. */
export interface Client {
  /** Returns the packet identifier, 0 at QoS 0, or a negative Status; then nothing has changed. */
  publish(
    topic: string | Topic,
    payload: Payload | number,
    qos?: number,
    retain?: boolean | number,
  ): number;
  /** A topic name checked and encoded once, to be given to `publish`; or a Status. */
  topic(name: string): Topic | Status;
  /** Publishes `total` octets which `pull(at, max)` gives piece by piece, again on a resend. */
  publishParts(
    topic: string | Topic,
    total: number,
    qos: number,
    retain: boolean | number,
    pull: (at: number, max: number) => Payload,
  ): number;
  /** Returns the packet identifier that `subscribed` will name, or a Status. */
  subscribe(topicFilter: string, qos?: number, onMessage?: MessageHandler): number;
  /** Returns the packet identifier that `unsubscribed` will name, or a Status. */
  unsubscribe(topicFilter: string): number;
  /** Ends when all is acknowledged, or after `ms`; `done(status, messages left)`. */
  drain(ms: number, done: (status: Status, left: number) => void): void;
  /** DISCONNECT, and no reconnect. */
  end(): void;
  stats(): Stats;
  /** Sets the handler of an event; the last one set counts. */
  on(event: ClientEvent, handler: Function): Client;
}

/** What happens to a client; what handlers are given stands behind each. */
export type ClientEvent =
  /** (sessionPresent) */
  | "connect"
  /** (topic, payload, packet): a message that no subscription's own handler took. */
  | "message"
  /** (packetId, granted QoS or Status) */
  | "subscribed"
  /** (packetId) */
  | "unsubscribed"
  /** (packetId): a QoS 1 or 2 message is the server's now. */
  | "delivered"
  /** (packetId): the server lost its session between PUBREC and PUBCOMP. */
  | "uncertain"
  /** (): something was refused for want of room, and now there is room. */
  | "room"
  /** (Status): the connection is closed; 0 after `end`. */
  | "close"
  /** (Status or error): a handler threw, or something a person has to know. */
  | "error";

/** Makes a client and connects it; a Status when the options make no sense. */
export function clientOpen(options: Options, port: Port): Client | Status {
  if (!options || !options.host) return Status.INVALID_OPTION;
  const reconnect = options.reconnect === undefined ? {} : options.reconnect;
  const inFlight = orUsual(options.inFlight, Limit.IN_FLIGHT);
  const values: unknown[] = [
    options.port,
    options.keepAlive,
    options.outbox,
    options.inbox,
    options.subscriptions,
    options.linkWindow,
    options.answerMs,
    reconnect.min,
    reconnect.max,
    inFlight,
  ];
  // Whole numbers, and not below 0; what is undefined has its usual value.
  for (const value of values) {
    if (value !== undefined && !((value as number) >= 0 && (value as number) % 1 === 0)) {
      return Status.INVALID_OPTION;
    }
  }
  const s: Session = {
    phase: Phase.OFFLINE,
    gate: { put: undefined as never, room: Room.SHUT },
    outbox: outboxOpen(orUsual(options.outbox, Limit.OUTBOX), inFlight, port.chance()),
    listeners: { on: {} },
    fields: { qos: 0, topicEnd: 0, packetId: 0, payloadAt: 0 },
    header: { length: 0 },
    options: options,
    clean: options.cleanSession !== false,
    window: orUsual(options.linkWindow, Limit.LINK_WINDOW),
    answerMs: orUsual(options.answerMs, Limit.ANSWER_MS),
    keepAliveMs: (options.keepAlive === undefined ? Limit.KEEP_ALIVE : options.keepAlive) * 1000,
    tickMs: 0,
    // Equal to no topic.
    topicKey: {},
    topicOut: "",
    topics: {},
    topicCount: 0,
    part: 0,
    sources: [],
    released: "",
    messages: 0,
    messagesMax: 0,
    acks: "",
    due: false,
    wanting: false,
    freed: false,
    chunk: "",
    at: 0,
    rest: "",
    topicIn: "",
    known: Mark.NONE,
    levels: [],
    routes: {},
    routeCount: 0,
    puback: String.fromCharCode(First.PUBACK, 2),
    noId: encodeInteger(0),
    topic: "",
    handler: undefined,
    packet: { qos: 0, retain: false, dup: false, at: 0, total: 0 },
    described: 0,
    left: 0,
    mute: false,
    received: "",
    release: "",
    subscriptions: [],
    maxSubscriptions: orUsual(options.subscriptions, Limit.SUBSCRIPTIONS),
    lastId: 0,
    awaited: 0,
    marks: [],
    ages: [],
    silentOut: 0,
    silentIn: 0,
    tickRoom: 0,
    refused: 0,
    skipped: 0,
  };
  const minMs = orUsual(reconnect.min, Limit.RECONNECT_MIN_MS);
  const d: Drive = {
    session: s,
    port: port,
    options: options,
    connect: encodeConnect(options, s.clean, s.keepAliveMs / 1000),
    connection: undefined,
    timer: undefined,
    minMs: minMs,
    maxMs: orUsual(reconnect.max, Limit.RECONNECT_MAX_MS),
    boundMs: minMs,
    kicks: 0,
    lived: 0,
    accepted: 0,
    done: undefined,
    doneTimer: undefined,
  };
  s.tickMs = Math.floor(
    (s.keepAliveMs > 0 && s.keepAliveMs < s.answerMs ? s.keepAliveMs : s.answerMs) / 4,
  );
  if (!isBlockOpen(s.outbox.block)) return Status.NO_MEMORY;
  if (
    inFlight > 9999 ||
    s.maxSubscriptions > 9999 ||
    s.tickMs < 1 ||
    d.maxMs < minMs ||
    d.connect === ""
  ) {
    return Status.INVALID_OPTION;
  }
  // Not at once: the caller sets handlers first, and with `eager` publishes.
  d.timer = port.after(driveConnect, 0, d);
  const client: Client = {
    publish: (topic, payload, qos, retain) => publish(s, topic, payload as Payload, qos, retain),
    topic: topicOpen,
    publishParts: (topic, total, qos, retain, pull) =>
      publish(s, topic, { give: pull, size: total }, qos, retain),
    subscribe: (topicFilter, qos, onMessage) => subscribe(s, topicFilter, qos, onMessage),
    unsubscribe: (topicFilter) => subscribe(s, topicFilter, 0, undefined, Wish.UNSUBSCRIBE),
    drain: (ms, done) => driveDrain(d, ms, done),
    end: () => driveEnd(d),
    stats: () => stats(d, s),
    on: (event, handler) => {
      s.listeners.on[event] = handler;
      forget(s);
      return client;
    },
  };
  return client;
}

function topicOpen(name: string): Topic | Status {
  const octets = encodeTopicName(utf8(name));
  return octets === "" ? Status.INVALID_TOPIC : { octets: octets };
}

function stats(d: Drive, s: Session): Stats {
  return {
    reconnects: d.accepted > 0 ? d.accepted - 1 : 0,
    refused: s.refused,
    skipped: s.skipped,
    inFlight: s.messages,
    inFlightMax: s.messagesMax,
  };
}
