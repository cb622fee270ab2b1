// SPDX-License-Identifier: MIT
// The lean client: QoS 0 both ways, will, login, keep alive with a time-out, reconnect with backoff,
// subscriptions with wildcards; nothing is kept. A source of its own: the whole client with features
// switched off is twice as long. Same face and statuses, same link and clock.
//
// It checks less of what its caller says: text is taken to be UTF-8, filters and options to be valid.

import {
  call,
  Gate,
  gateSend,
  isGiven,
  levelsOf,
  Listeners,
  Octets,
  orUsual,
  payloadCut,
  Payload,
  Room,
  Single,
  hasWildcard,
  utf8,
} from "#engine";
import { Limit } from "#limits";
import type { Connection, LinkEvents, Port, Timer } from "../../boards/hal.js";
import { Status } from "../status.js";
import { decodeInteger, encodeInteger, encodePacket, encodeString, First } from "../wire/packet.js";
import { matchesTopic } from "../wire/topic.js";
import type { Options } from "../options.js";

/** A topic filter and who is called for it. */
interface Filter {
  filter: Octets;
  handler: Function | undefined;
}

/** One lean client. */
export interface Lean extends Single {
  options: Options;
  port: Port;
  gate: Gate;
  listeners: Listeners;
  connection: Connection | undefined;
  timer: Timer;
  /** The bound of the next delay, in milliseconds. */
  boundMs: number;
  /** Whether CONNACK or PINGRESP is awaited. */
  isAwaiting: boolean;
  /** The beginning of a packet that was cut by the end of a chunk: at most `Limit.INBOX` octets. */
  rest: Octets;
  filters: Filter[];
}

/** What `connect` of the lean client returns. */
export interface LeanClient {
  /** Returns 0, or a negative Status; then nothing was sent. */
  publish(topic: string, payload: string | number, qos?: 0, retain?: boolean | number): Status;
  /** Returns 0, or a negative Status. Subscribed anew on each connection. */
  subscribe(
    topicFilter: string,
    qos?: 0,
    onMessage?: (topic: string, payload: Payload) => void,
  ): Status;
  /** DISCONNECT, and no reconnect. */
  end(): void;
  /** "connect" () · "message" (topic, payload) · "close" (Status) · "error" (Status or error). */
  on(event: "connect" | "message" | "close" | "error", handler: Function): LeanClient;
}

function connectPacket(options: Options): Octets {
  const will = options.will;
  let flags = 2;
  let body = encodeString(utf8(options.clientId!));
  if (will) {
    flags += 4 + (isGiven(will.retain) ? 32 : 0) + orUsual(will.qos, 0) * 8;
    body += encodeString(utf8(will.topic)) + encodeString(utf8(will.payload as string));
  }
  if (options.username) {
    flags += 128;
    body += encodeString(utf8(options.username));
    if (options.password) {
      flags += 64;
      body += encodeString(utf8(options.password as string));
    }
  }
  // Protocol name and level: "MQTT", 4 [MQTT-3.1.2-1] [MQTT-3.1.2-2].
  return encodePacket(
    First.CONNECT,
    encodeString("MQTT") +
      String.fromCharCode(4, flags) +
      encodeInteger(orUsual(options.keepAlive, Limit.KEEP_ALIVE)) +
      body,
    0,
  );
}

const events: LinkEvents = {
  opened: leanOpened,
  received: leanReceive,
  drained: leanDrained,
  closed: leanClosed,
};

/** Opens a connection: the first one, and each after a backoff. */
function leanConnect(l: Lean): void {
  const options = l.options;
  const tls = options.tls;
  l.isAwaiting = true;
  l.timer = undefined;
  l.connection = l.port.open(
    l,
    events,
    options.host,
    orUsual(options.port, tls ? 8883 : 1883),
    tls,
  );
  if (l.connection) arm(l);
  else leanClose(l, Status.UNREACHABLE);
}

/** At three quarters of keep alive: the answer to the last PINGREQ, or CONNECT, has to be there. */
function arm(l: Lean): void {
  l.timer = l.port.after(leanTick, orUsual(l.options.keepAlive, Limit.KEEP_ALIVE) * 750, l);
}

function leanTick(l: Lean): void {
  if (l.isAwaiting) leanClose(l, Status.NO_ANSWER);
  else {
    arm(l);
    // It has lived a while: a good connection.
    l.boundMs = Limit.RECONNECT_MIN_MS;
    l.isAwaiting = true;
    gateSend(l.gate, String.fromCharCode(First.PINGREQ, 0));
  }
}

/** Lets the connection go and opens the next one after a delay: full jitter, the bound doubles. */
function leanClose(l: Lean, status: Status): void {
  const connection = l.connection;
  l.connection = undefined;
  l.gate.room = Room.SHUT;
  l.rest = "";
  l.port.stop(l.timer);
  if (connection) connection.drop(connection);
  l.timer = l.port.after(leanConnect, l.boundMs * l.port.chance(), l);
  l.boundMs = l.boundMs < Limit.RECONNECT_MAX_MS / 2 ? l.boundMs * 2 : Limit.RECONNECT_MAX_MS;
  // What only a person can mend waits longest.
  if (status <= Status.REFUSED_PROTOCOL && status > Status.MALFORMED)
    l.boundMs = Limit.RECONNECT_MAX_MS;
  call(l.listeners, l.listeners.on.close, status);
}

/** The link is open. */
function leanOpened(this: Connection): void {
  const l = this.drive as Lean;
  if (l.connection === this) {
    l.gate.put = this.put;
    gateSend(l.gate, connectPacket(l.options));
    l.gate.room = Room.SHUT;
  }
}

