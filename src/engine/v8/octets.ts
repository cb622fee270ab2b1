// SPDX-License-Identifier: MIT
// Binary strings to and from byte arrays on V8: Buffer's latin1 where there is a Buffer, else plain
// loops. Never TextDecoder("latin1"): in a browser that is windows-1252 and changes 27 octets.

// One apply takes its arguments from the stack; 8,192 are safe everywhere.
const SLICE = 8192;

const hasBuffer = typeof Buffer === "function";

/** The bytes as octets, one character each. */
export function toOctets(bytes: Uint8Array): string {
  if (hasBuffer) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  }
  if (bytes.length <= SLICE) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let octets = "";
  for (let at = 0; at < bytes.length; at += SLICE) {
    octets += toOctets(bytes.subarray(at, at + SLICE));
  }
  return octets;
}

/** Writes the octets into `bytes` from `at` on. */
export function octetsWrite(bytes: Uint8Array, at: number, octets: string): void {
  for (let i = 0; i < octets.length; i++) bytes[at + i] = octets.charCodeAt(i);
}

/** The octets as bytes of their own. */
export function fromOctets(octets: string): Uint8Array {
  if (hasBuffer) return Buffer.from(octets, "latin1");
  const bytes = new Uint8Array(octets.length);
  octetsWrite(bytes, 0, octets);
  return bytes;
}
