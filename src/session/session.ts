// SPDX-License-Identifier: MIT
// The protocol state machine of one client, sans-IO: octets come in through `sessionReceive`, go out
// through the gate, time comes in through `sessionTick`. This file holds its record and its states.
//
// Theory of operation. A session outlives network connections. Its phase is one of four:
//
//   OFFLINE ──link opened──▶ CONNECTING ──CONNACK 0──▶ ONLINE
//      ▲                         │ refused, silent,       │ closed, malformed,
//      └─────────────────────────┴─ malformed ◀───────────┘ no answer
//   any phase ──end──▶ ENDED
//
// In CONNECTING the server may send CONNACK and nothing else [MQTT-3.2.0-1]; in ONLINE everything
// but CONNACK. Whatever has to be sent is state first (outbox, subscription entries, `acks`) and
// octets later, when the gate has room; so a lost connection loses octets and never state.

import { Gate, Listeners, Octets, Payload, Single } from "#engine";
import type { Options } from "../options.js";
import { Outbox } from "../ring/outbox.js";
import { HeaderFields } from "../wire/packet.js";
import { PublishFields } from "../wire/publish.js";

/** Where the session stands; see the theory of operation above. */
export const enum Phase {
  OFFLINE = 0,
  CONNECTING = 1,
  ONLINE = 2,
  ENDED = 3,
}

/** Where a subscription stands. What is odd is to be sent; one more, and its answer is awaited. */
export const enum Wish {
  /** The server acknowledged it in this run of the program. */
  CONFIRMED = 0,
  SUBSCRIBE = 1,
  UNSUBSCRIBE = 3,
}

/** Numbers that mark a state no real value can have. */
export const enum Mark {
  /** Longer than any packet: `known` when no topic is remembered, `at` when nothing is to be read. */
  NONE = 268435456,
}

/** What a message handler is told beside topic and payload. The same record is used every time. */
export interface MessagePacket {
  qos: number;
  retain: boolean;
  dup: boolean;
  /** Where this part begins in the payload; −1: the connection died, the rest will not come. */
  at: number;
  /** Octets of the whole payload when it comes in parts, 0 when it came whole. */
  total: number;
}

/** Called for each message; long payloads in parts, see `MessagePacket`. */
export type MessageHandler = (topic: string, payload: Payload, packet: MessagePacket) => void;

/** One topic filter. */
export interface Subscription {
  filter: Octets;
  levels: Octets[];
  qos: number;
  handler: MessageHandler | undefined;
  wish: number;
  id: number;
}

/** Where the payload of a message that is published in parts comes from. */
export interface Source {
  /** Octets `at` … `at + max − 1` of the payload, at least one; asked again on a resend. */
  give: (at: number, max: number) => Payload;
  size: number;
}

/** What was found for a topic that was received. */
export interface Route {
  text: string;
  levels: Octets[];
  handler: Function | undefined;
}

/** One client's session. */
export interface Session extends Single {
  phase: number;
  gate: Gate;
  outbox: Outbox;
  listeners: Listeners;
  fields: PublishFields;
  header: HeaderFields;
  options: Options;
  clean: boolean;
  window: number;
  answerMs: number;
  keepAliveMs: number;
  /** How often `sessionTick` has to be called: a time-out is noticed within a quarter of it. */
  tickMs: number;

  /** The topic published to last, as given and as encoded; the last few, and how many. */
  topicKey: unknown;
  topicOut: Octets;
  topics: Record<string, Octets | undefined>;
  topicCount: number;
  /** Octets handed to the link of the packet that `pump` is sending; 0 between packets. */
  part: number;
  /** Sources of messages published in parts, by slot. */
  sources: (Source | undefined)[];
  /** PUBRELs whose PUBCOMP has not come, in the order of their PUBRECs, as they are sent. */
  released: Octets;
  /** Messages that were accepted and are not done, and the most there were. */
  messages: number;
  messagesMax: number;
  /** Acknowledgements that wait for the end of the chunk. */
  acks: Octets;
  /** A subscription's wish may be due. */
  due: boolean;
  /** A publish was refused for want of room; room has come since. */
  wanting: boolean;
  freed: boolean;

  /** The chunk being read, and how far. */
  chunk: Octets;
  at: number;
  /** The beginning of a packet that was cut by the end of a chunk. */
  rest: Octets;
  /** What was found for the topic received last: its octets behind their length and how many, text,
   * levels, its only handler; the last few, and how many. */
  topicIn: Octets;
  known: number;
  topic: string;
  levels: Octets[];
  handler: Function | undefined;
  routes: Record<Octets, Route | undefined>;
  routeCount: number;
  packet: MessagePacket;
  /** PUBACK without its identifier, and the identifier that there is not. */
  puback: Octets;
  noId: Octets;
  /** The first octet that `packet` describes, −1 where the next message has no short way. */
  described: number;
  /** Octets still to come of a payload that is handed on in parts; `mute` for a duplicate. */
  left: number;
  mute: boolean;
  /** The PUBRELs that inbound QoS 2 messages wait for; the one of the message being read. */
  received: Octets;
  release: Octets;
  subscriptions: Subscription[];
  maxSubscriptions: number;
  /** The identifier last given to a SUBSCRIBE or UNSUBSCRIBE. */
  lastId: number;

  /** Whether CONNACK or PINGRESP is awaited. */
  awaited: number;
  /** What was awaited at the last tick, 0 or "" for nothing, and for how long: see `sessionTick`. */
  marks: (number | Octets)[];
  ages: number[];
  /** Milliseconds without sending and without receiving; the room at the last tick. */
  silentOut: number;
  silentIn: number;
  tickRoom: number;

  refused: number;
  skipped: number;
}
