// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4) for firmwares that have none, such as Espruino on ESP8266. A block of 64 octets
// costs some thousand steps of an interpreter: for nodes that say something a few times a minute.

import type { Octets } from "#engine";

/** The first 32 bits of the fractional part. */
function fraction(value: number): number {
  return ((value - Math.floor(value)) * 4294967296) | 0;
}

/**
 * The constants of section 4.2.2, from the cube roots of the first 64 primes, and behind them the initial
 * hash value of section 5.3.3, from the square roots of the first eight.
 */
function makeConstants(): Int32Array {
  const made = new Int32Array(72);
  let count = 0;
  for (let candidate = 2; count < 64; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor > 0) divisor++;
    if (divisor * divisor > candidate) {
      made[count] = fraction(Math.pow(candidate, 1 / 3));
      if (count < 8) made[64 + count] = fraction(Math.sqrt(candidate));
      count++;
    }
  }
  return made;
}

/** The octets with what section 5.1.1 puts behind them: a one bit, zeros, the length in bits. */
function padded(octets: Octets): Uint8Array {
  const length = octets.length;
  const blocks = new Uint8Array((length + 72) & -64);
  for (let at = 0; at < length; at++) blocks[at] = octets.charCodeAt(at);
  blocks[length] = 128;
  // Lengths of messages here stay far below 2^29 octets.
  for (let at = 1; at < 5; at++) blocks[blocks.length - at] = (length * 8) >>> (8 * at - 8);
  return blocks;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** Section 6.2.2, one block. */
function compress(state: Int32Array, w: Int32Array, k: Int32Array): void {
  const s = new Int32Array(state);
  for (let t = 0; t < 64; t++) {
    if (t > 15) {
      const w15 = w[t - 15]!;
      const w2 = w[t - 2]!;
      w[t] =
        w[t - 16]! +
        (rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)) +
        w[t - 7]! +
        (rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10));
    }
    const a = s[0]!;
    const e = s[4]!;
    const t1 =
      s[7]! +
      (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
      ((e & s[5]!) ^ (~e & s[6]!)) +
      k[t]! +
      w[t]!;
    const t2 =
      (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
      ((a & s[1]!) ^ (a & s[2]!) ^ (s[1]! & s[2]!));
    for (let i = 7; i > 0; i--) s[i] = s[i - 1]!;
    s[4] = s[4]! + t1;
    s[0] = t1 + t2;
  }
  for (let i = 0; i < 8; i++) state[i] = state[i]! + s[i]!;
}

/** The 32 octets of the hash. */
export function sha256(octets: Octets): Octets {
  const k = makeConstants();
  const state = k.slice(64);
  const blocks = padded(octets);
  const w = new Int32Array(64);
  for (let block = 0; block < blocks.length; block += 64) {
    for (let t = 0; t < 16; t++) {
      const at = block + 4 * t;
      w[t] =
        (blocks[at]! << 24) | (blocks[at + 1]! << 16) | (blocks[at + 2]! << 8) | blocks[at + 3]!;
    }
    compress(state, w, k);
  }
  let hash = "";
  for (let i = 0; i < 32; i++)
    hash += String.fromCharCode((state[i >> 2]! >>> (24 - 8 * (i & 3))) & 255);
  return hash;
}
