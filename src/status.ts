// SPDX-License-Identifier: MIT
// Every outcome as a number, sorted by blame: zero and above is success, −1…−9 the caller, −10…−19
// our own limits (try again later), −20…−29 the server, −30…−39 the link, −50…−59 who signed a
// message, or says so; −40…−49 are devices, in boards/sensors/status.ts. Bundles hold the numbers
// only; the texts in docs/status.md are generated from these comments.

/** The outcome of a call or the reason of an event. */
export const enum Status {
  /** Done. */
  OK = 0,

  /** The topic is empty, too long, not UTF-8, holds U+0000, or a wildcard where none may be. */
  INVALID_TOPIC = -1,
  /** The payload is neither octets nor text, or a pull function did not return octets. */
  INVALID_PAYLOAD = -2,
  /** QoS is 0, 1 or 2. */
  INVALID_QOS = -3,
  /** An option given to `connect` makes no sense. */
  INVALID_OPTION = -4,
  /** The client has ended; call `connect` again. */
  ENDED = -5,
  /** That topic filter has no subscription. */
  NOT_SUBSCRIBED = -6,
  /** The message can never fit: it is longer than the outbox or `linkWindow`, or than a packet may be. */
  TOO_LONG = -7,
  /** This bundle holds one client, and that one has not ended or its connection is not closed yet. */
  ONE_CLIENT = -8,
  /** TLS verifies nobody on this firmware, or is missing; `tls: { insecure: true }` takes it as it is. */
  INSECURE = -9,

  /** The outbox has no room: wait for `room`. */
  OUTBOX_FULL = -10,
  /** Every in-flight slot is taken: wait for `room`. */
  IN_FLIGHT_FULL = -11,
  /** Every subscription entry is taken. */
  SUBSCRIPTIONS_FULL = -12,
  /** The link has as many octets under way as `linkWindow` allows: wait for `room`. */
  WINDOW_FULL = -13,
  /** The engine had no block of memory for the outbox. */
  NO_MEMORY = -14,
  /** The server keeps more QoS 2 messages open than the table of received identifiers holds. */
  RECEIVED_FULL = -15,
  /** The server sent a topic name, or a packet other than PUBLISH, longer than the inbox. */
  INBOX_FULL = -16,
  /** Counters cannot be written to the store, and would be lost at the next start. */
  STORE_FAILED = -17,
  /** All counters of this key were used: give both sides a new key. */
  COUNTER_SPENT = -18,

  /** The gateway refused it, not for want of room: a connection, a topic, a message (MQTT-SN only). */
  NOT_SUPPORTED = -20,
  /** The server refused the protocol version (CONNACK 1). */
  REFUSED_PROTOCOL = -21,
  /** The server refused the client identifier (CONNACK 2). */
  REFUSED_IDENTIFIER = -22,
  /** The server is there but not available (CONNACK 3). */
  REFUSED_UNAVAILABLE = -23,
  /** The server refused user name or password (CONNACK 4). */
  REFUSED_LOGIN = -24,
  /** The server does not authorize this client (CONNACK 5). */
  REFUSED_AUTHORIZATION = -25,
  /** The server sent octets that are no MQTT 3.1.1 packet. */
  MALFORMED = -26,
  /** The server sent a packet that is not allowed here. */
  UNEXPECTED = -27,
  /** The server refused a subscription (SUBACK 0x80). */
  SUBSCRIPTION_REFUSED = -28,
  /** Closed early three times in a row: most likely another client uses this client identifier. */
  TAKEN_OVER = -29,

  /** There is no connection now. */
  OFFLINE = -30,
  /** The network connection was closed by the other side or got lost. */
  CLOSED = -31,
  /** No network, unknown host, refused port, no TLS to trust, or closed before CONNECT was answered. */
  UNREACHABLE = -32,
  /** An answer did not come within `answerMs`. */
  NO_ANSWER = -33,
  /** The link failed: a write threw, or acknowledgements that had to be sent were not taken. */
  LINK_FAILED = -34,

  /** The message has no signature, or that of another key, topic, payload or side. */
  FORGED = -50,
  /** A message with this counter, or a later one, was accepted before. */
  REPLAYED = -51,
}
