// SPDX-License-Identifier: MIT
// All virtual chips, by name.

export { create as ads1115 } from "./chips/ads1115.mjs";
export { create as bh1750 } from "./chips/bh1750.mjs";
export { create as bme280 } from "./chips/bme280.mjs";
export { create as dht22 } from "./chips/dht22.mjs";
export { create as ds18b20 } from "./chips/ds18b20.mjs";
export { create as hx711 } from "./chips/hx711.mjs";
export { create as max30102 } from "./chips/max30102.mjs";
export { create as meter } from "./chips/meter.mjs";
export { create as mpu6050 } from "./chips/mpu6050.mjs";
export { create as sht3x } from "./chips/sht3x.mjs";
