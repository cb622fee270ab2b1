// SPDX-License-Identifier: MIT
// The line of a DHT on Espruino: `create(D5)`. The chip sends each bit as a high pulse, 26 to 28 µs for 0
// and 70 for 1, after one of 80 µs; the firmware tells when a pulse ends and when it began.

import type { After, DhtLine } from "../../hal.js";

const enum Pulse {
  BITS = 40,
  /** In seconds: between a 0 and a 1. */
  LONG = 0.00005,
  /** All of it takes 5 ms; until then the firmware has told its edges. */
  WAIT_MS = 50,
}

/** The last forty bits as octets; nothing where there are fewer. */
function octetsOf(bits: string): string {
  let octets = "";
  for (let at = bits.length - Pulse.BITS; at >= 0 && at < bits.length; at += 8) {
    octets += String.fromCharCode(parseInt(bits.slice(at, at + 8), 2));
  }
  return octets;
}

export function create(pin: Pin): DhtLine {
  return {
    ask: (lowMs, step, record) => {
      let bits = "";
      const watch = setWatch(
        (told) => {
          bits += told.time - told.lastTime > Pulse.LONG ? 1 : 0;
        },
        pin,
        { repeat: true, edge: "falling" },
      );
      digitalWrite(pin, 0 as never);
      setTimeout(() => pinMode(pin, "input_pullup"), lowMs);
      setTimeout(() => {
        clearWatch(watch);
        step(record, octetsOf(bits));
      }, lowMs + Pulse.WAIT_MS);
    },
    after: setTimeout as unknown as After,
  };
}
