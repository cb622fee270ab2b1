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
  Handler,
  isGiven,
  levelsOf,
  linkEnd,
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
import type { LinkEvents, Port, Timer } from "../../boards/hal.js";
import { Status } from "../status.js";
import {
  decodeHeader,
  encodeHeader,
  encodeInteger,
  encodeString,
  First,
  HeaderFields,
} from "../wire/packet.js";
import { topicEnd } from "../wire/publish.js";
import { encodeSubscription } from "../wire/subscribe.js";
import { matchesTopic } from "../wire/topic.js";
import type { Options } from "../options.js";

/** A topic filter and who is called for it. */
interface Filter {
  filter: Octets;
  handler: Handler | undefined;
}

/** One lean client. */
export interface Lean extends Single {
  options: Options;
  port: Port;
  gate: Gate;
  listeners: Listeners;
  header: HeaderFields;
  timer: Timer;
  /** The bound of the next delay, in milliseconds. */
  boundMs: number;
  /** Three quarters of keep alive, in milliseconds. */
  tickMs: number;
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
    onMessage?: (this: void, topic: string, payload: Payload) => void,
  ): Status;
  /** DISCONNECT, and no reconnect. */
  end(): void;
  /** "connect" () · "message" (topic, payload) · "close" (Status) · "error" (Status or error). */
  on(event: "connect" | "message" | "close" | "error", handler: Handler): LeanClient;
}

/** Text as UTF-8 behind its length. */
function field(text: string): Octets {
  return encodeString(utf8(text));
}

/** A control packet whole. */
function packet(first: number, body: Octets): Octets {
  return encodeHeader(first, body.length) + body;
}

/** CONNECT. */
function connectPacket(l: Lean): Octets {
  const options = l.options;
  const will = options.will;
  let flags = 2;
  let body = field(options.clientId!);
  if (will) {
    flags += 4 + (isGiven(will.retain) ? 32 : 0) + orUsual(will.qos, 0) * 8;
    body += field(will.topic) + field(will.payload as string);
  }
  if (options.username) {
    flags += 128;
    body += field(options.username);
  }
  if (options.password) {
    flags += 64;
    body += field(options.password as string);
  }
  // Protocol name and level: "MQTT", 4 [MQTT-3.1.2-1] [MQTT-3.1.2-2].
  return packet(
    First.CONNECT,
    encodeString("MQTT") +
      String.fromCharCode(4, flags) +
      encodeInteger(orUsual(options.keepAlive, Limit.KEEP_ALIVE)) +
      body,
  );
}

/** Opens a connection: the first one, and each after a backoff. */
function leanConnect(l: Lean): void {
  l.isAwaiting = true;
  l.gate.link = l.port.open(l, events, l.options);
  l.timer = l.port.after(leanTick, l.tickMs, l);
  if (l.gate.link) {
    gateSend(l.gate, connectPacket(l));
    l.gate.room = Room.SHUT;
  } else leanClose(l, Status.UNREACHABLE);
}

/** At three quarters of keep alive: the answer to the last PINGREQ, or CONNECT, has to be there. */
function leanTick(l: Lean): void {
  l.timer = l.port.after(leanTick, l.tickMs, l);
  if (l.isAwaiting) leanClose(l, Status.NO_ANSWER);
  else {
    // It has lived a while: a good connection.
    l.boundMs = Limit.RECONNECT_MIN_MS;
    l.isAwaiting = true;
    gateSend(l.gate, String.fromCharCode(First.PINGREQ, 0));
  }
}

/** Lets the connection go and opens the next one after a delay: full jitter, the bound doubles. */
function leanClose(l: Lean, status: Status): void {
  const link = l.gate.link;
  leanForget(l);
  if (link) l.port.drop(link);
  // What only a person can mend waits longest.
  if (
    l.boundMs > Limit.RECONNECT_MAX_MS ||
    (status <= Status.REFUSED_PROTOCOL && status > Status.MALFORMED)
  ) {
    l.boundMs = Limit.RECONNECT_MAX_MS;
  }
  l.timer = l.port.after(leanConnect, l.port.chance(l.boundMs), l);
  l.boundMs *= 2;
  call(l.listeners, l.listeners.on.close, status);
}

