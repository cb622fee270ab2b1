// SPDX-License-Identifier: MIT
// What surrounds a simulated board: quantities by name, of which its virtual chips ask for theirs. They
// are what was set, else what is followed (a recording, or this machine's own readings), else usual.

import { load, memory, temperature } from "../station/machine.mjs";

/** Celsius, pascal, percent, lux, percent of moisture; m/s², hertz, beats a minute; volts, amperes, kilograms; of an analog input. */
const USUAL = {
  temperature: 21.5,
  pressure: 101325,
  humidity: 48,
  illuminance: 320,
  soil: 41,
  vibration: 0.2,
  frequency: 25,
  pulse: 62,
  input0: 1.8,
  input1: 0,
  input2: 0,
  input3: 0,
  voltage: 230.4,
  current: 1.52,
  energy: 123456,
  mass: 0,
  cell: 0.5606,
};

/** A world's source: the machine it runs on. Where it has no thermometer, its load warms it. */
export function machineSource() {
  return (/** @type {string} */ name) => {
    const warm = temperature();
    const { usage, total } = memory();
    if (name === "temperature") return Number.isNaN(warm) ? 20 + load() * 15 : warm;
    if (name === "humidity") return (usage / total) * 100;
    if (name === "illuminance") return load() * 2000;
    return undefined;
  };
}

/**
 * A world's source: a recording, lines of numbers with commas between, below a line of names of which
 * the first is `seconds`. Between two lines it goes straight; behind the last one it begins anew.
 * @param {string} text
 * @param {() => number} now milliseconds
 */
export function recordingSource(text, now) {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const names = (head ?? "").split(",").map((name) => name.trim());
  const rows = lines.map((line) => line.split(",").map(Number));
  const isGood = rows.every(
    (row, at) =>
      row.length === names.length && !row.some(Number.isNaN) && row[0] > (rows[at - 1]?.[0] ?? -1),
  );
  if (names[0] !== "seconds" || rows.length < 2 || !isGood) {
    throw new Error(
      "a recording begins with a line of names, `seconds` first, and has at least two lines of numbers, later and later",
    );
  }
  const start = now();
  const length = rows[rows.length - 1][0];
  return (/** @type {string} */ name) => {
    const column = names.indexOf(name);
    if (column < 1) return undefined;
    const at = ((now() - start) / 1000) % length;
    const next = Math.max(
      1,
      rows.findIndex((row) => row[0] > at),
    );
    const [a, b] = [rows[next - 1], rows[next]];
    const share = Math.max(0, (at - a[0]) / (b[0] - a[0]));
    return a[column] + (b[column] - a[column]) * share;
  };
}

/**
 * @param {object} [options]
 * @param {() => number} [options.now] milliseconds
 * @param {(name: string) => number | undefined} [options.source]
 */
export function createWorld({ now = () => Date.now(), source = () => undefined } = {}) {
  /** @type {Map<string, number>} */
  const given = new Map();
  return {
    now,
    /** @param {string} name */
    value(name) {
      const value = given.get(name) ?? source(name) ?? USUAL[name];
      if (value === undefined) throw new Error(`the world has no ${name}`);
      return value;
    },
    /** All quantities there are. */
    values() {
      return Object.fromEntries(Object.keys(USUAL).map((name) => [name, this.value(name)]));
    },
    /** @param {string} name @param {number} value */
    set: (name, value) => void given.set(name, value),
  };
}
