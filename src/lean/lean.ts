// SPDX-License-Identifier: MIT
// The lean client: QoS 0 both ways, will, login, keep alive with a time-out, reconnect with backoff,
// subscriptions with wildcards; nothing is kept. A source of its own: the whole client with features
// switched off is twice as long. Same face and statuses, same link and clock.
//
// It checks less of what its caller says: text is taken to be UTF-8, filters and options to be valid.

import {
  faceOf,
  Gate,
  gateSend,
  Handler,
  isGiven,
  isEmpty,
  levelsOf,
  linkEnd,
  Listeners,
  Octets,
  orUsual,
  payloadCut,
  Payload,
  Room,
  Single,
  tell,
  hasWildcard,
  textOctets,
} from "#engine";
import { Limit } from "#limits";
import type { LinkEvents, Port, Timer } from "../../boards/hal.js";
import { Status } from "../status.js";
import { decodeInteger, encodeHeader, encodeInteger, encodeString, First } from "../wire/packet.js";
import { matchesTopic } from "../wire/topic.js";
import type { Options } from "../options.js";

/** A topic filter and who is called for it. */
interface Filter {
  octets: Octets;
  handler: Handler | undefined;
}

/** One lean client. */
export interface Lean extends Single {
  options: Options;
  port: Port;
  gate: Gate;
  listeners: Listeners;
  timer?: Timer;
  /** The bound of the next delay, in milliseconds. */
  boundMs: number;
  /** Seconds. */
  keepAlive: number;
  /** Whether CONNACK or PINGRESP is awaited. */
  isAwaiting?: boolean;
  /** What has come and is not read: the beginning of a packet, at most `Limit.LEAN_INBOX` octets. */
  rest: Octets;
  filters: Filter[];
  client?: LeanClient;
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

/** A control packet whole. */
function encodePacket(first: number, body: Octets): Octets {
  return encodeHeader(first, body.length, body);
}

/** Text as UTF-8 behind its length. */
function field(text: unknown): Octets {
  return encodeString(textOctets(text));
}

/** CONNECT. */
function connectPacket(l: Lean): Octets {
  const will = l.options.will;
  const username = l.options.username;
  const password = l.options.password;
  let flags = 2;
  let body = field(l.options.clientId);
  if (will) {
    flags += 4 + (isGiven(will.retain) ? 32 : 0) + orUsual(will.qos, 0) * 8;
    body += field(will.topic) + field(will.payload);
  }
  // No password without a user name, and be that empty [MQTT-3.1.2-22].
  if (username || password) {
    flags += 128;
    body += field(username || "");
  }
  if (password) {
    flags += 64;
    body += field(password);
  }
  // Protocol name and level: "MQTT", 4 [MQTT-3.1.2-1] [MQTT-3.1.2-2].
  return encodePacket(
    First.CONNECT,
    encodeString("MQTT") + String.fromCharCode(4, flags) + encodeInteger(l.keepAlive) + body,
  );
}

/**
 * The one timer's step. Without a connection it opens one: the first one, and each after a backoff. With
 * one it comes at three quarters of keep alive: the answer to CONNECT, or the last PINGREQ, has to be there.
 */
function leanStep(l: Lean): void {
  l.timer = l.port.after(leanStep, l.keepAlive * 750, l);
  if (l.gate.link && l.isAwaiting) leanClose(l, Status.NO_ANSWER);
  else {
    l.isAwaiting = true;
    if (l.gate.link) {
      // It has lived a while: a good connection.
      l.boundMs = Limit.RECONNECT_MIN_MS;
      gateSend(l.gate, String.fromCharCode(First.PINGREQ, 0));
    } else {
      // Here, since octets of the last connection may have come behind its end.
      l.rest = "";
      l.gate.link = l.port.open(l, events, l.options);
      if (l.gate.link) {
        gateSend(l.gate, connectPacket(l));
        l.gate.room = Room.SHUT;
      } else leanClose(l, Status.UNREACHABLE);
    }
  }
}

/**
 * Nothing of this connection counts any more. Unless the client ended (OK), the next one is opened after
 * a delay: full jitter, the bound doubles.
 */
function leanClose(l: Lean, status: Status): void {
  const link = l.gate.link;
  l.gate.link = undefined;
  l.gate.room = Room.SHUT;
  l.port.stop(l.timer);
  if (status < 0) {
    if (link) l.port.drop(link);
    if (l.boundMs > Limit.RECONNECT_MAX_MS) l.boundMs = Limit.RECONNECT_MAX_MS;
    l.timer = l.port.after(leanStep, l.port.chance(l.boundMs), l);
    l.boundMs *= 2;
    tell(l.listeners, l.listeners.on.close, status);
  } else if (link) linkEnd(link);
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
  l.rest += octets;
  while (l.gate.link && l.rest.length > 1) {
    const first = l.rest.charCodeAt(0);
    let at = 2;
    let length = l.rest.charCodeAt(1);
    if (length > 127) {
      length += (l.rest.length > 2 ? l.rest.charCodeAt(2) - 1 : 0) * 128;
      at = 3;
    }
    const end = at + length;
    // With a third octet of Remaining Length it is at least 16,384, whatever that says.
    if (length > 16383 || end > l.rest.length) {
      if (end > Limit.LEAN_INBOX) leanClose(l, Status.INBOX_FULL);
      break;
    }
    const body = l.rest.slice(at, end);
    l.rest = l.rest.slice(end);
    if (first === First.CONNACK && length > 1) leanAccept(l, body.charCodeAt(1));
    else if (l.gate.room === Room.SHUT) leanClose(l, Status.UNEXPECTED);
    else if (first === First.PINGRESP) l.isAwaiting = false;
    else if (first === First.SUBACK) {
      if (body.charCodeAt(2) > 2) {
        tell(l.listeners, l.listeners.on.error, Status.SUBSCRIPTION_REFUSED);
      }
    } else if (first - (first % 2) === First.PUBLISH) leanDeliver(l, body);
    else leanClose(l, Status.UNEXPECTED);
  }
}

/** CONNACK with its return code. */
function leanAccept(l: Lean, returnCode: number): void {
  if (returnCode > 0) {
    // What only a person can mend waits longest.
    l.boundMs = Limit.RECONNECT_MAX_MS;
    leanClose(l, -20 - returnCode);
  } else {
    l.isAwaiting = false;
    l.gate.room = Limit.LINK_WINDOW;
    leanAsk(l, 0);
    tell(l.listeners, l.listeners.on.connect);
  }
}

/** SUBSCRIBE of the filters from `at` on, where there is a connection; none has another's identifier. */
function leanAsk(l: Lean, at: number): void {
  while (at < l.filters.length && l.gate.room > Room.SHUT) {
    gateSend(
      l.gate,
      encodePacket(
        First.SUBSCRIBE,
        encodeInteger(at + 1) + encodeString(l.filters[at]!.octets) + String.fromCharCode(0),
      ),
    );
    at += 1;
  }
}

/** What a connection's adapter tells. */
const events: LinkEvents = {
  received: leanReceive,
  drained: leanDrained,
  closed: leanClosed,
};

/** A PUBLISH: calls every handler whose filter matches, or `message` where none does. */
function leanDeliver(l: Lean, body: Octets): void {
  const from = decodeInteger(body, 0) + 2;
  if (from <= body.length) {
    const topic = body.slice(2, from);
    const levels = levelsOf(topic);
    const payload = payloadCut(body, from, body.length);
    let handler = l.listeners.on.message;
    for (const filter of l.filters) {
      const isMatch = matchesTopic(levelsOf(filter.octets), levels);
      if (isMatch && filter.handler) {
        handler = undefined;
        tell(l.listeners, filter.handler, topic, payload);
      }
    }
    tell(l.listeners, handler, topic, payload);
  } else leanClose(l, Status.MALFORMED);
}

function leanPublish(
  l: Lean,
  topic: string,
  payload: string | number,
  qos?: number,
  retain?: boolean | number,
): Status {
  if (isGiven(qos)) return Status.INVALID_QOS;
  if (isEmpty(topic) || hasWildcard(topic)) return Status.INVALID_TOPIC;
  topic = encodePacket(
    isGiven(retain) ? First.PUBLISH + 1 : First.PUBLISH,
    field(topic) + textOctets(payload),
  );
  if (topic.length <= l.gate.room) return gateSend(l.gate, topic);
  return l.gate.room < 0 ? Status.OFFLINE : Status.WINDOW_FULL;
}

function leanSubscribe(
  l: Lean,
  topicFilter: string,
  qos: number | undefined,
  handler: Handler | undefined,
): Status {
  if (isGiven(qos)) return Status.INVALID_QOS;
  if (l.filters.length >= Limit.SUBSCRIPTIONS) return Status.SUBSCRIPTIONS_FULL;
  l.filters.push({ octets: textOctets(topicFilter), handler: handler });
  leanAsk(l, l.filters.length - 1);
  return Status.OK;
}

/** DISCONNECT, and no reconnect [MQTT-3.14.4-1]. */
function leanEnd(l: Lean): void {
  if (l.gate.room > Room.SHUT) gateSend(l.gate, String.fromCharCode(First.DISCONNECT, 0));
  leanClose(l, Status.OK);
}

/** A function of its own: one made in `leanOpen` would keep all that is local there, for good. */
function leanOn(l: Lean, event: string, handler: Handler): LeanClient {
  l.listeners.on[event] = handler;
  return l.client!;
}

/** Makes a lean client and connects it. */
export function leanOpen(options: Options, port: Port): LeanClient | Status {
  if (!options.host || !options.clientId) return Status.INVALID_OPTION;
  const l: Lean = {
    options: options,
    port: port,
    gate: { link: undefined, room: Room.SHUT, idle: 0 },
    listeners: { on: {} },
    boundMs: Limit.RECONNECT_MIN_MS,
    keepAlive: orUsual(options.keepAlive, Limit.KEEP_ALIVE),
    rest: "",
    filters: [],
  };
  l.timer = port.after(leanStep, 0, l);
  const client: LeanClient = {
    publish: (topic, payload, qos, retain) => leanPublish(l, topic, payload, qos, retain),
    subscribe: (topicFilter, qos, onMessage) => leanSubscribe(l, topicFilter, qos, onMessage),
    end: () => leanEnd(l),
    on: (event, handler) => leanOn(l, event, handler),
  };
  l.client = faceOf(client);
  return l.client;
}
