// SPDX-License-Identifier: MIT
// A pin on NodeMCU's ESP8266: `create(pin, gpio.INPUT, gpio.PULLUP)`. Edges come with the time at which
// they were; of edges that follow each other faster than Lua runs, the firmware keeps the first.

import type { DigitalPin } from "../../hal.js";
import { after, guarded } from "../../nodemcu/ports/after.js";

/** Microseconds begin anew there. */
const enum Clock {
  ALL = 1073741824,
}

export function create(pin: number, mode?: number, pull?: number): DigitalPin {
  if (mode !== undefined) gpio.mode(pin, mode, pull);
  return {
    read: () => gpio.read(pin),
    write: (level) => gpio.write(pin, level),
    watch: (edge, record) => {
      gpio.mode(pin, gpio.INT, pull);
      gpio.trig(pin, "both", (level: number, when: number) =>
        guarded(edge, record, level, when % Clock.ALL),
      );
    },
    after: after,
  };
}
