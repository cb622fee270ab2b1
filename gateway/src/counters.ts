// SPDX-License-Identifier: MIT
// What happened how often since the start: for health, logs and tests. Every message that is dropped is
// counted by its reason, for the protocol mostly has no word for it.

/** All counters at 0. */
export function countersOpen() {
  return {
    /** Datagrams that came, and that were sent. */
    received: 0,
    sent: 0,
    /** Octets that are no message, or not one for a gateway. */
    malformed: 0,
    /** More from an address than it may send. */
    limited: 0,
    /** From addresses of which no client is known. */
    unknown: 0,
    /** Connections: accepted, refused by rule or by bound, refused by the server. */
    connected: 0,
    forbidden: 0,
    congested: 0,
    refused: 0,
    lost: 0,
    wills: 0,
    /** Messages from clients, taken and dropped; those of QoS −1 apart. */
    published: 0,
    publishDropped: 0,
    publishedMinusOne: 0,
    minusOneDropped: 0,
    /** Messages for clients: acknowledged, or sent at QoS 0; sent again; and dropped, by reason. */
    delivered: 0,
    resent: 0,
    queueFull: 0,
    tooLong: 0,
    clientRefused: 0,
    /** Connections to the server that were lost. */
    brokerLost: 0,
  };
}

export type Counters = ReturnType<typeof countersOpen>;
