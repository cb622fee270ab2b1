// SPDX-License-Identifier: MIT
// A machine: its vibration (MPU-6050, RMS over 32 readings) and temperature, a process value from a
// 4–20 mA loop (ADS1115, 150 Ω), and its energy (a meter on Modbus RTU). It takes no command of its own.

import type { I2cBus, Uart } from "../../boards/hal.js";
import { create as createAds1115 } from "../../boards/sensors/ads1115.js";
import { create as createModbus } from "../../boards/sensors/modbus.js";
import { create as createMpu6050 } from "../../boards/sensors/mpu6050.js";
import { usual } from "../../boards/sensors/sensor.js";
import { DeviceStatus } from "../../boards/sensors/status.js";
import {
  gadgetAdd,
  type GadgetConfig,
  gadgetOpen,
  type GadgetPort,
} from "../../src/device/gadget.js";
import { create as createVibration } from "./vibration.js";

/** What stands in `ringlet.json` besides. */
export interface MonitorConfig extends GadgetConfig {
  /** The resistor of the loop, in ohms. */
  ohms?: number;
  /** The meter's number on its line. */
  unit?: number;
}

/** What it is connected to, as far as it is there. */
export interface MonitorWiring {
  i2c: I2cBus | undefined;
  uart: Uart | undefined;
}

/** Digits behind the point: m/s², mA, V, A, kW, kWh. */
const DECIMALS = { vibration: 3, current: 3, mains: 1, amperes: 3, power: 3, energy: 3 };

/** The registers of the meter: README.md. */
const FIELDS = {
  mains: { at: 0 },
  amperes: { at: 1 },
  power: { at: 2 },
  energy: { at: 3, words: 2 },
};

/** Starts it. */
export function machineMonitor(
  config: MonitorConfig,
  board: GadgetPort,
  wiring: MonitorWiring,
): void {
  gadgetOpen(config, board, DECIMALS, (g) => {
    const bus = wiring.i2c;
    const none = DeviceStatus.NO_PORT;
    gadgetAdd(g, "bearing", bus ? createVibration(createMpu6050(bus), board.after) : none);
    gadgetAdd(g, "loop", bus ? createAds1115(bus, { ohms: usual(config.ohms, 150) }) : none);
    gadgetAdd(
      g,
      "meter",
      wiring.uart
        ? createModbus(wiring.uart, {
            unit: usual(config.unit, 1),
            code: 4,
            from: 0,
            count: 5,
            fields: FIELDS,
          })
        : none,
    );
    return { states: () => {}, lost: () => {} };
  });
}
