// SPDX-License-Identifier: MIT
// What bounds a gateway, and how long it waits: every limit a named number, with what the configuration file
// may say in its place. Times of the specification (section 7.2) have its names behind them.

/** How many of everything, and how large. */
export interface Limits {
  /** Sessions, those of sleepers and of clients that will come back among them. */
  clients: number;
  /** Sessions of one address; behind a forwarder many nodes share one. */
  clientsPerAddress: number;
  /** Datagrams a second from one address; the rest is dropped. */
  datagramsPerSecond: number;
  /** Topic names with an identifier, of one client. The oldest is forgotten, and registered anew when needed. */
  topics: number;
  /** Subscriptions of one client. */
  subscriptions: number;
  /** Messages of one client that the server has not acknowledged. */
  inFlight: number;
  /** Octets of a client identifier; the specification says 23. */
  clientId: number;
}

/** What waits for clients that sleep, or are slow. */
export interface QueueSettings {
  /** Messages for one client. */
  messages: number;
  /** Octets for one client: topics, payloads, and a little for each message. */
  octets: number;
  /** Octets for all clients. */
  totalOctets: number;
  /** What gives way when a client's queue is full and holds nothing of QoS 0: the oldest message, or the new one. */
  drop: "oldest" | "newest";
}

/** Times, in milliseconds where the name says so, else in seconds. */
export interface Times {
  /** N_RETRY; T_RETRY belongs to the link. */
  retries: number;
  /** A session without a connection is kept for so long. */
  sessionSeconds: number;
}

/** What the core is told. */
export interface Settings {
  gatewayId: number;
  limits: Limits;
  queue: QueueSettings;
  times: Times;
  /** Whether PUBLISH of QoS −1 is taken. */
  qosMinusOne: boolean;
}

/** The usual settings. */
export const usual: Settings = {
  gatewayId: 1,
  limits: {
    clients: 20000,
    clientsPerAddress: 256,
    datagramsPerSecond: 500,
    topics: 256,
    subscriptions: 64,
    inFlight: 16,
    clientId: 64,
  },
  queue: { messages: 100, octets: 65536, totalOctets: 67108864, drop: "oldest" },
  times: { retries: 3, sessionSeconds: 86400 },
  qosMinusOne: true,
};

/** What nobody sets. */
export const enum Fixed {
  /** T_WAIT: a client that is congested is left alone for so long. */
  WAIT_MS = 300000,
  /** Without keep alive a client is given up after so many seconds. */
  NO_KEEP_ALIVE = 86400,
  /** Seconds up to which half of keep alive is added as tolerance; a tenth above (section 7.2). */
  SHORT_KEEP_ALIVE = 60,
  /** DISCONNECTs a second to one address that nobody knows. */
  UNKNOWN_ANSWERS = 5,
  /** Addresses that are counted in one second; more than that is a flood. */
  ADDRESSES = 65536,
  /** Message identifiers of QoS 2 that wait for PUBREL, of one client. */
  RECEIVED = 32,
  /** Names a client has refused, which it is not told again on this connection. */
  REFUSED = 64,
  /** What a message in a queue costs beside its octets. */
  MESSAGE = 96,
  /** How often an identifier that a client does not know is registered for one message. */
  REGISTERS = 3,
}