/** The link has taken all it was given. */
function leanDrained(this: Connection): void {
  const l = this.drive as Lean;
  if (l.connection === this && l.gate.room > Room.SHUT) l.gate.room = Limit.LINK_WINDOW;
}

/** The connection is closed, or could not be opened. */
function leanClosed(this: Connection): void {
  const l = this.drive as Lean;
  if (l.connection === this) leanClose(l, Status.CLOSED);
}

function sendSubscribe(l: Lean, filter: Octets): void {
  gateSend(
    l.gate,
    encodePacket(
      First.SUBSCRIBE,
      encodeInteger(1) + encodeString(filter) + String.fromCharCode(0),
      0,
    ),
  );
}

/** Octets came: packets are read as far as they are whole. */
function leanReceive(this: Connection, octets: Octets): void {
  const l = this.drive as Lean;
  const chunk = l.rest + octets;
  let at = 0;
  let status = Status.OK;
  while (l.connection === this && status === Status.OK && at + 1 < chunk.length) {
    const first = chunk.charCodeAt(at);
    let body = at + 1;
    let length = 0;
    let unit = 1;
    let octet = 128;
    while (octet > 127 && body < chunk.length) {
      octet = chunk.charCodeAt(body);
      length += (octet % 128) * unit;
      unit *= 128;
      body += 1;
    }
    const end = body + length;
    if (octet > 127 || end > chunk.length) {
      if (end - at > Limit.INBOX || body - at > 4) status = Status.INBOX_FULL;
      break;
    }
    at = end;
    if (first === First.CONNACK) {
      const returnCode = chunk.charCodeAt(body + 1);
      if (returnCode > 0) status = -20 - returnCode;
      else {
        l.isAwaiting = false;
        l.gate.room = Limit.LINK_WINDOW;
        for (const filter of l.filters) sendSubscribe(l, filter.filter);
        call(l.listeners, l.listeners.on.connect);
      }
    } else if (l.gate.room === Room.SHUT) status = Status.UNEXPECTED;
    else if (first < First.PUBLISH + 2) {
      const topicEnd = body + 2 + decodeInteger(chunk, body);
      if (topicEnd > end) status = Status.MALFORMED;
      else leanDeliver(l, chunk.slice(body + 2, topicEnd), payloadCut(chunk, topicEnd, end));
    } else if (first === First.SUBACK) {
      if (chunk.charCodeAt(end - 1) > 2) {
        call(l.listeners, l.listeners.on.error, Status.SUBSCRIPTION_REFUSED);
      }
    } else if (first === First.PINGRESP) l.isAwaiting = false;
    else status = Status.UNEXPECTED;
  }
  if (l.connection === this) {
    l.rest = chunk.slice(at);
    if (status < 0) leanClose(l, status);
  }
}

/** Calls every handler whose filter matches, or `message` where none does. */
function leanDeliver(l: Lean, topic: Octets, payload: Payload): void {
  const levels = levelsOf(topic);
  let handler = l.listeners.on.message;
  for (const filter of l.filters) {
    if (filter.handler && matchesTopic(levelsOf(filter.filter), levels)) {
      handler = undefined;
      call(l.listeners, filter.handler, topic, payload);
    }
  }
  call(l.listeners, handler, topic, payload);
}

function leanPublish(
  l: Lean,
  topic: string,
  payload: string | number,
  qos?: number,
  retain?: boolean | number,
): Status {
  const name = utf8(topic);
  if (isGiven(qos)) return Status.INVALID_QOS;
  if (name === "" || hasWildcard(name)) return Status.INVALID_TOPIC;
  const packet = encodePacket(
    isGiven(retain) ? First.PUBLISH + 1 : First.PUBLISH,
    encodeString(name) + utf8("" + payload),
    0,
  );
  if (packet.length <= l.gate.room) return gateSend(l.gate, packet);
  return l.gate.room < 0 ? Status.OFFLINE : Status.WINDOW_FULL;
}

function leanSubscribe(
  l: Lean,
  topicFilter: string,
  qos: number | undefined,
  handler: Function | undefined,
): Status {
  const filter = utf8(topicFilter);
  if (isGiven(qos)) return Status.INVALID_QOS;
  if (l.filters.length >= Limit.SUBSCRIPTIONS) return Status.SUBSCRIPTIONS_FULL;
  l.filters.push({ filter: filter, handler: handler });
  if (l.gate.room > Room.SHUT) sendSubscribe(l, filter);
  return Status.OK;
}

/** DISCONNECT, and no reconnect [MQTT-3.14.4-1]. */
function leanEnd(l: Lean): void {
  const connection = l.connection;
  l.connection = undefined;
  l.port.stop(l.timer);
  if (connection) {
    if (l.gate.room > Room.SHUT) gateSend(l.gate, String.fromCharCode(First.DISCONNECT, 0));
    connection.end();
  }
  l.gate.room = Room.SHUT;
}

/** Makes a lean client and connects it. */
export function leanOpen(options: Options, port: Port): LeanClient | Status {
  if (!options.host || !options.clientId) return Status.INVALID_OPTION;
  const l: Lean = {
    options: options,
    port: port,
    gate: { put: undefined as never, room: Room.SHUT },
    listeners: { on: {} },
    connection: undefined,
    timer: undefined,
    boundMs: Limit.RECONNECT_MIN_MS,
    isAwaiting: false,
    rest: "",
    filters: [],
  };
  l.timer = port.after(leanConnect, 0, l);
  const client: LeanClient = {
    publish: (topic, payload, qos, retain) => leanPublish(l, topic, payload, qos, retain),
    subscribe: (topicFilter, qos, onMessage) => leanSubscribe(l, topicFilter, qos, onMessage),
    end: () => leanEnd(l),
    on: (event, handler) => {
      l.listeners.on[event] = handler;
      return client;
    },
  };
  return client;
}
