// SPDX-License-Identifier: MIT
// What Sensirion's chips share: words of 16 bits, high octet first, each with a checksum behind it.

import type { Octets } from "#engine";
import { over, type Reading, wordAt } from "./sensor.js";
import { DeviceStatus } from "./status.js";

/**
 * Whether so many words came, each with its checksum: SILENT or GARBLED where not. CRC-8, polynomial
 * 0x31, from 0xFF, highest bit first (SHT3x datasheet, table 20; 0xBEEF has 0x92): over a word and its
 * checksum it is 0. Bits 4 and 5 are turned over, as one number of two bits, without operators on bits.
 */
export function wordsStatus(octets: Octets, count: number): DeviceStatus {
  if (octets.length < count * 3) return DeviceStatus.SILENT;
  let crc = 0;
  for (let at = 0; at < count * 3; at++) {
    if (at % 3 === 0) {
      if (crc !== 0) return DeviceStatus.GARBLED;
      crc = 255;
    }
    let octet = octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) {
      const isTurned = octet < 128 !== crc < 128;
      octet = (octet * 2) % 256;
      crc = (crc * 2) % 256;
      if (isTurned) crc += 49 - (Math.floor(crc / 16) % 4) * 32;
    }
  }
  return crc !== 0 ? DeviceStatus.GARBLED : DeviceStatus.OK;
}

/** A share of 65535 of `span`, rounded. */
export function shareOf(word: number, span: number): number {
  return over(word * span + 32767, 65535);
}

/** Hundredths of a degree and of a percent, the same formula in the SHT3x and the SCD4x. */
export function climate(octets: Octets, at: number): Reading {
  return {
    temperature: shareOf(wordAt(octets, at), 17500) - 4500,
    humidity: shareOf(wordAt(octets, at + 3), 10000),
  };
}
