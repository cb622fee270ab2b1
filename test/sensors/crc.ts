// SPDX-License-Identifier: MIT
// Checksums as their standards write them, for tests: with operators on bits, which drivers do without.

/** CRC-8 of Sensirion: polynomial 0x31, from 0xFF. */
export function crcHigh(octets: number[]): number {
  let crc = 0xff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x31) & 0xff : crc << 1;
  }
  return crc;
}

/** CRC-8 of 1-Wire: the same polynomial, lowest bit first, from 0. */
export function crcLow(octets: number[]): number {
  let crc = 0;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

/** CRC-16 of Modbus, section 2.5.1.2 of "Modbus over serial line". */
export function crc16(octets: number[]): number {
  let crc = 0xffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export const hexOf = (octets: number[]): string => Buffer.from(octets).toString("hex");
export const octetsOf = (hex: string): number[] => [...Buffer.from(hex, "hex")];

/** Words of Sensirion, each with its checksum, in hexadecimal. */
export const words = (...given: number[]): string =>
  given.map((word) => hexOf([word >> 8, word & 255, crcHigh([word >> 8, word & 255])])).join("");
