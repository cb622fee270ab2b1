// SPDX-License-Identifier: MIT
// Datagrams over a byte stream (BLE UART, a serial line, USB): each between two flags, with a CRC-16 behind it,
// low octet first. What a console takes for itself is never on the wire: Ctrl-C, XON, XOFF; nor flag
// and escape inside a frame. What is there all the same was put there by somebody else, and is dropped.
//
//   7E | message, CRC, with 7D in front of escaped octets | 7E          escaped: 7E 7D 03 11 13
//
// A frame with a lost, changed or foreign octet fails its check, and what is heard next is the next
// flag: a flag too many or too few costs no frame.

import { crc16, escapeOctets, Octets, piecesOf, quotient, Single, unescapeOctets } from "#engine";

/** What was read of a stream and makes no frame yet. */
export interface FrameReader extends Single {
  part: Octets;
}

/** A message as it stands on a stream. */
export function encodeFrame(message: Octets): Octets {
  const crc = crc16(message);
  return "~" + escapeOctets(message + String.fromCharCode(crc % 256, quotient(crc, 256))) + "~";
}

/**
 * Reads a chunk; returns what ended in it, escaped as it is: `decodeFrame` says whether it is a frame. What
 * is longer than `most` octets, all of them escaped, is none.
 */
export function readFrames(r: FrameReader, chunk: Octets, most: number): Octets[] {
  const pieces = piecesOf(r.part + chunk);
  r.part = pieces.pop()!;
  if (r.part.length > most * 2 + 4) r.part = "";
  return pieces;
}

/** The message in a frame, "" where its check fails: no message is that short. */
export function decodeFrame(frame: Octets): Octets {
  const octets = unescapeOctets(frame);
  return crc16(octets) === 0 ? octets.slice(0, octets.length - 2) : "";
}
