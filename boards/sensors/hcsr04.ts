// SPDX-License-Identifier: MIT
// HC-SR04: distance by ultrasound, on two pins; the echo's 5 V need a divider. Manual "HC-SR04" of
// Cytron and others. The times of the echo's edges are the firmware's.

import type { DigitalPin } from "../hal.js";
import { conclude, over, type Quantity, type Sensor, sensorOf, usual } from "./sensor.js";
import { DeviceStatus } from "./status.js";
import { expect, type TimedReader } from "./timed.js";

export const meta: Record<string, Quantity> = { distance: { unit: "m", decimals: 3 } };

export interface Hcsr04Options {
  /** Of the air, in degrees; usually 20. */
  celsius?: number;
}

const enum Echo {
  /** The clock of edges begins anew there. */
  CLOCK = 1073741824,
  /** Nothing was in reach, where the pin stays high for longer. */
  LONGEST_US = 38000,
  /** The cycle the manual asks for. */
  WAIT_MS = 60,
}

interface Hcsr04Reader extends TimedReader {
  trigger: DigitalPin;
  echo: DigitalPin;
  /** Of sound, in cm/s. */
  speed: number;
  /** When the echo's pin went high. */
  since: number;
}

function heard(reader: Hcsr04Reader, level: number, us: number): void {
  if (!reader.done || reader.reason === DeviceStatus.OK) return;
  if (level > 0) {
    reader.since = us;
    reader.reason = DeviceStatus.STUCK;
  } else if (reader.reason === DeviceStatus.STUCK) {
    const elapsed = (us - reader.since + Echo.CLOCK) % Echo.CLOCK;
    conclude(
      reader,
      elapsed > Echo.LONGEST_US
        ? DeviceStatus.RANGE
        : // There and back, in millimetres.
          { distance: over(elapsed * reader.speed, 200000) },
    );
  }
}

/** The pulse ends; its end sends the sound. */
function send(reader: Hcsr04Reader): void {
  reader.trigger.write(0);
  expect(reader, Echo.WAIT_MS, DeviceStatus.SILENT);
}

/** A pulse of 10 µs at least. */
function start(reader: Hcsr04Reader): void {
  if (reader.echo.read() > 0) conclude(reader, DeviceStatus.STUCK);
  else {
    reader.reason = DeviceStatus.OK;
    reader.trigger.write(1);
    reader.after(send, 1, reader);
  }
}

export function create(trigger: DigitalPin, echo: DigitalPin, options?: Hcsr04Options): Sensor {
  const celsius = usual(options && options.celsius, 20);
  const reader: Hcsr04Reader = {
    after: trigger.after,
    done: undefined,
    timers: 0,
    reason: DeviceStatus.OK,
    trigger: trigger,
    echo: echo,
    // 331.3 m/s, and 0.606 m/s more for each degree.
    speed: 33130 + over(celsius * 606, 10),
    since: 0,
  };
  echo.watch(heard, reader);
  return sensorOf(reader, start);
}
