// SPDX-License-Identifier: MIT
// What all messages of MQTT-SN 1.2 share (specification section 5): the header in its two forms, and one
// table of which fields each type has, for the one decoder. What every message says: messages.ts.
//
//   Length (1) | MsgType | fields          or          0x01 | Length (2) | MsgType | fields

import { half, Octets, orUsual, quotient, Single } from "#engine";
import { Status } from "../status.js";
import { decodeInteger, encodeInteger } from "../wire/packet.js";

/** The types of messages (section 5.2.2). PUBCOMP comes before PUBREC here. */
export const enum MsgType {
  ADVERTISE = 0,
  SEARCHGW = 1,
  GWINFO = 2,
  CONNECT = 4,
  CONNACK = 5,
  WILLTOPICREQ = 6,
  WILLTOPIC = 7,
  WILLMSGREQ = 8,
  WILLMSG = 9,
  REGISTER = 10,
  REGACK = 11,
  PUBLISH = 12,
  PUBACK = 13,
  PUBCOMP = 14,
  PUBREC = 15,
  PUBREL = 16,
  SUBSCRIBE = 18,
  SUBACK = 19,
  UNSUBSCRIBE = 20,
  UNSUBACK = 21,
  PINGREQ = 22,
  PINGRESP = 23,
  DISCONNECT = 24,
  WILLTOPICUPD = 26,
  WILLTOPICRESP = 27,
  WILLMSGUPD = 28,
  WILLMSGRESP = 29,
  /** A message with the wireless node it belongs to in front (section 5.5). */
  ENCAPSULATED = 254,
}

/** Flags (section 5.3.4): each a bit, or the unit of a field of two bits. */
export const enum MsgFlag {
  /** 0 normal, 1 predefined, 2 short: see `TopicIdType`. */
  TOPIC_ID_TYPE = 1,
  CLEAN_SESSION = 4,
  WILL = 8,
  RETAIN = 16,
  QOS = 32,
  DUP = 128,
}

/** How a topic is given (section 5.3.4). */
export const enum TopicIdType {
  /** By an identifier the gateway allotted; in SUBSCRIBE and UNSUBSCRIBE by its name. */
  NORMAL = 0,
  /** By an identifier both sides know beforehand. */
  PREDEFINED = 1,
  /** By its name, of exactly two octets. */
  SHORT = 2,
}

/** Return codes (section 5.3.10); those from 4 on are reserved, and mean what 3 does. */
export const enum ReturnCode {
  ACCEPTED = 0,
  CONGESTION = 1,
  INVALID_TOPIC_ID = 2,
  NOT_SUPPORTED = 3,
}

/** What `decodeMessage` finds. A field that the message has not is 0 or "". */
export interface MessageFields extends Single {
  type: number;
  flags: number;
  /** Two octets each, as they came; without a message identifier `msgId` is "". */
  topicId: Octets;
  msgId: Octets;
  /** Return code, gateway identifier, radius or protocol identifier: no message has two of them. */
  code: number;
  /** Seconds. */
  duration: number;
  /** Where the last field begins, which goes to the message's end: a name, a payload, an address. */
  data: number;
  /** While it is decoded: the layout of what has not been read. */
  rest: number;
}

/** Bits of a layout: the fields a message has, in their order. */
const enum Field {
  FLAGS = 1,
  TOPIC_ID = 2,
  MSG_ID = 4,
  CODE = 8,
  DURATION = 16,
  /** Octets up to the message's end. */
  DATA = 32,
  /** The same, at least one. */
  SOME_DATA = 64,
  /** Layouts that may also be empty: WILLTOPIC and WILLTOPICUPD, DISCONNECT. */
  WILL = 65,
}

/** By type: a character for its layout, counted from "$"; "#" where there is no such type. */
const LAYOUTS = "<,L#},$e$Dj2K2(((#i3i(D$4#e,D,";

const enum Layout {
  ZERO = 36,
  TYPES = 30,
}

/** A message: its header, short wherever that fits, and its fields. */
export function encodeMessage(type: number, fields: Octets): Octets {
  const length = fields.length + 2;
  return (
    (length < 256
      ? String.fromCharCode(length, type)
      : String.fromCharCode(1, quotient(length + 2, 256), (length + 2) % 256, type)) + fields
  );
}

/** The next field, where the layout has it; "" where it has not. */
function take(m: MessageFields, octets: Octets, size: number): Octets {
  const at = m.data;
  if (m.rest % 2 > 0) m.data += size;
  m.rest = half(m.rest);
  return octets.slice(at, m.data);
}

/**
 * Reads one message, which a datagram holds alone. MALFORMED where its length is not that of the
 * octets, its type is reserved, or a field is cut, missing or too many.
 */
export function decodeMessage(m: MessageFields, octets: Octets): Status {
  const end = octets.length;
  m.data = octets.charCodeAt(0) === 1 ? 4 : 2;
  const length = m.data > 2 ? decodeInteger(octets, 1) : octets.charCodeAt(0);
  m.type = octets.charCodeAt(m.data - 1);
  m.rest = m.type < Layout.TYPES ? LAYOUTS.charCodeAt(m.type) - Layout.ZERO : -1;
  if (m.data === end && (m.rest === Field.WILL || m.rest === Field.DURATION)) m.rest = 0;
  m.flags = orUsual(take(m, octets, 1).charCodeAt(0), 0);
  m.topicId = take(m, octets, 2);
  m.msgId = take(m, octets, 2);
  m.code = orUsual(take(m, octets, 1).charCodeAt(0), 0);
  // Of no octets the number is 0.
  m.duration = decodeInteger(take(m, octets, 2) + encodeInteger(0), 0);
  // What is left: no octets, any, or at least one.
  return end !== length ||
    m.rest < 0 ||
    m.data > end ||
    (m.rest < 1 ? m.data < end : m.rest > 1 && m.data === end)
    ? Status.MALFORMED
    : Status.OK;
}

/** The QoS in flags: 0, 1, 2, or 3 for −1 (section 5.3.4). @inline */
export function qosOf(flags: number): number {
  return Math.floor(flags / MsgFlag.QOS) % 4;
}

/** Whether flags say RETAIN. @inline */
export function isRetained(flags: number): boolean {
  return flags % 32 >= MsgFlag.RETAIN;
}
