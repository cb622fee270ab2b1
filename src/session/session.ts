// SPDX-License-Identifier: MIT
// The protocol state machine of one client, sans-IO: octets come in through `sessionReceive`, go out
// through the gate, time comes in through `sessionTick`. This file holds its record and its states; its
// theory of operation and what it does in each state are in transitions.ts.

import { Gate, Handler, Listeners, Octets, Payload, Single } from "#engine";
import type { Options } from "../options.js";
import { Outbox } from "../ring/outbox.js";
import { HeaderFields } from "../wire/packet.js";
import { PublishFields } from "../wire/publish.js";

/** Where the session stands; see transitions.ts. */
export const enum Phase {
  OFFLINE = 0,
  CONNECTING = 1,
  ONLINE = 2,
  ENDED = 3,
}

/** How far the server knows of a subscription. */
export const enum Stage {
  /** It has to be asked. */
  NEW = 0,
  /** It was asked on this connection, and has not answered. */
  ASKED = 1,
  /** It has answered. */
  KNOWN = 2,
  /** It has, but a connection whose CONNACK did not come may have begun another session. */
  UNSURE = 3,
}

/** Numbers that mark a state no real value can have. */
export const enum Mark {
  /** Longer than any chunk: nothing of it is to be read. */
  NONE = 1000000000,
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
export type MessageHandler = (
  this: void,
  topic: string,
  payload: Payload,
  packet: MessagePacket,
) => void;

/** One topic filter. */
export interface Subscription {
  filter: Octets;
  /** The QoS asked for, −1 when it is to be unsubscribed. */
  qos: number;
  handler: MessageHandler | undefined;
  /** The packet identifier of the SUBSCRIBE or UNSUBSCRIBE. */
  id: number;
  stage: Stage;
}

/** Where the payload of a message that is published in parts comes from. */
export interface Source {
  /** Octets `at` … `at + max − 1` of the payload, at least one; asked again on a resend. */
  give: (this: void, at: number, max: number) => Payload;
  size: number;
}

/** What was found for a topic that was received. */
export interface Route {
  /** The topic name behind its length. */
  topicIn: Octets;
  title: string;
  handlers: Handler[];
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
  window: number;
  inbox: number;
  answerMs: number;
  keepAliveMs: number;
  /** How often `sessionTick` has to be called: a time-out is noticed within a quarter of it. */
  tickMs: number;

  /** The topic published to last, as given and as encoded. */
  topicKey: unknown;
  topicOut: Octets;
  /** Where the payloads of messages in the outbox come from that do not lie in the ring, by slot. */
  sources: Record<number, Source | undefined>;
  /** Octets of the payload handed to the link of a message that is sent in parts, and 1; or 0. */
  part: number;
  /** Packet identifiers, two octets each, of PUBRELs without PUBCOMP, in the order of PUBRECs. */
  released: Octets[];
  /** Messages that were accepted and are not done, and the most there were. */
  messages: number;
  messagesMax: number;
  /** Acknowledgements that wait for the end of the chunk. */
  acks: Octets;
  /** A publish was refused for want of room; room has come since. */
  wanting: boolean;
  freed: boolean;

  /** What is being read, and how far; between chunks the beginning of a packet that was cut. */
  chunk: Octets;
  at: number;
  /** The topic received last, behind its length, or ""; what was found for it, and for the last few. */
  topicIn: Octets;
  route: Route | undefined;
  /** Its handler, where it has just one: a call less for most messages. */
  handler: Handler | undefined;
  routes: Route[];
  packet: MessagePacket;
  /** The first octet that `packet` and `fields.qos` describe, −1 for none. */
  described: number;
  /** Octets still to come of a payload that is handed on in parts; `mute` for a duplicate. */
  left: number;
  mute: boolean;
  /** Packet identifiers, two octets each, of inbound QoS 2 messages that wait for PUBREL. */
  received: Octets[];
  subscriptions: Subscription[];
  maxSubscriptions: number;
  /** The identifier last given to a SUBSCRIBE or UNSUBSCRIBE. */
  lastId: number;
  /** How many connections there were, and how many of them were accepted. */
  connection: number;
  accepted: number;
  /** Milliseconds since the connection was asked for or accepted. */
  lived: number;

  /** Whether CONNACK or PINGRESP is awaited. */
  isAwaiting: boolean;
  /** For how long each thing has been awaited that was at the last tick: see `sessionTick`. */
  ages: Record<string | number, number | undefined>;
  /** Milliseconds without receiving. */
  silent: number;

  refused: number;
  skipped: number;
}
