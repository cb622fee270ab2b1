// SPDX-License-Identifier: MIT
// The line of a DHT on NodeMCU: `create(pin)`. The firmware reads it by itself, because Lua is too slow,
// and gives numbers: they are turned back into what the chip sent, so that one driver checks all.

import type { Octets } from "#engine";
import type { DhtLine } from "../../hal.js";
import { over } from "../../sensors/sensor.js";
import { after, guarded } from "./after.js";

/** From here on the start signal is that of a DHT11. */
const enum Start {
  OLD_MS = 18,
}

/** Tenths, of a number that is a float where there are floats, and its thousandths with their sign. */
function tenthsOf(value: number, thousandths: number): number {
  const whole = value < 0 ? -Math.floor(-value) : Math.floor(value);
  return whole * 10 + over(thousandths + 50, 100);
}

/** Octets of the two kinds of chips, with their sum. */
function octetsOf(isOld: boolean, humidity: number, temperature: number): Octets {
  const size = temperature < 0 ? -temperature : temperature;
  const sign = temperature < 0 ? 128 : 0;
  const by = isOld ? 10 : 256;
  const a = over(humidity, by);
  const b = humidity % by;
  const c = over(size, by) + (isOld ? 0 : sign);
  const d = (size % by) + (isOld ? sign : 0);
  return String.fromCharCode(a, b, c, d, (a + b + c + d) % 256);
}

function measure(pin: number, isOld: boolean): Octets {
  // ESP32 has another name for the newer chips.
  const read = isOld ? dht.read11 : dht.readxx === undefined ? dht.read2x : dht.readxx;
  const [status, temperature, humidity, temperatureRest, humidityRest] = read(pin);
  if (status === dht.ERROR_CHECKSUM) return String.fromCharCode(0, 0, 0, 0, 1);
  return status === dht.OK
    ? octetsOf(isOld, tenthsOf(humidity, humidityRest), tenthsOf(temperature, temperatureRest))
    : "";
}

export function create(pin: number): DhtLine {
  return {
    ask: (lowMs, step, record) => {
      const [isDone, octets] = pcall(measure, pin, lowMs >= Start.OLD_MS);
      guarded(step, record, isDone ? octets : "");
    },
    after: after,
  };
}
