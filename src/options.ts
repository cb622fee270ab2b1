// SPDX-License-Identifier: MIT
// What a caller may say to `connect`, and what makes no sense.

import type { ConnectFields } from "./wire/connect.js";

/** Where a server listens; what is left out is as for the first one. */
export interface Server {
  host?: string | undefined;
  port?: number | undefined;
  tls?: object | undefined;
}

/** Options of `connect`. Limits have the defaults of the bundle's profile. */
export interface Options extends ConnectFields {
  host: string;
  /** 1883, or 8883 with `tls`. */
  port?: number | undefined;
  /** Options of the platform's TLS; present means TLS. */
  tls?: object | undefined;
  /** More servers of the same system: each connection goes to the next one, first to `host`. */
  hosts?: Server[] | undefined;
  /** Backoff between the first bound and the longest, in milliseconds. */
  reconnect?: { min?: number | undefined; max?: number | undefined } | undefined;
  /** The longest wait for any answer, in milliseconds. */
  answerMs?: number | undefined;
  /** Sends what waits behind CONNECT, without waiting for CONNACK. */
  eager?: boolean | undefined;
  /** Octets of the outbox. */
  outbox?: number | undefined;
  /** QoS 1 and 2 messages in flight. */
  inFlight?: number | undefined;
  /** Octets of a packet that may be held; longer payloads come in parts. */
  inbox?: number | undefined;
  /** Entries for subscriptions. */
  subscriptions?: number | undefined;
  /** Octets handed to the link and not yet taken. */
  linkWindow?: number | undefined;
}
