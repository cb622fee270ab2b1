// SPDX-License-Identifier: MIT
// What octets on a byte stream need, for the engines of JavaScript: a check of 16 bits, and an escape
// for those that mean something there. Native searches in place of loops; what they are for: sn/frame.ts.

/**
 * CRC-16 as serial lines use it: polynomial 0x8005 reflected, begun with all ones; "123456789" is 0x4B37.
 * Over octets with their check behind them, low octet first, it is 0. The polynomial has so few terms
 * that an octet is one step without a table: the octet twice, and what its parity says.
 */
export function crc16(octets: string): number {
  let crc = 65535;
  for (let at = 0; at < octets.length; at++) {
    const low = (crc ^ octets.charCodeAt(at)) & 255;
    // Bit n of 0x6996 is the parity of n.
    const parity = (0x6996 >> ((low ^ (low >> 4)) & 15)) & 1;
    crc = (crc >> 8) ^ (low << 6) ^ (low << 7) ^ (parity * 0xc001);
  }
  return crc;
}

/** The last octet behind escapes, or one that gets its escape: what differs is bit 5. */
export function turned(octets: string): string {
  return String.fromCharCode(octets.charCodeAt(octets.length - 1) ^ 32);
}

/** With `}` in front of Ctrl-C, XON, XOFF, `}` and `~`, and those changed. @inline */
export function escapeOctets(octets: string): string {
  return octets.replace(/[\x03\x11\x13}~]/g, (octet) => "}" + turned(octet));
}

/** The octets again, without any Ctrl-C, XON or XOFF that came between. @inline */
export function unescapeOctets(octets: string): string {
  return octets.replace(/[\x03\x11\x13]/g, "").replace(/}+./g, turned);
}

/** What stands between flags; the last piece is still open. @inline */
export function piecesOf(octets: string): string[] {
  return octets.split("~");
}
