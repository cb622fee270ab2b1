// SPDX-License-Identifier: MIT
// The state of one MQTT-SN client, sans-IO: datagrams come in through `receive`, go out through the gate, and
// when something has to be done without either, `due` says in how many milliseconds. This file holds its
// record and its states.
//
// Theory of operation (specification sections 6.2 and 6.14). The phase is one of six:
//
//   OFFLINE ──a gateway is known──▶ CONNECTING ──CONNACK──▶ ONLINE ◀──CONNECT── ASLEEP ──time──▶ AWAKE
//      ▲                                │                     │ │                 ▲ ▲              │
//      └──── no answer, refused ◀───────┴── DISCONNECT ◀──────┘ └──to sleep───────┘ └──PINGRESP────┘
//   any phase ──end──▶ ENDED
//
// One message at a time is unanswered, whatever its type: `request`, with the type of its answer. The
// specification allows one PUBLISH, one REGISTER and one SUBSCRIBE at a time (sections 6.5, 6.6, 6.9); one of
// all needs one timer. It is sent again, octet for octet but for DUP, until the answer comes or the gateway
// is lost (section 6.13). What has to be sent is state first: the queue of messages, subscriptions that the
// gateway does not know. `next` makes the following request out of it, after every event.
//
// No gateway says whether it still has a session. So a new connection forgets what the last one had in
// common with its gateway: topic identifiers, and that it knows the subscriptions. Waking up does not.

import type { Gate, Listeners, Octets, Payload, Single } from "#engine";
import type { DatagramPort, Timer } from "../../boards/hal.js";
import type { Status } from "../status.js";
import type { Will } from "../wire/connect.js";
import type { MessageFields } from "./packet.js";

/** Where the client stands; see the theory of operation above. */
export const enum SnPhase {
  OFFLINE = 0,
  CONNECTING = 1,
  ONLINE = 2,
  ASLEEP = 3,
  AWAKE = 4,
  ENDED = 5,
}

/** What a message handler is told beside topic and payload; `at` and `total` are 0, for MQTT-SN has no parts. */
export interface SnPacket {
  qos: number;
  retain: boolean;
  dup: boolean;
  at: number;
  total: number;
}

/** Called for each message. */
export type SnHandler = (this: void, topic: string, payload: Payload, packet: SnPacket) => void;

/** What a CONNECT goes on with (sections 6.2 and 6.14). */
export const enum Resumption {
  NONE = 0,
  /** The session, on a new connection. */
  SESSION = 1,
  /** The connection, from sleep: the will and all identifiers as well. */
  AWAKE = 2,
}

/** Marks of a message. */
export const enum Stage {
  /** PUBREC has come. */
  RELEASED = -1,
}

/** A message that was accepted and is not done. */
export interface SnMessage {
  title: Octets;
  /** QoS and RETAIN. */
  flags: number;
  body: Octets;
  /** Its message identifier, 0 at QoS 0. */
  id: number;
  /** How often PUBLISH was begun with, or RELEASED. */
  stage: number;
}

/** One topic filter. */
export interface SnSubscription {
  filter: Octets;
  levels: Octets[];
  /** The QoS asked for, −1 when it is to be unsubscribed. */
  level: number;
  handler: SnHandler | undefined;
  id: number;
  /** Whether the gateway has answered on this connection. */
  isKnown: boolean;
}

/** A gateway to connect to. */
export interface Gateway {
  host: string;
  port: number;
  /** Whether it was found, and not named by the options. */
  isFound: boolean;
}

/** One client. */
export interface SnSession extends Single {
  phase: number;
  port: DatagramPort;
  gate: Gate;
  listeners: Listeners;
  fields: MessageFields;
  clientId: Octets;
  isClean: boolean;
  will: Will | undefined;
  /** Octets of a payload or a name that fit a datagram; a forwarder's header takes some. */
  mtu: number;
  nodeId: Octets;
  keepAlive: number;
  retryMs: number;
  retries: number;
  waitMs: number;
  minMs: number;
  maxMs: number;
  options: SnSessionOptions;

  /** The one timer, and when it has to fire next: 0 leaves it as it is. */
  timer: Timer;
  due: number;
  /** The bound of the next delay, which doubles up to the longest. */
  boundMs: number;
  /** The gateways known; the first is the one in use. */
  gateways: Gateway[];
  /** Who answered CONNECT: nobody else is listened to. */
  peer: string;

  /** The message that waits for its answer, the answer's type or 0, and its message identifier. */
  request: Octets;
  answer: number;
  awaited: Octets;
  tries: number;

  queue: SnMessage[];
  /** Octets in the queue, of names and payloads. */
  queued: number;
  outbox: number;
  inFlight: number;
  wanting: boolean;
  /** The gateway refused something for congestion: nothing is asked of it until the timer fires; 0 is none. */
  isCongested: boolean;
  pause: Timer;

  /** Topic names and what stands for them; of the gateway, and agreed upon beforehand. */
  names: Octets[];
  ids: Octets[];
  topics: number;
  fixedNames: Octets[];
  fixedIds: Octets[];
  /** The message identifier that there is not. */
  noId: Octets;
  lastId: number;
  /** Message identifiers of inbound QoS 2 messages that wait for PUBREL. */
  received: Octets[];
  subscriptions: SnSubscription[];
  maxSubscriptions: number;

  /** Seconds to sleep whenever there is nothing to do, 0 for never; those the gateway was told at most. */
  sleep: number;
  told: number;
  /** What the CONNECT under way, or the next one, goes on with. */
  resumption: Resumption;
  /** How often in a row nobody answered from sleep. */
  missed: number;
  /** A name was registered, and its message has not come. */
  isLingering: boolean;
  /** The will has changed since CONNECT. */
  isNewWill: boolean;

  isLeaving: boolean;
  done: ((this: void, status: Status, left: number) => void) | undefined;
  doneTimer: Timer;

  accepted: number;
  refused: number;
  skipped: number;
  /** The record its callers hold. */
  face: unknown;
}

/** What of the options is needed later, as they were given. */
export interface SnSessionOptions {
  /** Where gateways are looked for, such as a multicast group; without it they are not. */
  search?: { host: string; port: number; radius?: number | undefined } | undefined;
}
