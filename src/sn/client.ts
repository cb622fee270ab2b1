// SPDX-License-Identifier: MIT
// The MQTT-SN client as its callers see it: `connect`'s options and the record of functions it returns. Where the
// meaning is the same as over MQTT, so are the names.

import { faceOf, Handler, isNothing, isWhole, orUsual, Payload, textOctets } from "#engine";
import { Limit } from "#limits";
import type { DatagramPort } from "../../boards/hal.js";
import { Status } from "../status.js";
import type { Will } from "../wire/connect.js";
import { encodeInteger } from "../wire/packet.js";
import { drain, end, settle, step } from "./drive.js";
import { SnLimit } from "./limits.js";
import type { SnOptions } from "./options.js";
import { type MessageFields, MsgType, TopicIdType } from "./packet.js";
import { publish, refuse } from "./publish.js";
import { Resumption, type SnHandler, SnPhase, type SnSession } from "./session.js";
import { subscribe } from "./subscribe.js";
import { keyFrom } from "./topics.js";

export type { SnOptions } from "./options.js";

/** Figures since `connect`. */
export interface SnStats {
  /** Connections accepted after the first; waking up is none. */
  reconnects: number;
  /** Calls that were refused with a Status. */
  refused: number;
  /** Datagrams that were dropped: malformed, from somebody else, not awaited. */
  skipped: number;
  /** Messages in the queue. */
  inFlight: number;
}

/** One MQTT-SN client. */
export interface SnClient {
  /** Returns the message identifier, 0 at QoS 0 and −1, or a negative Status; then nothing has changed. */
  publish(
    topic: string,
    payload: Payload | number,
    qos?: number,
    retain?: boolean | number,
  ): number;
  /** Returns the message identifier that `subscribed` will name, or a Status. */
  subscribe(topicFilter: string, qos?: number, onMessage?: SnHandler): number;
  /** Returns the message identifier that `unsubscribed` will name, or a Status. */
  unsubscribe(topicFilter: string): number;
  /** Sleeps for up to so many seconds whenever there is nothing to do; 0 stays awake. Or a Status. */
  sleep(seconds: number): Status;
  /** Another will, told in a new CONNECT; undefined deletes it, and the session with it. */
  will(will: Will | undefined): Status;
  /** Ends when all is acknowledged, or after `ms`; `done(status, messages left)`. */
  drain(ms: number, done: (this: void, status: Status, left: number) => void): void;
  /** DISCONNECT, and no reconnect. */
  end(): void;
  stats(): SnStats;
  /** Sets the handler of an event; the last one set counts. */
  on(event: SnEvent, handler: Handler): SnClient;
}

/** What happens to a client; what handlers are given stands behind each. */
export type SnEvent =
  /** (): connected, and not merely awake. */
  | "connect"
  /** (topic, payload, packet): a message that no subscription's own handler took. */
  | "message"
  /** (msgId, granted QoS or Status) */
  | "subscribed"
  /** (msgId) */
  | "unsubscribed"
  /** (msgId): a QoS 1 or 2 message is the gateway's now. */
  | "delivered"
  /** (msgId, Status): the gateway will not have the message or its topic; it is given up. */
  | "refused"
  /** (msgId): the session was lost between PUBREC and PUBCOMP. */
  | "uncertain"
  /** (ms): the gateway keeps messages now; for so long nothing is sent or expected. */
  | "asleep"
  /** (): something was refused for want of room, and now there is room. */
  | "room"
  /** (Status): the connection is over; 0 after `end`. */
  | "close"
  /** (error): a handler threw. */
  | "error";

