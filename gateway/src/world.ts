// SPDX-License-Identifier: MIT
// What the gateway's core asks of the world around it: links to clients, a clock, a log, the server's side.
// The core opens nothing itself, so a test can be all of these.

import type { Octets } from "#engine";
import type { Session } from "./session.js";

/** A way to clients: a UDP socket, or one byte stream. */
export interface Link {
  /** As in the configuration; kept with sessions over a restart. */
  name: string;
  /** Octets of a message that fit. */
  mtu: number;
  /** T_RETRY. */
  retryMs: number;
  /** A link that belongs to one device can name it; else "". */
  clientId: Octets;
  send: (octets: Octets, host: string, port: number) => void;
  /** To everybody, for ADVERTISE and GWINFO; undefined where that cannot be. */
  broadcast?: ((octets: Octets) => void) | undefined;
}

/** Where a client is: a link, an address on it, and behind a forwarder the node's identifier. */
export interface Peer {
  link: Link;
  host: string;
  port: number;
  nodeId: Octets | undefined;
  /** All of that as one string. */
  key: string;
}

/** Time, timers, chance. */
export interface Clock {
  /** Milliseconds that only grow. */
  now: () => number;
  after: <T>(step: (given: T) => void, ms: number, given: T) => unknown;
  /** A timer that has not fired, or undefined. */
  stop: (timer: unknown) => void;
  /** 0 to below 1. */
  chance: () => number;
}

/** Structured logs; no payload, no password ever. */
export interface Log {
  debug: (fields: object, what: string) => void;
  info: (fields: object, what: string) => void;
  warn: (fields: object, what: string) => void;
}

/** A message, whichever way it goes. Topic and payload are octets. */
export interface Message {
  topic: Octets;
  payload: Octets;
  qos: number;
  retain: boolean;
}

/** How the server refused a connection. */
export const enum Refusal {
  /** It is not there, or says it is unavailable: later perhaps. */
  UNAVAILABLE = 1,
  /** It will not have this client. */
  FORBIDDEN = 3,
}

/** The server's side: one connection a client, or one for all. */
export interface Upstream {
  /** Answers with `accepted` or `refused`; at once where there is a connection already. */
  connect: (s: Session, isClean: boolean) => void;
  isUp: (s: Session) => boolean;
  /** `done(true)` when the server has acknowledged it, `done(false)` when it will not. */
  publish: (s: Session, message: Message, done: (isDone: boolean) => void) => void;
  /** `done(qos)` granted, 128 refused, −1 when the connection was lost. */
  subscribe: (s: Session, filter: Octets, qos: number, done: (granted: number) => void) => void;
  unsubscribe: (s: Session, filter: Octets, done: (isDone: boolean) => void) => void;
  /** The client has gone; `isForgotten` when its session is gone too. */
  disconnect: (s: Session, isForgotten: boolean) => void;
  /** On the gateway's own connection: QoS −1, and wills of clients whose own connection is down. */
  publishOwn: (message: Message) => void;
}

/** What the server's side tells the core. */
export interface UpstreamEvents {
  accepted: (s: Session, sessionPresent: boolean) => void;
  refused: (s: Session, refusal: Refusal) => void;
  lost: (s: Session) => void;
  message: (s: Session, message: Message) => void;
}
