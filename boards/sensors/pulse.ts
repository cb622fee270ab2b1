// SPDX-License-Identifier: MIT
// Pulses: a water meter, a rain gauge, the S0 output of an electricity meter, revolutions. Counts rising
// edges, and measures the time between the last two.

import type { DigitalPin } from "../hal.js";
import { conclude, type Quantity, type Reader, type Sensor, sensorOf, usual } from "./sensor.js";

export const meta: Record<string, Quantity> = {
  count: { unit: "count", decimals: 0 },
  period: { unit: "s", decimals: 6 },
};

export interface PulseOptions {
  /** Edges that follow one that counted more closely than this do not count; usually 1000 µs. */
  deadUs?: number;
  /** What it has counted so far, so that a meter goes on after a reboot. */
  count?: number;
}

const enum Pulse {
  /** The clock of edges begins anew there. */
  CLOCK = 1073741824,
  /** The counter begins anew there. */
  COUNTS = 1000000000,
}

interface PulseReader extends Reader {
  deadUs: number;
  pulses: number;
  /** When the last pulse began; below 0 before the first. */
  last: number;
  /** Between the last two; 0 before there were two. */
  between: number;
}

function edge(reader: PulseReader, level: number, us: number): void {
  if (level < 1) return;
  const elapsed = (us - reader.last + Pulse.CLOCK) % Pulse.CLOCK;
  if (reader.last >= 0) {
    if (elapsed < reader.deadUs) return;
    reader.between = elapsed;
  }
  reader.last = us;
  reader.pulses = (reader.pulses + 1) % Pulse.COUNTS;
}

function start(reader: PulseReader): void {
  conclude(reader, { count: reader.pulses, period: reader.between });
}

export function create(pin: DigitalPin, options?: PulseOptions): Sensor {
  const given: PulseOptions = options || {};
  const reader: PulseReader = {
    done: undefined,
    deadUs: usual(given.deadUs, 1000),
    pulses: usual(given.count, 0),
    last: -1,
    between: 0,
  };
  pin.watch(edge, reader);
  return sensorOf(reader, start);
}
