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

import type { Listeners, Octets, Payload, Single } from "#engine";
import type { DatagramLink, DatagramPort, Timer } from "../../boards/hal.js";
import type { Status } from "../status.js";
import type { Will } from "../wire/connect.js";
import type { SnOptions } from "./options.js";
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
  /** Nothing: a clean session. */
  CLEAN = 0,
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
  /** The QoS asked for, −1 when it is to be unsubscribed. */
  level: number;
  handler: SnHandler | undefined;
  id: number;
  /** Whether the gateway has answered on this connection. */
  isKnown: boolean;
}

/** A gateway to connect to, as the options name it or as it was found. */
export interface Gateway {
  host?: string | undefined;
  port?: number | undefined;
  /** Seconds of the port's clock: one that was found counts as gone then. Those named stay. */
  goneAt?: number | undefined;
}

/** One client. What of the options is asked for in one place is read there, in the record the caller gave. */
export interface SnSession extends Single {
  phase: SnPhase;
  port: DatagramPort;
  link: DatagramLink | undefined;
  listeners: Listeners;
  fields: MessageFields;
  options: SnOptions;
  clientId: Octets;
  will: Will | undefined;
  /** A forwarder's header, or "": it stands in front of all that is sent, and of all that is taken. */
  head: Octets;
  /** Octets of a payload or a name that fit a datagram. */
  mtu: number;
  keepAlive: number;
  retryMs: number;
  retries: number;

  /**
   * What the event under way has come to: a Status below 0 says that the connection is over, and why;
   * CONGESTION, that the gateway wants to be left alone for a while.
   */
  outcome: number;
  /** The one timer, and when it has to fire next: 0 leaves it as it is. */
  timer: Timer;
  due: number;
  /** The bound of the next delay, which doubles up to the longest; 0 is the shortest. */
  boundMs: number;
  /** The gateways known; the first is the one in use. */
  gateways: Gateway[];
  /** Who answered CONNECT: nobody else is listened to. */
  peer: string;

  /** The message that waits for its answer: its type and fields. */
  type: number;
  request: Octets;
  /** The answer's type, 0 where none is awaited, and its message identifier or "". */
  answer: number;
  awaited: Octets;
  tries: number;
  /** What the last SUBSCRIBE or UNSUBSCRIBE was for. */
  asked: SnSubscription | undefined;

  queue: SnMessage[];
  wanting: boolean;
  /** The gateway refused something for congestion: nothing is asked of it until the timer fires; 0 is none. */
  pause: Timer;

  /** Topic names and their keys (topics.ts): first those agreed upon beforehand, then the gateway's. */
  names: Octets[];
  keys: Octets[];
  fixed: number;
  lastId: number;
  /** Message identifiers of inbound QoS 2 messages that wait for PUBREL. */
  received: Octets[];
  subscriptions: SnSubscription[];

  /** Seconds to sleep whenever there is nothing to do, 0 for never; those the gateway was told at most. */
  sleep: number;
  told: number;
  /** What the CONNECT under way, or the next one, goes on with. */
  resumption: Resumption;
  /** How often in a row nobody answered from sleep. */
  missed: number;
  /** A name was registered, and its message has not come. */
  isLingering: boolean;
  /** What tells the gateway of a will that has changed: WILLTOPICUPD, then WILLMSGUPD; 0 is nothing. */
  newWill: number;
  /** Whether those are sent; else it is a new CONNECT. */
  updates: boolean;

  isLeaving: boolean;
  done: ((this: void, status: Status, left: number) => void) | undefined;
  doneTimer: Timer;

  accepted: number;
  refused: number;
  skipped: number;
  /** The record its callers hold. */
  face: unknown;
}
