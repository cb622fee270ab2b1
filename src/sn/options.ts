// SPDX-License-Identifier: MIT
// What a program gives to `connect`. The client keeps the record and reads it where it needs it.

import type { Will } from "../wire/connect.js";

/** Options of `connect`. Limits have the defaults of the bundle's profile; 0 stands for the default. */
export interface SnOptions {
  /** 1 to 23 octets. */
  clientId: string;
  /** The gateway; over UDP this, `gateways` or `search` is needed, over a stream none of them. */
  host?: string | undefined;
  /** 1883. */
  port?: number | undefined;
  /** More gateways, for when that one does not answer. */
  gateways?: { host: string; port?: number | undefined }[] | undefined;
  /** Where gateways are looked for, such as a multicast group; without it they are not. */
  search?: { host: string; port: number; radius?: number | undefined } | undefined;
  /** A byte stream in place of UDP: the platform's own serial port. */
  stream?: unknown;
  cleanSession?: boolean | undefined;
  will?: Will | undefined;
  /** A changed will is told by WILLTOPICUPD and WILLMSGUPD, in place of a new CONNECT. */
  willUpdate?: boolean | undefined;
  /** Topic names, or filters, with the identifiers agreed upon for them. */
  predefined?: Record<string, number> | undefined;
  /** The wireless node the client says it is, behind a forwarder's header. */
  nodeId?: string | undefined;
  /** Seconds, from 1 on. */
  keepAlive?: number | undefined;
  /** T_RETRY, and N_RETRY. */
  retryMs?: number | undefined;
  retries?: number | undefined;
  /** T_WAIT. */
  waitMs?: number | undefined;
  reconnect?: { min?: number | undefined; max?: number | undefined } | undefined;
  /** Octets of names and payloads that wait, and how many messages. */
  outbox?: number | undefined;
  inFlight?: number | undefined;
  subscriptions?: number | undefined;
  /** Topic names whose identifiers are remembered. */
  topics?: number | undefined;
  /** Octets of a datagram. */
  mtu?: number | undefined;
}
