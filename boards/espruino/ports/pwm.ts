// SPDX-License-Identifier: MIT
// Pulse-width modulation on Espruino: `create(D5, { freq: 1000 })`, with the options of `analogWrite`.

import type { After, PwmPin } from "../../hal.js";

export function create(pin: Pin, options?: object): PwmPin {
  return {
    write: (share) => {
      try {
        analogWrite(pin, share / 65535, options);
      } catch (error) {
        // The pin has none: then off is low, and anything else is high.
        digitalWrite(pin, (share > 0) as never);
      }
    },
    after: setTimeout as unknown as After,
  };
}
