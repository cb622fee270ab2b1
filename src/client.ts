// SPDX-License-Identifier: MIT
// The client as its callers see it: `connect` and the record of functions it returns.

import { Handlers, isBlockOpen, numbersOpen, Payload, Room } from "#engine";
import { Limit } from "#limits";
import type { Port } from "../boards/hal.js";
import { limitOf, type Options } from "./options.js";
import { outboxOpen } from "./ring/outbox.js";
import { forget } from "./session/dispatch.js";
import { publish, publishParts, type Topic } from "./session/publish.js";
import { Mark, type MessageHandler, type Session } from "./session/session.js";
import { subscribe, unsubscribe } from "./session/subscribe.js";
import { Status } from "./status.js";
import {
  connectPacket,
  type Drive,
  driveConnect,
  driveDrain,
  driveEnd,
} from "./transport/drive.js";
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
  const reconnect = options.reconnect === undefined ? {} : options.reconnect;
  const keepAlive = options.keepAlive === undefined ? Limit.KEEP_ALIVE : options.keepAlive;
  const capacity = limitOf(options.outbox, Limit.OUTBOX);
  const inFlight = limitOf(options.inFlight, Limit.IN_FLIGHT);
  const handlers: Handlers = {};
  if (capacity > 0 && inFlight > 0 && inFlight < 10000) {
    const s: Session = {
      phase: 0,
      gate: { put: undefined as never, room: Room.SHUT },
      outbox: outboxOpen(capacity, inFlight, port.chance()),
      handlers: handlers,
      fields: { qos: 0, topicEnd: 0, packetId: 0, payloadAt: 0 },
      clean: options.cleanSession !== false,
      window: limitOf(options.linkWindow, Limit.LINK_WINDOW),
      inbox: limitOf(options.inbox, Limit.INBOX),
      answerMs: limitOf(options.answerMs, Limit.ANSWER_MS),
      keepAliveMs: keepAlive * 1000,
      acks: "",
      part: 0,
      sources: [],
      topicKey: undefined,
      topicOut: "",
      wanting: false,
      chunk: "",
      at: 0,
      body: 0,
      end: 0,
      rest: "",
      topicIn: "",
      known: Mark.NO_TOPIC,
      topic: "",
      handler: undefined,
      packet: { qos: 0, retain: false, dup: false, at: 0, total: 0 },
      described: -1,
      left: 0,
      mute: false,
      received: numbersOpen(Limit.RECEIVED),
      subscriptions: [],
      maxSubscriptions: limitOf(options.subscriptions, Limit.SUBSCRIPTIONS),
      lastId: 0,
      awaited: -1,
      head: 0,
      headMs: 0,
      silentOut: 0,
      silentIn: 0,
      tickRoom: 0,
      refused: 0,
      skipped: 0,
    };
    const d: Drive = {
      session: s,
      port: port,
      options: options,
      connection: undefined,
      timer: undefined,
      attempt: 0,
      kicks: 0,
      minMs: limitOf(reconnect.min, Limit.RECONNECT_MIN_MS),
      maxMs: limitOf(reconnect.max, Limit.RECONNECT_MAX_MS),
      lived: 0,
      accepted: 0,
      done: undefined,
      doneTimer: undefined,
    };
    if (!isBlockOpen(s.outbox.block)) return Status.NO_MEMORY;
    if (
      s.window > 0 &&
      s.inbox > 0 &&
      s.answerMs > 0 &&
      s.maxSubscriptions > 0 &&
      d.minMs > 0 &&
      d.maxMs >= d.minMs &&
      connectPacket(s, options).length > 0
    ) {
      // Not at once: the caller sets handlers first, and with `eager` publishes.
      d.timer = port.after(driveConnect, 0, d);
      return face(d, s);
    }
  }
  return Status.INVALID_OPTION;
}

/** The functions a caller gets. */
function face(d: Drive, s: Session): Client {
  const client: Client = {
    publish: (topic, payload, qos, retain) => publish(s, topic, payload as Payload, qos, retain),
    topic: topicOpen,
    publishParts: (topic, total, qos, retain, pull) =>
      publishParts(s, topic, total, qos, retain, pull),
    subscribe: (topicFilter, qos, onMessage) => subscribe(s, topicFilter, qos, onMessage),
    unsubscribe: (topicFilter) => unsubscribe(s, topicFilter),
    drain: (ms, done) => driveDrain(d, ms, done),
    end: () => driveEnd(d),
    stats: () => stats(d, s),
    on: (event, handler) => {
      s.handlers[event] = handler;
      forget(s);
      return client;
    },
  };
  return client;
}

function topicOpen(name: string): Topic | Status {
  const octets = encodeTopicName(name);
  return octets.length > 0 ? { octets: octets } : Status.INVALID_TOPIC;
}

function stats(d: Drive, s: Session): Stats {
  return {
    reconnects: d.accepted > 0 ? d.accepted - 1 : 0,
    refused: s.refused,
    skipped: s.skipped,
    inFlight: s.outbox.count,
    inFlightMax: s.outbox.high,
  };
}
