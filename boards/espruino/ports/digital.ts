// SPDX-License-Identifier: MIT
// A pin on Espruino: `create(D5)`, or `create(D5, "input_pullup")`. Edges come from the firmware's queue
// with the time at which they were, in seconds since 1970.

import type { After, DigitalPin } from "../../hal.js";

/** Microseconds begin anew there. */
const enum Clock {
  ALL = 1073741824,
}

export function create(pin: Pin, mode?: string): DigitalPin {
  let watch = 0;
  if (mode) pinMode(pin, mode);
  return {
    read: () => (digitalRead(pin) ? 1 : 0),
    write: (level) => digitalWrite(pin, level as never),
    watch: (edge, record) => {
      if (watch > 0) clearWatch(watch);
      watch = setWatch(
        (told) => edge(record, told.state ? 1 : 0, Math.floor(told.time * 1000000) % Clock.ALL),
        pin,
        { repeat: true, edge: "both" },
      ) as unknown as number;
    },
    after: setTimeout as unknown as After,
  };
}
