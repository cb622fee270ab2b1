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

import { Gate, Handlers, Numbers, Octets, Payload, Single } from "#engine";
import { Outbox } from "../ring/outbox.js";
import { PublishFields } from "../wire/publish.js";

/** Where the session stands; see the theory of operation above. */
export const enum Phase {
  OFFLINE = 0,
  CONNECTING = 1,
  ONLINE = 2,
  ENDED = 3,
}

/** Where a subscription stands. `SENT` is `WANTED + 1`, `LEAVING` is `LEAVE + 1`. */
export const enum Wish {
  /** The server acknowledged it in this run of the program. */
  CONFIRMED = 0,
  /** SUBSCRIBE is to be sent. */
  WANTED = 1,
  /** SUBSCRIBE was sent, SUBACK is awaited. */
  SENT = 2,
  /** UNSUBSCRIBE is to be sent. */
  LEAVE = 3,
  /** UNSUBSCRIBE was sent, UNSUBACK is awaited. */
  LEAVING = 4,
}

/** Numbers that mark a state no real value can have. */
export const enum Mark {
  /** `known` when no topic is remembered: longer than any packet. */
  NO_TOPIC = 268435456,
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
  /** Where the first wildcard is, or −1. */
  wild: number;
  qos: number;
  handler: MessageHandler | undefined;
  wish: number;
  packetId: number;
  /** Milliseconds since SUBSCRIBE or UNSUBSCRIBE was sent. */
  age: number;
}

/** Where the payload of a message that is published in parts comes from. */
export interface Source {
  /** Octets `at` … `at + max − 1` of the payload, at least one; asked again on a resend. */
  pull: (at: number, max: number) => Payload;
  total: number;
}

/** One client's session. */
export interface Session extends Single {
  phase: number;
  gate: Gate;
  outbox: Outbox;
  handlers: Handlers;
  fields: PublishFields;
  clean: boolean;
  window: number;
  inbox: number;
  answerMs: number;
  keepAliveMs: number;

  /** Acknowledgements that wait for the end of the chunk. */
  acks: Octets;
  /** Octets handed to the link of the packet that `pump` is sending; 0 between packets. */
  part: number;
  /** Sources of messages published in parts, by slot. */
  sources: (Source | undefined)[];
  /** The topic published to last, as given and as encoded. */
  topicKey: unknown;
  topicOut: Octets;
  /** A publish was refused for want of room. */
  wanting: boolean;

  /** The chunk being read, and how far. */
  chunk: Octets;
  at: number;
  /** Where the packet found by `openPacket` has its body and its end. */
  body: number;
  end: number;
  /** The beginning of a packet that was cut by the end of a chunk. */
  rest: Octets;
  /** The topic received last: octets behind their length, how many, text, its only handler. */
  topicIn: Octets;
  known: number;
  topic: string;
  handler: MessageHandler | undefined;
  packet: MessagePacket;
  /** The first octet that `packet` describes. */
  described: number;
  /** Octets still to come of a payload that is handed on in parts; `mute` for a duplicate. */
  left: number;
  mute: boolean;
  /** Identifiers of inbound QoS 2 messages whose PUBREL has not come; 0 is free. */
  received: Numbers;
  subscriptions: Subscription[];
  maxSubscriptions: number;
  /** The identifier last given to a SUBSCRIBE or UNSUBSCRIBE. */
  lastId: number;

  /** Milliseconds that CONNACK or PINGRESP has been awaited for, −1 when neither is. */
  awaited: number;
  /** The oldest unacknowledged message and its state at the last tick, and since when. */
  head: number;
  headMs: number;
  /** Milliseconds without sending and without receiving; the room at the last tick. */
  silentOut: number;
  silentIn: number;
  tickRoom: number;

  refused: number;
  skipped: number;
}
