// SPDX-License-Identifier: MIT
// A virtual BME280 (BST-BME280-DS002): its calibration, its registers, and raw values that mean what the
// world has by the datasheet's formulas for floats (appendix 8.1), turned around.

import { invert, within } from "./octets.mjs";

const T = [27504, 26435, -1000];
const P = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000];
const H = [75, 362, 0, 325, 50, 30];

const fineOf = (raw) => {
  const x = raw / 16384 - T[0] / 1024;
  const y = raw / 131072 - T[0] / 8192;
  return x * T[1] + y * y * T[2];
};

function pressureOf(raw, fine) {
  const v = fine / 2 - 64000;
  const offset = ((v * v * P[5]) / 32768 + v * P[4] * 2) / 4 + P[3] * 65536;
  const slope = ((P[2] * v * v) / 524288 + P[1] * v) / 524288;
  const p = ((1048576 - raw - offset / 4096) * 6250) / ((1 + slope / 32768) * P[0]);
  return p + ((P[8] * p * p) / 2147483648 + (p * P[7]) / 32768 + P[6]) / 16;
}

function humidityOf(raw, fine) {
  const v = fine - 76800;
  const h =
    (raw - (H[3] * 64 + (H[4] / 16384) * v)) *
    ((H[1] / 65536) * (1 + (H[5] / 67108864) * v * (1 + (H[2] / 67108864) * v)));
  return h * (1 - (H[0] * h) / 524288);
}

export function create(world) {
  const registers = [];
  let pointer = 0;
  /** When the measurement under way is done; below 0: none is. */
  let due = -1;

  function put(at, value) {
    registers[at] = value & 255;
  }
  function putLow(at, value) {
    put(at, value);
    put(at + 1, value >> 8);
  }
  function putTwenty(at, raw) {
    put(at, raw >> 12);
    put(at + 1, raw >> 4);
    put(at + 2, raw << 4);
  }

  function reset() {
    for (let at = 0; at < 256; at++) registers[at] = 0;
    put(0xd0, 0x60);
    for (let at = 0; at < 3; at++) putLow(0x88 + at * 2, T[at]);
    for (let at = 0; at < 9; at++) putLow(0x8e + at * 2, P[at]);
    put(0xa1, H[0]);
    putLow(0xe1, H[1]);
    put(0xe3, H[2]);
    put(0xe4, H[3] >> 4);
    put(0xe5, (H[3] & 15) | ((H[4] & 15) << 4));
    put(0xe6, H[4] >> 4);
    put(0xe7, H[5]);
    putTwenty(0xf7, 0x80000);
    putTwenty(0xfa, 0x80000);
    put(0xfd, 0x80);
    due = -1;
  }

  /** The range of the chip is what it measures. */
  function measure() {
    const celsius = within(world.value("temperature"), -40, 85);
    const raw = invert(fineOf, celsius * 5120, 20);
    const fine = fineOf(raw);
    const pascal = within(world.value("pressure"), 30000, 110000);
    // It falls where the raw value rises.
    putTwenty(
      0xf7,
      invert((at) => -pressureOf(at, fine), -pascal, 20),
    );
    putTwenty(0xfa, raw);
    const percent = within(world.value("humidity"), 0, 100);
    const wet = registers[0xf2] & 7 ? invert((at) => humidityOf(at, fine), percent, 16) : 0x8000;
    put(0xfd, wet >> 8);
    put(0xfe, wet);
  }

  function settle() {
    if (due < 0 || world.now() < due) return;
    due = -1;
    measure();
    registers[0xf4] &= 0xfc;
  }

  reset();
  return {
    write: (octets) => {
      settle();
      pointer = octets.charCodeAt(0);
      // Pairs of a register and its value, section 6.2.1.
      for (let at = 0; at + 1 < octets.length; at += 2) {
        const register = octets.charCodeAt(at);
        const value = octets.charCodeAt(at + 1);
        if (register === 0xe0 && value === 0xb6) reset();
        else if (register === 0xf2 || register === 0xf4 || register === 0xf5) {
          put(register, value);
          // Forced mode; each quantity once takes 8 ms.
          if (register === 0xf4 && (value & 3) > 0) due = world.now() + 8;
        }
      }
    },
    read: (count) => {
      settle();
      put(0xf3, due < 0 ? 0 : 8);
      let octets = "";
      for (let at = 0; at < count; at++) {
        octets += String.fromCharCode(registers[(pointer + at) & 255]);
      }
      return octets;
    },
  };
}