/** Makes a client and connects it; a Status when the options make no sense. */
export function snOpen(options: SnOptions, port: DatagramPort): SnClient | Status {
  const nodeId = options.nodeId || "";
  const head = isNothing(nodeId)
    ? ""
    : String.fromCharCode(nodeId.length + 3, MsgType.ENCAPSULATED, 0) + nodeId;
  const s: SnSession = {
    phase: SnPhase.OFFLINE,
    port: port,
    link: undefined,
    listeners: { on: {} },
    // Filled when the first datagram comes.
    fields: {} as MessageFields,
    options: options,
    clientId: textOctets(options.clientId),
    will: options.will,
    head: head,
    mtu: orUsual(options.mtu, SnLimit.DATAGRAM) - SnLimit.HEAD - head.length,
    keepAlive: orUsual(options.keepAlive, Limit.KEEP_ALIVE),
    retryMs: orUsual(options.retryMs, options.stream ? SnLimit.STREAM_RETRY_MS : SnLimit.RETRY_MS),
    retries: orUsual(options.retries, SnLimit.RETRIES),
    outcome: Status.OK,
    timer: 0,
    due: 0,
    boundMs: 0,
    gateways: [],
    peer: "",
    type: 0,
    request: "",
    answer: 0,
    awaited: "",
    tries: 0,
    asked: undefined,
    queue: [],
    wanting: false,
    pause: 0,
    names: [],
    keys: [],
    fixed: 0,
    lastId: port.chance(SnLimit.MAX_DURATION),
    received: [],
    subscriptions: [],
    sleep: 0,
    told: 0,
    resumption: options.cleanSession === false ? Resumption.SESSION : Resumption.CLEAN,
    missed: 0,
    isLingering: false,
    newWill: 0,
    updates: options.willUpdate === true,
    isLeaving: false,
    done: undefined,
    doneTimer: 0,
    accepted: 0,
    refused: 0,
    skipped: 0,
    face: 0,
  };
  const predefined = options.predefined || {};
  for (const name in predefined) {
    s.names.push(textOctets(name));
    s.keys.push(keyFrom(TopicIdType.PREDEFINED, encodeInteger(predefined[name]!)));
    s.fixed += 1;
  }
  if (options.host || options.stream) s.gateways.push(options);
  for (const gateway of options.gateways || []) s.gateways.push(gateway);
  if (
    isNothing(options.clientId) ||
    s.clientId.length > SnLimit.CLIENT_ID ||
    s.keepAlive > SnLimit.MAX_DURATION ||
    (s.gateways.length < 1 && !options.search)
  )
    return Status.INVALID_OPTION;
  // Not at once: the caller sets handlers first. A search begins by chance, lest many keep step (section 6.1).
  s.timer = port.after(step, s.gateways.length > 0 ? 0 : port.chance(SnLimit.SEARCH_MS), s);
  const client: SnClient = {
    publish: (topic, payload, qos, retain) => doPublish(s, topic, payload, qos, retain),
    subscribe: (topicFilter, qos, onMessage) => doSubscribe(s, topicFilter, qos, onMessage),
    unsubscribe: (topicFilter) => doUnsubscribe(s, topicFilter),
    sleep: (seconds) => setSleep(s, seconds),
    will: (will) => setWill(s, will),
    drain: (ms, done) => doDrain(s, ms, done),
    end: () => doEnd(s),
    stats: () => stats(s),
    on: (event, handler) => on(s, event, handler),
  };
  s.face = faceOf(client);
  return client;
}

/** What a call returns, after what follows from it. */
function settled(s: SnSession, result: number): number {
  settle(s);
  return result;
}

// Functions of their own: those made inside `snOpen` would keep all that is local there, for good.

function doPublish(
  s: SnSession,
  topic: string,
  payload: Payload | number,
  qos?: number,
  retain?: boolean | number,
): number {
  return settled(s, publish(s, topic, payload, qos, retain));
}

function doSubscribe(
  s: SnSession,
  topicFilter: string,
  qos: number | undefined,
  handler?: SnHandler,
): number {
  return settled(s, subscribe(s, topicFilter, qos, handler));
}

function doUnsubscribe(s: SnSession, topicFilter: string): number {
  return doSubscribe(s, topicFilter, -1);
}

function setWill(s: SnSession, will: Will | undefined): Status {
  s.will = will;
  s.newWill = MsgType.WILLTOPICUPD;
  return settled(s, Status.OK);
}

function setSleep(s: SnSession, seconds: number): Status {
  if (!isWhole(seconds, 0) || seconds > SnLimit.MAX_DURATION)
    return refuse(s, Status.INVALID_OPTION);
  s.sleep = seconds;
  return settled(s, Status.OK);
}

function doDrain(s: SnSession, ms: number, done: SnSession["done"]): void {
  drain(s, ms, done);
  settle(s);
}

function doEnd(s: SnSession): void {
  end(s);
  settle(s);
}

function on(s: SnSession, event: SnEvent, handler: Handler): SnClient {
  s.listeners.on[event] = handler;
  return s.face as SnClient;
}

function stats(s: SnSession): SnStats {
  return {
    reconnects: s.accepted > 0 ? s.accepted - 1 : 0,
    refused: s.refused,
    skipped: s.skipped,
    inFlight: s.queue.length,
  };
}
