// SPDX-License-Identifier: MIT
// A virtual DS18B20 (Maxim 19-7487) on its 1-Wire line, at 12 bits. What it is written comes behind the
// ROM command, which the line's own side takes.

import { within } from "./octets.mjs";

/** Polynomial 0x31, lowest bit first (Maxim application note 27). */
export function crcMaxim(octets) {
  let crc = 0;
  for (let at = 0; at < octets.length; at++) {
    crc ^= octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return String.fromCharCode(crc);
}

export function create(world, serial) {
  const family = "\x28" + (serial || "\x01\x02\x03\x04\x05\x06");
  /** At power-on: 85 °C, and an octet that says that nothing was measured. */
  let raw = 0x550;
  let due = -1;
  let command = 0;
  return {
    rom: family + crcMaxim(family),
    write: (octets) => {
      command = octets.charCodeAt(0);
      if (command === 0x44) due = world.now() + 750;
    },
    read: (count) => {
      const isBusy = due >= 0 && world.now() < due;
      // While it converts it answers zeros.
      if (command === 0x44) return (isBusy ? "\0" : "\xff").repeat(count);
      if (due >= 0 && !isBusy) {
        due = -1;
        raw = Math.round(within(world.value("temperature"), -55, 125) * 16) & 0xffff;
      }
      const scratchpad = String.fromCharCode(
        raw & 255,
        raw >> 8,
        0x4b,
        0x46,
        0x7f,
        0xff,
        16 - (raw & 15),
        0x10,
      );
      return (scratchpad + crcMaxim(scratchpad)).slice(0, count);
    },
  };
}
