// SPDX-License-Identifier: MIT
// Bosch BME280 (temperature, pressure, humidity) and BMP280 (without humidity), on I²C, one measurement
// at a time with sleep in between. Datasheets BST-BME280-DS002 and BST-BMP280-DS001; numbers of sections
// are of the first. The formulas are its integer ones, with products divided before they outgrow 31 bits.

import type { Octets } from "#engine";
import type { I2cBus } from "../hal.js";
import { command, fetch, type I2cOptions, type I2cReader } from "./i2c.js";
import {
  conclude,
  over,
  scaled,
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
  temperature: { unit: "Cel", decimals: 2 },
  pressure: { unit: "Pa", decimals: 0 },
  humidity: { unit: "%RH", decimals: 2 },
};

/** Registers, section 5.3. */
const enum Register {
  CALIBRATION = 0x88,
  ID = 0xd0,
  HUMIDITY_CALIBRATION = 0xe1,
  /** From here on to the last octet of a measurement. */
  HUMIDITY_CONTROL = 0xf2,
  CONTROL = 0xf4,
}

const enum Chip {
  BMP280 = 0x58,
  BME280 = 0x60,
  /** ctrl_meas: each quantity measured once; what it holds asleep, and 1 more to wake the chip. */
  ASLEEP = 0x24,
}

interface Bme280Reader extends I2cReader {
  hasHumidity: boolean;
  /** Calibration, as it lies in the chip; "" before it was read. */
  trim: Octets;
  /** Calibration of humidity. */
  humidityTrim: Octets;
}

/** A word of calibration, low octet first. */
function trimAt(trim: Octets, at: number): number {
  return trim.charCodeAt(at) + trim.charCodeAt(at + 1) * 256;
}

function trimSigned(trim: Octets, at: number): number {
  return signed(trimAt(trim, at), 32768);
}

/** Section 4.2.3: `t_fine`, of which 5120 are one degree. */
function fineOf(trim: Octets, raw: number): number {
  const x = over(raw, 8) - trimAt(trim, 0) * 2;
  const y = over(raw, 16) - trimAt(trim, 0);
  // Far beyond what the chip measures, and products would be beyond 31 bits.
  if (x > 60000 || x < -60000) return -1000000;
  return over(x * trimSigned(trim, 2), 2048) + over(over(y * y, 4096) * trimSigned(trim, 4), 16384);
}

/** Appendix 8.2, in 32 bits: Pa. */
function pressureOf(trim: Octets, raw: number, fine: number): number {
  const v = over(fine, 2) - 64000;
  const square = over(v, 4) * over(v, 4);
  const offset =
    over(over(square, 2048) * trimSigned(trim, 16) + v * trimSigned(trim, 14) * 2, 16384) +
    trimSigned(trim, 12) * 16;
  const slope = over(
    scaled(trimSigned(trim, 10), over(square, 8192), 8) + scaled(trimSigned(trim, 8), v, 2),
    262144,
  );
  const divisor = over((32768 + slope) * trimAt(trim, 6), 32768);
  if (divisor < 1) return 0;
  const p = scaled(6250, 1048576 - raw - offset, divisor);
  const eighth = over(p, 8);
  return (
    p +
    over(
      over(trimSigned(trim, 22) * over(eighth * eighth, 8192), 4096) +
        over(over(p, 4) * trimSigned(trim, 20), 8192) +
        trimSigned(trim, 18),
      16,
    )
  );
}

/** Section 4.2.3: hundredths of a percent. H4 and H5 share an octet. */
function humidityOf(reader: Bme280Reader, raw: number, fine: number): number {
  const trim = reader.humidityTrim;
  const middle = trim.charCodeAt(4);
  const h4 = signed(trim.charCodeAt(3) * 16 + (middle % 16), 2048);
  const h5 = signed(trim.charCodeAt(5) * 16 + over(middle, 16), 2048);
  const v = fine - 76800;
  const bend =
    over(
      over(v * signed(trim.charCodeAt(6), 128), 1024) *
        (over(v * trim.charCodeAt(2), 2048) + 32768),
      1024,
    ) + 2097152;
  const x =
    over(raw * 16384 - h4 * 1048576 - h5 * v + 16384, 32768) *
    over(bend * trimSigned(trim, 0) + 8192, 16384);
  const y = over(x, 32768);
  const result = over(x - scaled(reader.trim.charCodeAt(25), over(y * y, 128), 16), 4096);
  return result < 0 ? 0 : result > 102400 ? 10000 : over(result * 25, 256);
}

