// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4) for desktop Lua and OpenWrt, which have none; words are numbers from 0 to below 2³².
// Bits are the work of Lua's operators, from 5.3 on, or of a library of them; else they are looked up by four.

import { type Octets, quotient } from "#engine";

// Not written out: the build takes numbers that every Lua has.
const WORD = 65536 * 65536;

type Bits = (this: void, a: number, b: number) => number;

/** `and` or `xor` of two times four bits, one place for each pair. */
function tableOf(isXor: boolean): Record<number, number> {
  const table: Record<number, number> = {};
  for (let pair = 0; pair < 256; pair++) {
    let result = 0;
    for (let unit = 1; unit < 16; unit *= 2) {
      const count = (quotient(pair, unit) % 2) + (quotient(pair, unit * 16) % 2);
      if (count === (isXor ? 1 : 2)) result += unit;
    }
    table[pair] = result;
  }
  return table;
}

function byFour(isXor: boolean): Bits {
  const table = tableOf(isXor);
  return (a, b) => {
    let result = 0;
    for (let unit = 1; unit < WORD; unit *= 16) {
      result += table[(quotient(a, unit) % 16) + (quotient(b, unit) % 16) * 16]! * unit;
    }
    return result;
  };
}

function compile(operator: string): unknown {
  return load("local a, b = ... return a " + operator + " b");
}

/** `and` or `xor` of two words. */
function bitsOf(name: string, operator: string, isXor: boolean): Bits {
  // Lua 5.1 takes no text here, and 5.2 no operator.
  const [isDone, made] = pcall(compile, operator);
  if (isDone && made) return made as unknown as Bits;
  for (const library of ["bit32", "bit"]) {
    const [isThere, found] = pcall(require, library);
    if (isThere) {
      const step = (found as unknown as Record<string, Bits>)[name]!;
      // Those of LuaJIT have a sign.
      return (a, b) => step(a, b) % WORD;
    }
  }
  return byFour(isXor);
}

const and = bitsOf("band", "&", false);
const xor = bitsOf("bxor", "~", true);

/** The first 32 bits of the fractional part. */
function fraction(value: number): number {
  return math.floor((value % 1) * WORD);
}

const k: number[] = [];
const initial: number[] = [];

/** The constants of sections 4.2.2 and 5.3.3: of the cube roots and square roots of the first primes. */
function makeConstants(): void {
  for (let candidate = 2; k.length < 64; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor > 0) divisor += 1;
    if (divisor * divisor > candidate) {
      if (initial.length < 8) initial.push(fraction(Math.pow(candidate, 1 / 2)));
      k.push(fraction(Math.pow(candidate, 1 / 3)));
    }
  }
}

/** A word rotated to the right by the bits of `unit`, a power of 2. */
function rotate(word: number, unit: number): number {
  return quotient(word, unit) + (word % unit) * quotient(WORD, unit);
}

/** Three rotations of a word, or two and a shift. */
function mixed(word: number, a: number, b: number, c: number, isShift: boolean): number {
  const last = isShift ? quotient(word, c) : rotate(word, c);
  return xor(xor(rotate(word, a), rotate(word, b)), last);
}

/** Section 6.2.2, one block. */
function compress(state: number[], octets: Octets, block: number): number[] {
  const w: number[] = [];
  for (let t = 0; t < 64; t++) {
    if (t < 16) {
      let word = 0;
      for (let at = block + 4 * t; at < block + 4 * t + 4; at++) {
        word = word * 256 + octets.charCodeAt(at);
      }
      w.push(word);
    } else {
      const early = mixed(w[t - 15]!, 128, 262144, 8, true);
      const late = mixed(w[t - 2]!, 131072, 524288, 1024, true);
      w.push((w[t - 16]! + early + w[t - 7]! + late) % WORD);
    }
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const choice = xor(g, and(e, xor(f, g)));
    const t1 = h + mixed(e, 64, 2048, 33554432, false) + choice + k[t]! + w[t]!;
    const majority = xor(and(a, xor(b, c)), and(b, c));
    const t2 = mixed(a, 4, 8192, 4194304, false) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + t1) % WORD;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) % WORD;
  }
  const all = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) all[i] = (all[i]! + state[i]!) % WORD;
  return all;
}

/** A whole number as octets, most significant first. */
function encodeWord(value: number, count: number): Octets {
  let octets = "";
  for (let i = 0; i < count; i++) {
    octets = String.fromCharCode(value % 256) + octets;
    value = quotient(value, 256);
  }
  return octets;
}

/** The 32 octets of the hash. */
export function sha256(octets: Octets): Octets {
  if (k.length < 1) makeConstants();
  // Section 5.1.1: a one bit, zeros, and the length in bits.
  let padded = octets + String.fromCharCode(128);
  while (padded.length % 64 !== 56) padded += String.fromCharCode(0);
  padded += encodeWord(octets.length * 8, 8);
  let state = initial;
  for (let block = 0; block < padded.length; block += 64) state = compress(state, padded, block);
  let hash = "";
  for (const word of state) hash += encodeWord(word, 4);
  return hash;
}

/** HMAC's block of 64 octets with each octet changed (RFC 2104 section 2). */
export function pad(key: Octets, by: number): Octets {
  let block = "";
  for (let at = 0; at < 64; at++) block += String.fromCharCode(xor(key.charCodeAt(at), by));
  return block;
}
