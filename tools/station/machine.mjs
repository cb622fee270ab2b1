// SPDX-License-Identifier: MIT
// Readings of the machine this runs on: what a simulated board's sensors find.

import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";

/** Degrees Celsius of the first thermal sensor, NaN where the machine shows none. */
export function temperature() {
  const zones = "/sys/class/thermal";
  try {
    for (const zone of readdirSync(zones)) {
      if (!zone.startsWith("thermal_zone")) continue;
      const value = Number(readFileSync(`${zones}/${zone}/temp`, "utf8")) / 1000;
      if (value > -50 && value < 150) return value;
    }
  } catch {
    // Not Linux, or a virtual machine: no sensor.
  }
  return NaN;
}

/** The load of the last minute by processor, 0 to 1. */
export function load() {
  return Math.min(1, os.loadavg()[0] / os.cpus().length);
}

/** Memory in the units of Espruino's `process.memory`: blocks, here of 1,024 octets. */
export function memory() {
  const total = Math.round(os.totalmem() / 1024);
  const free = Math.round(os.freemem() / 1024);
  return { free, usage: total - free, total, history: 0 };
}
