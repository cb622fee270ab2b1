// SPDX-License-Identifier: MIT
// Pulse-width modulation on NodeMCU's ESP8266: `create(pin, 500)`, with its frequency, 1 to 1000 Hz. The
// firmware has 1024 steps.

import type { PwmPin } from "../../hal.js";
import { after } from "../../nodemcu/ports/after.js";
import { over } from "../../sensors/sensor.js";

export function create(pin: number, frequency: number): PwmPin {
  pwm.setup(pin, frequency, 0);
  pwm.start(pin);
  return {
    write: (share) => pwm.setduty(pin, over(share * 1023 + 32767, 65535)),
    after: after,
  };
}