/** Nothing of this connection counts any more. */
function leanForget(l: Lean): void {
  l.gate.link = undefined;
  l.gate.room = Room.SHUT;
  l.rest = "";
  l.port.stop(l.timer);
}

/** The link has taken all it was given. */
function leanDrained(l: Lean): void {
  if (l.gate.room > Room.SHUT) l.gate.room = Limit.LINK_WINDOW;
}

/** The connection is closed, or could not be opened. */
function leanClosed(l: Lean): void {
  if (l.gate.link) leanClose(l, Status.CLOSED);
}

/** Octets came: packets are read as far as they are whole. */
function leanReceive(l: Lean, octets: Octets): void {
  const chunk = l.rest + octets;
  let at = 0;
  let status = Status.OK;
  while (l.gate.link && status === Status.OK && at < chunk.length) {
    const first = chunk.charCodeAt(at);
    const body = decodeHeader(l.header, chunk, at);
    const end = body + l.header.length;
    if (body < 1 || end > chunk.length) {
      if (body < 0 || end - at > Limit.INBOX) status = Status.INBOX_FULL;
      break;
    }
    at = end;
    if (first === First.CONNACK) {
      status = -chunk.charCodeAt(body + 1);
      if (status < 0) status -= 20;
      else {
        l.isAwaiting = false;
        l.gate.room = Limit.LINK_WINDOW;
        for (const filter of l.filters) {
          gateSend(l.gate, encodeSubscription(1, filter.filter, 0));
        }
        call(l.listeners, l.listeners.on.connect);
      }
    } else if (l.gate.room === Room.SHUT) status = Status.UNEXPECTED;
    else if (first === First.PINGRESP) l.isAwaiting = false;
    else if (first === First.SUBACK) {
      if (chunk.charCodeAt(end - 1) > 2) {
        call(l.listeners, l.listeners.on.error, Status.SUBSCRIPTION_REFUSED);
      }
    } else {
      const from = topicEnd(chunk, body);
      if (first > First.PUBLISH + 1 || first < First.PUBLISH) status = Status.UNEXPECTED;
      else if (from > end) status = Status.MALFORMED;
      else leanDeliver(l, chunk.slice(body + 2, from), payloadCut(chunk, from, end));
    }
  }
  if (l.gate.link) {
    l.rest = chunk.slice(at);
    if (status < 0) leanClose(l, status);
  }
}

/** What a connection's adapter tells. */
const events: LinkEvents = {
  received: leanReceive,
  drained: leanDrained,
  closed: leanClosed,
};

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
  const octets = packet(
    isGiven(retain) ? First.PUBLISH + 1 : First.PUBLISH,
    encodeString(name) + utf8("" + payload),
  );
  if (octets.length <= l.gate.room) return gateSend(l.gate, octets);
  return l.gate.room < 0 ? Status.OFFLINE : Status.WINDOW_FULL;
}

function leanSubscribe(
  l: Lean,
  topicFilter: string,
  qos: number | undefined,
  handler: Handler | undefined,
): Status {
  const filter = utf8(topicFilter);
  if (isGiven(qos)) return Status.INVALID_QOS;
  if (l.filters.length >= Limit.SUBSCRIPTIONS) return Status.SUBSCRIPTIONS_FULL;
  l.filters.push({ filter: filter, handler: handler });
  if (l.gate.room > Room.SHUT) gateSend(l.gate, encodeSubscription(1, filter, 0));
  return Status.OK;
}

/** DISCONNECT, and no reconnect [MQTT-3.14.4-1]. */
function leanEnd(l: Lean): void {
  if (l.gate.link) {
    if (l.gate.room > Room.SHUT) gateSend(l.gate, String.fromCharCode(First.DISCONNECT, 0));
    linkEnd(l.gate.link);
  }
  leanForget(l);
}

/** Makes a lean client and connects it. */
export function leanOpen(options: Options, port: Port): LeanClient | Status {
  if (!options.host || !options.clientId) return Status.INVALID_OPTION;
  const l: Lean = {
    options: options,
    port: port,
    gate: { link: undefined, room: Room.SHUT, idle: 0 },
    listeners: { on: {} },
    header: { length: 0 },
    timer: undefined,
    boundMs: Limit.RECONNECT_MIN_MS,
    tickMs: orUsual(options.keepAlive, Limit.KEEP_ALIVE) * 750,
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
