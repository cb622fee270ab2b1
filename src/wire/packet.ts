// SPDX-License-Identifier: MIT
// What all control packets share (MQTT 3.1.1 chapter 2): first octets, Remaining Length, two-octet
// integers, length-prefixed strings.

import { Octets, Single } from "#engine";

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

/** The largest Remaining Length (section 2.2.3). */
export const enum Length {
  MAX = 268435455,
}

/** What `decodeHeader` finds. */
export interface HeaderFields extends Single {
  /** The Remaining Length. */
  length: number;
}

/** A two-octet integer, most significant octet first (section 1.5.2). */
export function encodeInteger(value: number): Octets {
  const low = value % 256;
  return String.fromCharCode((value - low) / 256, low);
}

/** The two-octet integer at `at`. */
export function decodeInteger(octets: Octets, at: number): number {
  return octets.charCodeAt(at) * 256 + octets.charCodeAt(at + 1);
}

/** Octets behind their two-octet length (section 1.5.3). */
export function encodeString(octets: Octets): Octets {
  return encodeInteger(octets.length) + octets;
}

/**
 * A control packet (section 2.2): first octet, Remaining Length, `body`; `more` octets of payload
 * follow that are not in `body`. At most 268,435,455 octets in all.
 */
export function encodePacket(first: number, body: Octets, more: number): Octets {
  let header = String.fromCharCode(first);
  let length = body.length + more;
  while (length > 127) {
    const low = length % 128;
    header += String.fromCharCode(low + 128);
    length = (length - low) / 128;
  }
  return header + String.fromCharCode(length) + body;
}

/**
 * Where a packet of four octets stands in a row of such packets with one first octet, or −1. No two
 * of them overlap where an equal one does not begin earlier. Espruino's `indexOf` (2v29) also finds
 * the mere beginning of what is searched at the end of a string: never at a multiple of four.
 */
export function placeOf(packets: Octets, packet: Octets): number {
  const at = packets.indexOf(packet);
  return at % 4 === 0 ? at : -1;
}

/** The row without the packet at `place`; −1 is none. */
export function withoutPlace(packets: Octets, place: number): Octets {
  return place < 0 ? packets : packets.slice(0, place) + packets.slice(place + 4);
}

/**
 * Where the fixed header of the packet at `at` ends, with its Remaining Length in `fields.length`;
 * 0 when the octets end inside it, −1 when a fifth length octet would be needed (section 2.2.3).
 */
export function decodeHeader(fields: HeaderFields, octets: Octets, at: number): number {
  let length = 0;
  let unit = 1;
  for (let end = at + 1; end < at + 5; end++) {
    if (end >= octets.length) return 0;
    const octet = octets.charCodeAt(end);
    length += (octet % 128) * unit;
    unit *= 128;
    if (octet < 128) {
      fields.length = length;
      return end + 1;
    }
  }
  return -1;
}
