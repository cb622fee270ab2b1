// SPDX-License-Identifier: MIT
// Pulse-width modulation on NodeMCU's ESP32: `create(25, 1000, ledc.CHANNEL_0)`, with its frequency and one
// of the eight channels. All of them share one timer here, and so the frequency of the last one.

import type { PwmPin } from "../../hal.js";
import { after } from "../../nodemcu/ports/after.js";
import { over } from "../../sensors/sensor.js";

/** A share of 65535 in 1024 steps, all of which `bits` allows up to 78 kHz. */
const enum Steps {
  ALL = 1024,
}

export function create(pin: number, frequency: number, channel: number): PwmPin {
  const output = ledc.newChannel({
    gpio: pin,
    bits: ledc.TIMER_10_BIT,
    mode: ledc.HIGH_SPEED,
    timer: ledc.TIMER_0,
    channel: channel,
    frequency: frequency,
    duty: 0,
  });
  return {
    write: (share) => output.setduty(over(share * Steps.ALL + 32767, 65535)),
    after: after,
  };
}
