// SPDX-License-Identifier: MIT
// A virtual MPU-6050 (RM-MPU-6000A) at ±2 g and ±250 °/s: it lies flat and still but for `vibration`, in
// m/s² RMS, at `frequency` hertz, upwards.

import { within, words } from "./octets.mjs";

export function create(world) {
  let pointer = 0;
  /** PWR_MGMT_1: asleep after power-on. */
  let power = 0x40;
  let seen = -1;

  function sample() {
    const phase = (world.now() / 1000) * world.value("frequency") * 2 * Math.PI;
    const up = 9.80665 + world.value("vibration") * Math.SQRT2 * Math.sin(phase);
    const celsius = world.value("temperature");
    const list = [0, 0, (up / 9.80665) * 16384, (celsius - 36.53) * 340, 0, 0, 0];
    return words(list.map((value) => within(value, -32768, 32767)));
  }
  /** Data is ready each millisecond anew, and no more once it was read. */
  function status() {
    const now = Math.floor(world.now());
    const isNew = !(power & 0x40) && now > seen;
    seen = now;
    return isNew ? 1 : 0;
  }
  return {
    write: (octets) => {
      pointer = octets.charCodeAt(0);
      if (pointer !== 0x6b || octets.length < 2) return;
      power = octets.charCodeAt(1) & 0x80 ? 0x40 : octets.charCodeAt(1);
      seen = -1;
    },
    read: (count) => {
      if (pointer === 0x75) return "\x68";
      if (pointer === 0x6b) return String.fromCharCode(power);
      if (pointer !== 0x3a && pointer !== 0x3b) return "\0".repeat(count);
      const data = power & 0x40 ? "\0".repeat(14) : sample();
      return (pointer === 0x3a ? String.fromCharCode(status()) + data : data).slice(0, count);
    },
  };
}
