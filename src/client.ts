// SPDX-License-Identifier: MIT
// The client as its callers see it: `connect` and the record of functions it returns.

import {
  faceOf,
  Handler,
  isBlockOpen,
  isEmpty,
  isWhole,
  joinRecords,
  Payload,
  Room,
  utf8,
} from "#engine";
import { Limit } from "#limits";
import type { Port } from "../boards/hal.js";
import type { Options } from "./options.js";
import { Identifier, outboxOpen } from "./ring/outbox.js";
import { forget } from "./session/dispatch.js";
import { publish, publishParts, type Topic } from "./session/publish.js";
import { type MessageHandler, type MessagePacket, Phase, type Session } from "./session/session.js";
import { subscribe, unsubscribe } from "./session/subscribe.js";
import { Status } from "./status.js";
import { type Drive, driveConnect, driveDrain, driveEnd } from "./transport/drive.js";
import { encodeConnect } from "./wire/connect.js";
import { type HeaderFields } from "./wire/packet.js";
import type { PublishFields } from "./wire/publish.js";
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
    pull: (this: void, at: number, max: number) => Payload,
  ): number;
  /** Returns the packet identifier that `subscribed` will name, or a Status. */
  subscribe(topicFilter: string, qos?: number, onMessage?: MessageHandler): number;
  /** Returns the packet identifier that `unsubscribed` will name, or a Status. */
  unsubscribe(topicFilter: string): number;
  /**
   * Ends when all is acknowledged, or after `ms`; `done(status, messages left)`. Asked again, the last
   * `ms` and `done` count, and the ones before are forgotten.
   */
  drain(ms: number, done: (this: void, status: Status, left: number) => void): void;
  /**
   * DISCONNECT, and no reconnect. `close` follows when the link has closed, which on a board with a dead
   * network is up to the firmware; `drain` has a bound.
   */
  end(): void;
  stats(): Stats;
  /** Sets the handler of an event; the last one set counts. */
  on(event: ClientEvent, handler: Handler): Client;
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
  /** (packetId): the server lost its session before PUBCOMP, or has no QoS 2: perhaps it came twice. */
  | "uncertain"
  /** (): something was refused for want of room, and now there is room. */
  | "room"
  /** (Status): the connection is closed; 0 after `end`. */
  | "close"
  /** (Status or error): a handler threw, or something a person has to know. */
  | "error";

/** The options that are whole numbers, `min` and `max` those of `reconnect`. */
interface Usual {
  port: number;
  keepAlive: number;
  outbox: number;
  inFlight: number;
  inbox: number;
  subscriptions: number;
  linkWindow: number;
  answerMs: number;
  min: number;
  max: number;
}

/** Makes a client and connects it; a Status when the options make no sense. */
export function clientOpen(options: Options, port: Port): Client | Status {
  const usual: Record<string, number> & Usual = {
    port: 1883,
    keepAlive: Limit.KEEP_ALIVE,
    outbox: Limit.OUTBOX,
    inFlight: Limit.IN_FLIGHT,
    inbox: Limit.INBOX,
    subscriptions: Limit.SUBSCRIPTIONS,
    linkWindow: Limit.LINK_WINDOW,
    answerMs: Limit.ANSWER_MS,
    min: Limit.RECONNECT_MIN_MS,
    max: Limit.RECONNECT_MAX_MS,
  };
  if (!options || !options.host) return Status.INVALID_OPTION;
  const given = joinRecords(options, options.reconnect);
  for (const name in usual) {
    const value = given[name];
    // Whole numbers from 1 on, or 0.
    if (value !== undefined) {
      if (!isWhole(value, name === "keepAlive" ? 0 : 1)) return Status.INVALID_OPTION;
      usual[name] = value as number;
    }
  }
  const connect = encodeConnect(options, options.cleanSession !== false, usual.keepAlive);
  if (usual.inFlight > 9999 || usual.max < usual.min || isEmpty(connect)) {
    return Status.INVALID_OPTION;
  }
  const ms = usual.keepAlive * 1000;
  const outbox = outboxOpen(usual.outbox, usual.inFlight, port.chance(Identifier.PUBLISH_MAX));
  if (!isBlockOpen(outbox.block)) return Status.NO_MEMORY;
  const s: Session = {
    phase: Phase.OFFLINE,
    gate: { link: undefined, room: Room.SHUT, idle: 0 },
    outbox: outbox,
    listeners: { on: {} },
    // Filled when the first message comes.
    fields: {} as PublishFields,
    header: {} as HeaderFields,
    options: options,
    window: usual.linkWindow,
    inbox: usual.inbox,
    answerMs: usual.answerMs,
    keepAliveMs: ms,
    tickMs: Math.ceil((ms > 0 && ms < usual.answerMs ? ms : usual.answerMs) / 4),
    // Equal to no topic.
    topicKey: {},
    topicOut: "",
    sources: {},
    part: 0,
    released: [],
    messages: 0,
    messagesMax: 0,
    acks: "",
    wanting: false,
    freed: false,
    chunk: "",
    at: 0,
    topicIn: "",
    route: undefined,
    handler: undefined,
    routes: [],
    packet: {} as MessagePacket,
    described: -1,
    left: 0,
    mute: false,
    received: [],
    subscriptions: [],
    maxSubscriptions: usual.subscriptions,
    lastId: Identifier.PUBLISH_MAX,
    connection: 0,
    accepted: 0,
    lived: 0,
    isAwaiting: false,
    ages: {},
    silent: 0,
    refused: 0,
    skipped: 0,
  };
  const d: Drive = {
    session: s,
    port: port,
    connect: connect,
    timer: 0,
    minMs: usual.min,
    maxMs: usual.max,
    boundMs: usual.min,
    kicks: 0,
    done: undefined,
    doneTimer: 0,
    face: 0,
  };
  // Not at once: the caller sets handlers first, and with `eager` publishes.
  d.timer = port.after(driveConnect, 0, d);
  const client: Client = {
    publish: (topic, payload, qos, retain) => publish(s, topic, payload as Payload, qos, retain),
    topic: (name) => topicOpen(name),
    publishParts: (topic, total, qos, retain, pull) =>
      publishParts(s, topic, total, qos, retain, pull),
    subscribe: (topicFilter, qos, onMessage) => subscribe(s, topicFilter, qos, onMessage),
    unsubscribe: (topicFilter) => unsubscribe(s, topicFilter),
    drain: (ms, done) => driveDrain(d, ms, done),
    end: () => driveEnd(d),
    stats: () => stats(s),
    on: (event, handler) => on(d, event, handler),
  };
  d.face = faceOf(client);
  return client;
}

/** A function of its own: one made inside would keep all that is local there, for good. */
function on(d: Drive, event: ClientEvent, handler: Handler): Client {
  d.session.listeners.on[event] = handler;
  forget(d.session);
  return d.face as Client;
}

function topicOpen(name: string): Topic | Status {
  const octets = encodeTopicName(utf8(name));
  return isEmpty(octets) ? Status.INVALID_TOPIC : { octets: octets };
}

function stats(s: Session): Stats {
  return {
    reconnects: s.accepted > 0 ? s.accepted - 1 : 0,
    refused: s.refused,
    skipped: s.skipped,
    inFlight: s.messages,
    inFlightMax: s.messagesMax,
  };
}
