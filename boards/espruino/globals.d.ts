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
  /** In percent. */
  function getBattery(): number;
  /** Where the console is; null is nowhere, `force` that it stays there. */
  function setConsole(device: string | null, options?: { force?: boolean }): void;
  /** Octets as a string; of a flat Uint8Array without a copy. */
  function toString(...parts: unknown[]): string | undefined;
}

declare namespace NRF {
  function getSecurityStatus(): { connected?: boolean };
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
// Pins by the names that some firmwares have for them.
declare const A0: Pin;
declare const BTN1: Pin;
declare const LED1: Pin;
declare const LED2: Pin;
/** The firmware's own of Bangle.js. */
declare namespace Bangle {
  function on(event: "HRM", heard: (found: { bpm: number; confidence: number }) => void): void;
  /** On for as long as any `app` wants it. */
  function setHRMPower(isOn: boolean, app: string): void;
  function setLCDPower(isOn: boolean): void;
  function getHealthStatus(of: "day"): { steps: number };
}
/** The pin of that name; undefined where there is none. */
declare function Pin(name: string): Pin | undefined;
declare namespace ESP32 {
  /** Starts anew after so many microseconds. */
  function deepSleep(us: number): void;
}
