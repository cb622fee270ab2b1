// SPDX-License-Identifier: MIT
// A greenhouse: temperature, pressure and humidity (BME280), light (BH1750), moisture of the soil, and a
// pump that goes off by itself. `set/pump` takes "on" and "off"; `pump` tells what it is.

import type { AnalogPin, I2cBus } from "../../boards/hal.js";
import { create as createAnalog } from "../../boards/sensors/analog.js";
import { create as createBh1750 } from "../../boards/sensors/bh1750.js";
import { create as createBme280 } from "../../boards/sensors/bme280.js";
import type { OutputPin } from "../../boards/sensors/output.js";
import { usual } from "../../boards/sensors/sensor.js";
import { DeviceStatus } from "../../boards/sensors/status.js";
import {
  gadgetAdd,
  type GadgetConfig,
  gadgetOpen,
  type GadgetPort,
} from "../../src/device/gadget.js";
import { switchOf } from "../switch.js";

/** What stands in `ringlet.json` besides. */
export interface GreenhouseConfig extends GadgetConfig {
  /** What the soil's pin reads, of 65535, in dry soil and in wet soil. */
  dry?: number;
  wet?: number;
  /** The longest time the pump is on, in seconds. */
  maxOn?: number;
}

/** What it is connected to, as far as its pins are there. */
export interface Wiring {
  i2c: I2cBus | undefined;
  soil: AnalogPin | undefined;
  pump: OutputPin | undefined;
}

/** Capacitive sensors at 3.3 V, about: those of each maker read otherwise. */
const enum Soil {
  DRY = 47000,
  WET = 22000,
}

const enum Pump {
  MAX_ON = 30,
}

/** Moisture in percent: the line from dry to wet, whichever reads more. */
function soilOf(pin: AnalogPin | undefined, dry: number, wet: number) {
  if (!pin) return DeviceStatus.NO_PORT;
  if (dry === wet) return DeviceStatus.RANGE;
  return createAnalog(pin, {
    quantity: "soil",
    points:
      dry < wet
        ? [
            [dry, 0],
            [wet, 100],
          ]
        : [
            [wet, 100],
            [dry, 0],
          ],
    isClamped: true,
  });
}

/** Digits behind the point, as the drivers' `meta` tells them. */
const DECIMALS = { temperature: 2, humidity: 2, illuminance: 1 };

/** Starts it. */
export function greenhouse(config: GreenhouseConfig, board: GadgetPort, wiring: Wiring): void {
  gadgetOpen(config, board, DECIMALS, (g) => {
    const bus = wiring.i2c;
    gadgetAdd(g, "climate", bus ? createBme280(bus) : DeviceStatus.NO_PORT);
    gadgetAdd(g, "light", bus ? createBh1750(bus) : DeviceStatus.NO_PORT);
    gadgetAdd(
      g,
      "soil",
      soilOf(wiring.soil, usual(config.dry, Soil.DRY), usual(config.wet, Soil.WET)),
    );
    return switchOf(g, "pump", wiring.pump, usual(config.maxOn, Pump.MAX_ON));
  });
}
