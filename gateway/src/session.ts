// SPDX-License-Identifier: MIT
// One MQTT-SN client as the gateway sees it (specification section 6.14). This file holds its record and its
// states.
//
// Theory of operation. A session is known by its client identifier, and found by the address its messages
// come from; only a CONNECT moves it to another one. It is in one of six states:
//
//   DISCONNECTED ──CONNECT──▶ CONNECTING ──the server accepts──▶ ACTIVE ──DISCONNECT(time)──▶ ASLEEP
//     ▲    ▲                      │                               │ ▲                         │   ▲
//     │    └──refused, no answer──┘            CONNECT, in between│ └──CONNECT────────────────┤   │
//     │                                                           │                  PINGREQ  ▼   │ PINGRESP
//     └──────────────────────DISCONNECT───────────────────────────┘                        AWAKE──┘
//
//   ACTIVE, ASLEEP, AWAKE ──keep alive or sleep is over (section 7.2)──▶ LOST: the will is published
//
// Two timers: one supervises the client, and fires once for the time of a state whatever is heard in it; one
// sends again what is unanswered. Messages for the client wait in a queue with bounds, and the first of them
// is `flight` while it is under way: it leaves on PUBACK or PUBCOMP and not before.

import type { Octets } from "#engine";
import { listOpen, type TopicTable } from "./topics.js";
import type { ClientRule } from "./rules.js";
import type { Message, Peer } from "./world.js";

export const enum State {
  DISCONNECTED = 0,
  CONNECTING = 1,
  ACTIVE = 2,
  ASLEEP = 3,
  AWAKE = 4,
  LOST = 5,
}

/** The names of the states, for health and logs. */
export const STATES = ["disconnected", "connecting", "active", "asleep", "awake", "lost"] as const;

/** What was asked by CONNECT and is not settled: the will comes in two more messages. */
export interface Asking {
  isClean: boolean;
  /** Whether the client was asleep or awake, and goes on where it was. */
  isWaking: boolean;
  hasWill: boolean;
  will: Message | undefined;
  /** What comes next: WILLTOPIC, WILLMSG, or the server's answer. */
  awaits: "topic" | "payload" | "server";
}

/** The first message of the queue, under way. */
export interface Flight {
  /** The message identifier of its PUBLISH, the same until it is done; of its REGISTER, or "". */
  msgId: Octets;
  registerId: Octets;
  isSent: boolean;
  isReleased: boolean;
  /** Sent again so often; told so often that its topic's identifier is unknown. */
  tries: number;
  registers: number;
}

/** What was received from the client and is not settled: by message identifier, whether the server has it. */
export interface Received {
  qos: number;
  isDone: boolean;
  /** The client has sent it on this connection, and waits for an answer; unasked it would not know it. */
  isAwaited: boolean;
}

export interface Session {
  clientId: Octets;
  peer: Peer;
  state: State;
  rule: ClientRule | undefined;
  isClean: boolean;
  /** Seconds. */
  keepAlive: number;
  sleep: number;
  /** When something of the client was heard last, or the state began. */
  heardAt: number;
  timer: unknown;
  will: Message | undefined;
  asking: Asking | undefined;

  /** The last message that belongs to connecting or leaving, its answer, and when: it may come again. */
  lastRequest: Octets;
  lastAnswer: Octets;
  lastAt: number;

  topics: TopicTable;
  /** Filters with their QoS. */
  subscriptions: Map<Octets, number>;
  queue: Message[];
  /** Octets of the queue, and a little for each message. */
  queued: number;
  flight: Flight | undefined;
  retry: unknown;
  lastId: number;
  received: Map<Octets, Received>;
  /** Messages on their way to the server. */
  pending: number;
  /** SUBSCRIBE and UNSUBSCRIBE on their way, by message identifier. */
  asked: Set<Octets>;
  /** What the server's side keeps for it. */
  slot: unknown;
}

export function sessionOpen(clientId: Octets, peer: Peer, now: number): Session {
  return {
    clientId,
    peer,
    state: State.DISCONNECTED,
    rule: undefined,
    isClean: true,
    keepAlive: 0,
    sleep: 0,
    heardAt: now,
    timer: undefined,
    will: undefined,
    asking: undefined,
    lastRequest: "",
    lastAnswer: "",
    lastAt: 0,
    topics: listOpen(),
    subscriptions: new Map(),
    queue: [],
    queued: 0,
    flight: undefined,
    retry: undefined,
    lastId: 0,
    received: new Map(),
    pending: 0,
    asked: new Set(),
    slot: undefined,
  };
}

/** Whether messages may be sent to the client now. */
export function isListening(s: Session): boolean {
  return s.state === State.ACTIVE || s.state === State.AWAKE;
}

/** Whether the client counts as connected, asleep or not. */
export function isConnected(s: Session): boolean {
  return s.state >= State.ACTIVE && s.state <= State.AWAKE;
}
