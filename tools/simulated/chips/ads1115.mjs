// SPDX-License-Identifier: MIT
// A virtual ADS1115 (TI SBAS444): single conversions of inputs against GND. `input0` to `input3` are what
// the world has there, in volts.

import { within, words } from "./octets.mjs";

const RANGES = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];

export function create(world) {
  let pointer = 0;
  let config = 0x8583;
  let conversion = 0;
  let due = -1;
  function settle() {
    if (due < 0 || world.now() < due) return;
    due = -1;
    config |= 0x8000;
    const input = ((config >> 12) & 7) - 4;
    const volts = input < 0 ? 0 : world.value("input" + input);
    conversion = within((volts / RANGES[(config >> 9) & 7]) * 32768, -32768, 32767);
  }
  return {
    write: (octets) => {
      settle();
      pointer = octets.charCodeAt(0) & 3;
      if (pointer !== 1 || octets.length < 3) return;
      const given = octets.charCodeAt(1) * 256 + octets.charCodeAt(2);
      config = given & 0x7fff;
      // At 128 samples a second.
      if (given & 0x8000) due = world.now() + 8;
      else config |= 0x8000;
    },
    read: (count) => {
      settle();
      return words([pointer === 1 ? config : conversion]).slice(0, count);
    },
  };
}
