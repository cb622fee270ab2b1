// SPDX-License-Identifier: MIT
// What a Status means, in words, for Node and browsers; bundles for boards hold the numbers only. A
// test holds that the texts are those of status.ts.

import { Status } from "./status.js";

const TEXTS: Record<number, string> = {
  [Status.OK]: "Done.",
  [Status.INVALID_TOPIC]:
    "The topic is empty, too long, not UTF-8, holds U+0000, or a wildcard where none may be.",
  [Status.INVALID_PAYLOAD]:
    "The payload is neither octets nor text, or a pull function did not return octets.",
  [Status.INVALID_QOS]: "QoS is 0, 1 or 2.",
  [Status.INVALID_OPTION]: "An option given to `connect` makes no sense.",
  [Status.ENDED]: "The client has ended; call `connect` again.",
  [Status.NOT_SUBSCRIBED]: "That topic filter has no subscription.",
  [Status.TOO_LONG]:
    "The message can never fit: it is longer than the outbox or `linkWindow`, or than a packet may be.",
  [Status.ONE_CLIENT]:
    "This bundle holds one client, and that one has not ended or its connection is not closed yet.",
  [Status.INSECURE]:
    "TLS verifies nobody on this firmware, or is missing; `tls: { insecure: true }` takes it as it is.",
  [Status.OUTBOX_FULL]: "The outbox has no room: wait for `room`.",
  [Status.IN_FLIGHT_FULL]: "Every in-flight slot is taken: wait for `room`.",
  [Status.SUBSCRIPTIONS_FULL]: "Every subscription entry is taken.",
  [Status.WINDOW_FULL]:
    "The link has as many octets under way as `linkWindow` allows: wait for `room`.",
  [Status.NO_MEMORY]: "The engine had no block of memory for the outbox.",
  [Status.RECEIVED_FULL]:
    "The server keeps more QoS 2 messages open than the table of received identifiers holds.",
  [Status.INBOX_FULL]:
    "The server sent a topic name, or a packet other than PUBLISH, longer than the inbox.",
  [Status.STORE_FAILED]:
    "Counters cannot be written to the store, and would be lost at the next start.",
  [Status.COUNTER_SPENT]: "All counters of this key were used: give both sides a new key.",
  [Status.NOT_SUPPORTED]:
    "The gateway refused it, not for want of room: a connection, a topic, a message (MQTT-SN only).",
  [Status.REFUSED_PROTOCOL]: "The server refused the protocol version (CONNACK 1).",
  [Status.REFUSED_IDENTIFIER]: "The server refused the client identifier (CONNACK 2).",
  [Status.REFUSED_UNAVAILABLE]: "The server is there but not available (CONNACK 3).",
  [Status.REFUSED_LOGIN]: "The server refused user name or password (CONNACK 4).",
  [Status.REFUSED_AUTHORIZATION]: "The server does not authorize this client (CONNACK 5).",
  [Status.MALFORMED]: "The server sent octets that are no MQTT 3.1.1 packet.",
  [Status.UNEXPECTED]: "The server sent a packet that is not allowed here.",
  [Status.SUBSCRIPTION_REFUSED]: "The server refused a subscription (SUBACK 0x80).",
  [Status.TAKEN_OVER]:
    "Closed early three times in a row: most likely another client uses this client identifier.",
  [Status.OFFLINE]: "There is no connection now.",
  [Status.CLOSED]: "The network connection was closed by the other side or got lost.",
  [Status.UNREACHABLE]:
    "No network, unknown host, refused port, no TLS to trust, or closed before CONNECT was answered.",
  [Status.NO_ANSWER]: "An answer did not come within `answerMs`.",
  [Status.LINK_FAILED]:
    "The link failed: a write threw, or acknowledgements that had to be sent were not taken.",
  [Status.FORGED]: "The message has no signature, or that of another key, topic, payload or side.",
  [Status.REPLAYED]: "A message with this counter, or a later one, was accepted before.",
};

/**
 * The meaning of a Status, as a sentence. Of an Error, which handlers of `error` get too, its
 * message; of a number from 0 on, which is no failure, the text of OK.
 */
export function explain(status: unknown): string {
  if (status instanceof Error) return status.message;
  if (typeof status !== "number") return String(status);
  if (status >= 0) return TEXTS[Status.OK]!;
  return TEXTS[status] ?? `There is no Status ${status}.`;
}
