// SPDX-License-Identifier: MIT
// Texas Instruments ADS1115 and ADS1015, voltage of one of four inputs, on I²C; with a resistor also the
// current of a 4–20 mA loop. Datasheet SBAS444.

import type { I2cBus } from "../hal.js";
import { command, fetch, type I2cOptions, type I2cReader } from "./i2c.js";
import {
  conclude,
  over,
  type Quantity,
  type Reading,
  type Sensor,
  sensorOf,
  signed,
  wordAt,
  usual,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = {
  voltage: { unit: "V", decimals: 6 },
  current: { unit: "A", decimals: 6 },
};

export interface Ads1115Options extends I2cOptions {
  /** AIN0 to AIN3 against GND: 0 (usual) to 3. */
  input?: number;
  /** Full scale: 0 is ±6.144 V, 1 (usual) ±4.096, 2 ±2.048, 3 ±1.024, 4 ±0.512, 5 ±0.256. */
  gain?: number;
  /** The resistor of a current loop, in ohms: `current` is measured in place of `voltage`. */
  ohms?: number;
}

interface Ads1115Reader extends I2cReader {
  /** High octet of the configuration. */
  setting: number;
  /** The step, as a multiple of that of ±0.256 V. */
  factor: number;
  ohms: number;
}

const enum Register {
  CONVERSION = 0,
  CONFIG = 1,
}

/** Low octet of the configuration, "Config Register": 128 samples a second, no comparator. */
const enum Config {
  LOW = 0x83,
}

function decode(reader: Ads1115Reader, raw: number): Reading | DeviceStatus {
  // "Data Format": at the ends it is saturated.
  if (raw === 32767 || raw === -32768) return DeviceStatus.RANGE;
  // "Full-Scale Range and LSB Size": the step of ±0.256 V is 7.8125 µV, 125/16.
  const microvolts = over(raw * reader.factor * 125, 16);
  if (reader.ohms === 0) return { voltage: microvolts };
  // NAMUR NE 43: below 3.6 mA a wire is broken, above 21 mA something is shorted.
  const microamperes = over(microvolts, reader.ohms);
  return microamperes < 3600 || microamperes > 21000
    ? DeviceStatus.RANGE
    : { current: microamperes };
}

function finish(reader: Ads1115Reader): void {
  const config = fetch(reader, Register.CONFIG, 2);
  const octets = fetch(reader, Register.CONVERSION, 2);
  if (config.length < 2 || octets.length < 2) conclude(reader, DeviceStatus.SILENT);
  // The highest bit is set again when the conversion is done; the others stay, but for a reset.
  else if (wordAt(config, 0) !== reader.setting * 256 + Config.LOW) {
    conclude(reader, DeviceStatus.UNREADY);
  } else conclude(reader, decode(reader, signed(wordAt(octets, 0), 32768)));
}

/** One conversion: 8 ms, and a tenth more for its oscillator. */
function start(reader: Ads1115Reader): void {
  const octets = String.fromCharCode(Register.CONFIG, reader.setting, Config.LOW);
  command(reader, octets, 9, finish);
}

/** A chip at 0x48, or at another `address` up to 0x4B. */
export function create(bus: I2cBus, options?: Ads1115Options): Sensor {
  const given: Ads1115Options = options || {};
  const gain = usual(given.gain, 1);
  let factor = 1;
  for (let left = gain; left < 5; left++) factor *= 2;
  return sensorOf(
    {
      bus: bus,
      device: usual(given.address, 0x48),
      done: undefined,
      // Start, one input against GND, one conversion, then asleep: "Config Register".
      setting: 0xc1 + usual(given.input, 0) * 16 + gain * 2,
      // The first range is not twice the second.
      factor: gain === 0 ? 24 : factor,
      ohms: usual(given.ohms, 0),
    },
    start,
  );
}
