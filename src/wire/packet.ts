// SPDX-License-Identifier: MIT
// What all control packets share (MQTT 3.1.1 chapter 2): first octets, Remaining Length, two-octet
// integers, length-prefixed strings.

import { octetAt, Octets, quotient, Single } from "#engine";

/** The first octet of each control packet, with the flags the standard reserves (table 2.2). */
export const enum First {
  CONNECT = 16,
  CONNACK = 32,
  PUBLISH = 48,
  PUBACK = 64,
  PUBREC = 80,
  PUBREL = 98,
  PUBCOMP = 112,
  SUBSCRIBE = 130,
  SUBACK = 144,
  UNSUBSCRIBE = 162,
  UNSUBACK = 176,
  PINGREQ = 192,
  PINGRESP = 208,
  DISCONNECT = 224,
}

/** The flags of PUBLISH, as they stand in its first octet (section 3.3.1). */
export const enum Flag {
  RETAIN = 1,
  QOS = 2,
  DUP = 8,
}

/** The largest Remaining Length, and its most octets (section 2.2.3). */
export const enum Length {
  MAX = 268435455,
  OCTETS = 4,
}

/** What `decodeHeader` finds. */
export interface HeaderFields extends Single {
  /** The Remaining Length. */
  length: number;
}

/** A two-octet integer, most significant octet first (section 1.5.2). */
export function encodeInteger(value: number): Octets {
  return String.fromCharCode(quotient(value, 256), value % 256);
}

/** The two-octet integer at `at`. */
export function decodeInteger(octets: Octets, at: number): number {
  return octets.charCodeAt(at) * 256 + octets.charCodeAt(at + 1);
}

/** Octets behind their two-octet length (section 1.5.3). */
export function encodeString(octets: Octets): Octets {
  return encodeInteger(octets.length) + octets;
}

/** PUBREL, by the two octets of its packet identifier (section 3.6). @inline */
export function release(packetId: Octets): Octets {
  return String.fromCharCode(First.PUBREL, 2) + packetId;
}

/**
 * A fixed header (section 2.2): first octet and Remaining Length, at most 268,435,455. Behind it what is
 * there of the packet's body.
 */
export function encodeHeader(first: number, length: number, body: Octets): Octets {
  let header = String.fromCharCode(first);
  while (length >= 128) {
    header += String.fromCharCode((length % 128) + 128);
    length = quotient(length, 128);
  }
  return header + String.fromCharCode(length) + body;
}

/**
 * Where the fixed header of the packet at `at` ends, with its Remaining Length in `fields.length`;
 * 0 when the octets end inside it, −1 when a fifth length octet would be needed (section 2.2.3).
 */
export function decodeHeader(fields: HeaderFields, octets: Octets, at: number): number {
  let end = at + 1;
  let octet = 128;
  let unit = 1;
  fields.length = 0;
  while (octet > 127 && end <= at + Length.OCTETS) {
    octet = octetAt(octets, end);
    fields.length += (octet % 128) * unit;
    unit *= 128;
    end += 1;
  }
  return octet > 127 ? -1 : octet >= 0 ? end : 0;
}