/** Twenty bits, section 5.4.7: the highest octet first, the last four bits at the top of the third. */
function rawAt(octets: Octets, at: number): number {
  return wordAt(octets, at) * 16 + over(octets.charCodeAt(at + 2), 16);
}

/**
 * ctrl_hum, status, ctrl_meas, config, one that is reserved, then pressure, temperature, humidity.
 * The two controls tell more than the marks of a skipped measurement, 0x80000 and 0x8000, which a
 * measurement may be too: they are what was written, and the chip is asleep again.
 */
function decode(reader: Bme280Reader, octets: Octets): Reading | DeviceStatus {
  if (
    octets.charCodeAt(2) !== Chip.ASLEEP ||
    (reader.hasHumidity && octets.charCodeAt(0) % 8 !== 1)
  ) {
    return DeviceStatus.UNREADY;
  }
  const fine = fineOf(reader.trim, rawAt(octets, 8));
  // The range of the chip: −40 to 85 °C, 300 to 1100 hPa.
  if (fine < -204800 || fine > 435200) return DeviceStatus.RANGE;
  const pressure = pressureOf(reader.trim, rawAt(octets, 5), fine);
  if (pressure < 30000 || pressure > 110000) return DeviceStatus.RANGE;
  const reading: Reading = { temperature: over(fine * 5 + 128, 256), pressure: pressure };
  if (reader.hasHumidity) {
    reading["humidity"] = humidityOf(reader, wordAt(octets, 11), fine);
  }
  return reading;
}

function finish(reader: Bme280Reader): void {
  const octets = fetch(reader, Register.HUMIDITY_CONTROL, 13);
  conclude(reader, octets.length < 13 ? DeviceStatus.SILENT : decode(reader, octets));
}

/** Which chip it is, and its calibration: read once, and again after it failed. */
function learn(reader: Bme280Reader): DeviceStatus {
  const id = fetch(reader, Register.ID, 1);
  if (id.length < 1) return DeviceStatus.SILENT;
  reader.hasHumidity = id.charCodeAt(0) === Chip.BME280;
  if (!reader.hasHumidity && id.charCodeAt(0) !== Chip.BMP280) return DeviceStatus.UNKNOWN;
  reader.humidityTrim = fetch(reader, Register.HUMIDITY_CALIBRATION, 7);
  const trim = fetch(reader, Register.CALIBRATION, 26);
  if (trim.length < 26 || reader.humidityTrim.length < 7) return DeviceStatus.SILENT;
  // T1, P1 and H2 scale the others: a chip that was calibrated has them.
  if (
    trimAt(trim, 0) % 65535 === 0 ||
    trimAt(trim, 6) % 65535 === 0 ||
    (reader.hasHumidity && trimAt(reader.humidityTrim, 0) % 65535 === 0)
  ) {
    return DeviceStatus.GARBLED;
  }
  reader.trim = trim;
  return DeviceStatus.OK;
}

function start(reader: Bme280Reader): void {
  const status = reader.trim === "" ? learn(reader) : DeviceStatus.OK;
  if (status < 0) conclude(reader, status);
  else {
    // Humidity takes effect with the write to CONTROL; 9.3 ms at most, appendix 9.1.
    command(
      reader,
      String.fromCharCode(Register.HUMIDITY_CONTROL, 1, Register.CONTROL, Chip.ASLEEP + 1),
      10,
      finish,
    );
  }
}

/** A chip at 0x76, or at the `address` 0x77 with SDO high. */
export function create(bus: I2cBus, options?: I2cOptions): Sensor {
  return sensorOf(
    {
      bus: bus,
      device: usual(options && options.address, 0x76),
      done: undefined,
      hasHumidity: false,
      trim: "",
      humidityTrim: "",
    },
    start,
  );
}
