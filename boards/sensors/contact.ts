// SPDX-License-Identifier: MIT
// A digital input that bounces: a reed, a button, a float switch, a PIR. A level counts once it has held
// for `debounceMs`, and is then told.

import type { DigitalPin } from "../hal.js";
import { conclude, type Quantity, type Reader, type Sensor, sensorOf, usual } from "./sensor.js";

export const meta: Record<string, Quantity> = {
  contact: { unit: "/", decimals: 0 },
  count: { unit: "count", decimals: 0 },
};

export interface ContactOptions {
  /** How long a level has to hold; usually 50. */
  debounceMs?: number;
  /** Whether the contact pulls the pin down. */
  isInverted?: boolean;
  /** Called with 1 or 0 for each change. */
  changed?: (this: void, level: number) => void;
}

interface ContactReader extends Reader {
  pin: DigitalPin;
  given: ContactOptions;
  wait: number;
  level: number;
  /** How often it was closed, up to 999,999,999 and then from 0 again. */
  closed: number;
  isWaiting: boolean;
  /** Whether there was an edge since the wait began. */
  isRestless: boolean;
}

function levelOf(reader: ContactReader): number {
  return reader.given.isInverted ? 1 - reader.pin.read() : reader.pin.read();
}

/** A level that held as long as was waited counts. */
function settle(reader: ContactReader): void {
  if (reader.isRestless) {
    reader.isRestless = false;
    reader.pin.after(settle, reader.wait, reader);
    return;
  }
  reader.isWaiting = false;
  const level = levelOf(reader);
  if (level === reader.level) return;
  reader.level = level;
  reader.closed = (reader.closed + level) % 1000000000;
  const changed = reader.given.changed;
  if (changed) changed(level);
}

function edge(reader: ContactReader): void {
  if (reader.isWaiting) reader.isRestless = true;
  else {
    reader.isWaiting = true;
    reader.pin.after(settle, reader.wait, reader);
  }
}

function start(reader: ContactReader): void {
  conclude(reader, { contact: reader.level, count: reader.closed });
}

export function create(pin: DigitalPin, options?: ContactOptions): Sensor {
  const given: ContactOptions = options || {};
  const reader: ContactReader = {
    done: undefined,
    pin: pin,
    given: given,
    wait: usual(given.debounceMs, 50),
    level: 0,
    closed: 0,
    isWaiting: false,
    isRestless: false,
  };
  reader.level = levelOf(reader);
  pin.watch(edge, reader);
  return sensorOf(reader, start);
}
