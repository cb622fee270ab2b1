// SPDX-License-Identifier: MIT
// What the firmware has and @types/espruino does not tell.

declare namespace E {
  /** A random number of 32 bits, with a sign, from the chip. */
  function hwRand(): number;
  /** Whether the string holds Unicode characters (never on 8-bit builds). */
  function isUTF8(text: string): boolean;
  /** A Unicode string's UTF-8 octets. */
  function fromUTF8(text: string): string;
  /** UTF-8 octets as a Unicode string; throws on 8-bit builds. */
  function asUTF8(octets: string): string;
  /** Octets as a string; of a flat Uint8Array without a copy. */
  function toString(...parts: unknown[]): string | undefined;
}

declare function require(name: string): any;
declare function setTimeout(step: Function, ms: number, ...args: unknown[]): number;
declare function clearTimeout(id: number): void;
declare function print(...what: unknown[]): void;
declare const process: {
  memory(): { usage: number; total: number; free: number };
  version: string;
};
declare const OneWire: new (pin: Pin) => OneWire;
declare function pinMode(pin: Pin, mode: string): void;
