// SPDX-License-Identifier: MIT
// A pin on NodeMCU's ESP32: `create(4)`, after `gpio.config`. The firmware does not tell when an edge
// was: its time is that at which Lua hears of it.

import type { DigitalPin } from "../../hal.js";
import { after, guarded } from "../../nodemcu/ports/after.js";

/** Microseconds begin anew there. */
const enum Clock {
  ALL = 1073741824,
}

export function create(pin: number): DigitalPin {
  return {
    read: () => gpio.read(pin),
    write: (level) => gpio.write(pin, level),
    watch: (edge, record) =>
      gpio.trig(pin, gpio.INTR_UP_DOWN, (_pin: number, level: number) => {
        const [low] = node.uptime();
        guarded(edge, record, level, low % Clock.ALL);
      }),
    after: after,
  };
}
