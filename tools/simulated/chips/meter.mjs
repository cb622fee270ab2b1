// SPDX-License-Identifier: MIT
// A virtual energy meter on Modbus RTU, device 1: input registers 0 voltage in tenths of a volt, 1 current
// in milliamperes, 2 power in watts, 3 and 4 energy in watt-hours, high word first. Anything else it is
// asked for gets an exception; a frame with a wrong checksum gets no answer.

import { words } from "./octets.mjs";

function crc16(octets) {
  let crc = 0xffff;
  for (let at = 0; at < octets.length; at++) {
    crc ^= octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return String.fromCharCode(crc & 255, crc >> 8);
}

/** Answers a frame; "" where the meter says nothing. */
export function create(world) {
  return {
    answer: (frame) => {
      const body = frame.slice(0, frame.length - 2);
      if (frame.length !== 8 || crc16(body) !== frame.slice(6) || frame.charCodeAt(0) !== 1)
        return "";
      const from = frame.charCodeAt(2) * 256 + frame.charCodeAt(3);
      const count = frame.charCodeAt(4) * 256 + frame.charCodeAt(5);
      let head = String.fromCharCode(1, frame.charCodeAt(1) | 128, 2);
      if (frame.charCodeAt(1) !== 4) head = String.fromCharCode(1, frame.charCodeAt(1) | 128, 1);
      else if (from + count <= 5 && count > 0) {
        const volts = world.value("voltage");
        const amperes = world.value("current");
        const energy = Math.round(world.value("energy"));
        const all = [volts * 10, amperes * 1000, volts * amperes, energy >> 16, energy & 65535];
        const data = words(all.slice(from, from + count));
        head = String.fromCharCode(1, 4, data.length) + data;
      }
      return head + crc16(head);
    },
  };
}
