// SPDX-License-Identifier: MIT
// Chance that can be had again: all of a run follows from one number.

export interface Chance {
  /** A whole number from 0 to below `count`. */
  below: (count: number) => number;
  /** One of a list. */
  one: <T>(list: readonly T[]) => T;
  /** True so many times in a hundred. */
  percent: (percent: number) => boolean;
}

/** The generator mulberry32, which is public domain. */
export function chanceOpen(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  const below = (count: number) => Math.floor(next() * count);
  return {
    below,
    one: (list) => list[below(list.length)]!,
    percent: (percent) => below(100) < percent,
  };
}
