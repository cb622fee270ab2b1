// SPDX-License-Identifier: MIT
// The limits of a device bundle: what each costs in RAM, on Espruino, stands beside it, measured:
// docs/memory.md. Options of the same name given to `connect` win. Chosen at build time through the import path `#limits`.

/** Sizes in octets, counts, and times in milliseconds. */
export const enum Limit {
  /** Outbox: octets of QoS 1 and 2 PUBLISHes kept until acknowledged. One block of that size. */
  OUTBOX = 1024,
  /** PUBLISHes in flight. About 8 octets each, reserved. */
  IN_FLIGHT = 16,
  /** Octets of a packet cut by the end of a chunk that are held; a longer payload comes in parts. */
  INBOX = 512,
  /** The same of the lean client, which takes packets whole: at most 16,383. */
  LEAN_INBOX = 512,
  /** Subscriptions. About 310 octets each, when used. */
  SUBSCRIPTIONS = 8,
  /** Octets handed to the link and not yet taken by it. The firmware's send string grows to that. */
  LINK_WINDOW = 1024,
  /** Octets beyond the window for acknowledgements and PINGREQ. */
  LINK_RESERVE = 512,
  /** Identifiers of inbound QoS 2 messages not yet released. About 28 octets each, when used. */
  RECEIVED = 20,
  /** Topics remembered, encoded, of those published to, and with their handler of those received. */
  TOPICS = 4,
  /** The longest wait for any answer. */
  ANSWER_MS = 20000,
  /** Seconds. */
  KEEP_ALIVE = 60,
  /** Backoff: the first longest delay, and the longest of all. */
  RECONNECT_MIN_MS = 1000,
  RECONNECT_MAX_MS = 60000,
  /** A connection that lived this long was a good one: the backoff starts anew. */
  STEADY_MS = 10000,
}
