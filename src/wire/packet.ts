// SPDX-License-Identifier: MIT
// What all control packets share (MQTT 3.1.1 chapter 2): first octets, Remaining Length, two-octet
// integers, length-prefixed strings.

import { Octets } from "#engine";

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

/** What `decodeLength` answers where there is no length. */
export const enum Length {
  /** The chunk ends inside the fixed header. */
  CUT = -1,
  /** A fifth octet would be needed (section 2.2.3). */
  MALFORMED = -2,
  /** The largest Remaining Length. */
  MAX = 268435455,
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

/** First octet and Remaining Length (section 2.2). */
export function encodeHeader(first: number, length: number): Octets {
  let header = String.fromCharCode(first);
  while (length > 127) {
    const low = length % 128;
    header += String.fromCharCode(low + 128);
    length = (length - low) / 128;
  }
  return header + String.fromCharCode(length);
}

/**
 * The Remaining Length at `at`, as `length * 4 + (octets it takes − 1)`, so that one number carries
 * both; `Length.CUT` or `Length.MALFORMED` otherwise.
 */
export function decodeLength(octets: Octets, at: number): number {
  let length = 0;
  let unit = 1;
  let size = 0;
  while (size < 4) {
    if (at + size >= octets.length) return Length.CUT;
    const octet = octets.charCodeAt(at + size);
    length += (octet % 128) * unit;
    if (octet < 128) return length * 4 + size;
    unit *= 128;
    size += 1;
  }
  return Length.MALFORMED;
}
