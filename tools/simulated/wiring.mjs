// SPDX-License-Identifier: MIT
// What is connected to the simulated board for each example, by the names of its README: chips on I²C by
// their addresses, what an analog pin sees of the world, outputs and inputs. Pins by engine, as the
// example's entry for that board has them.

import { create as ads1115 } from "./chips/ads1115.mjs";
import { create as bh1750 } from "./chips/bh1750.mjs";
import { create as bme280 } from "./chips/bme280.mjs";
import { create as max30102 } from "./chips/max30102.mjs";
import { create as meter } from "./chips/meter.mjs";
import { create as mpu6050 } from "./chips/mpu6050.mjs";
import { create as sht3x } from "./chips/sht3x.mjs";

/** A capacitive sensor reads 47000 of 65535 in dry soil, and 22000 in wet. */
const soil = (world) => (47000 - world.value("soil") * 250) / 65535;

/**
 * @typedef {{ i2c?: number, chip?: (world: any) => any, analog?: Record<string, string | number>,
 *   sees?: (world: any) => number, output?: Record<string, string | number>,
 *   input?: Record<string, string | number>, uart?: (world: any) => any }} Part
 * @type {Record<string, Record<string, Part>>}
 */
export const WIRINGS = {
  greenhouse: {
    bme280: { i2c: 0x76, chip: bme280 },
    bh1750: { i2c: 0x23, chip: bh1750 },
    soil: {
      analog: { "espruino-esp32": "D36", "nodemcu-esp32": 0, "nodemcu-esp8266": 0 },
      sees: soil,
    },
    pump: { output: { "espruino-esp32": "D4", "nodemcu-esp32": 4, "nodemcu-esp8266": 5 } },
  },
  "home-room": {
    sht3x: { i2c: 0x44, chip: sht3x },
    motion: { input: { "espruino-esp32": "D27", "nodemcu-esp32": 27, "nodemcu-esp8266": 6 } },
    light: { output: { "espruino-esp32": "D4", "nodemcu-esp32": 4, "nodemcu-esp8266": 5 } },
  },
  sleeper: { bme280: { i2c: 0x76, chip: bme280 } },
  "machine-monitor": {
    mpu6050: { i2c: 0x68, chip: mpu6050 },
    ads1115: { i2c: 0x48, chip: ads1115 },
    meter: { uart: meter },
  },
  wearable: {
    max30102: { i2c: 0x57, chip: max30102 },
    mpu6050: { i2c: 0x68, chip: mpu6050 },
    battery: {
      analog: { "espruino-esp32": "D34", "nodemcu-esp32": 6, "nodemcu-esp8266": 0 },
      sees: (world) => world.value("cell"),
    },
  },
};
