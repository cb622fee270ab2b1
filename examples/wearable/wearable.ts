// SPDX-License-Identifier: MIT
// Something that is worn: heart rate, steps, battery. Whence they come, and over which link they go, is
// the board's: chips and Wi-Fi, or the watch's own sensors and MQTT-SN over Bluetooth.

import { DeviceStatus } from "../../boards/sensors/status.js";
import type { Done, Reading, Sensor } from "../../boards/sensors/sensor.js";
import {
  gadgetAdd,
  type GadgetConfig,
  gadgetOpen,
  type GadgetPort,
} from "../../src/device/gadget.js";

/** What is measured, as far as it is there; by other names than quantities, which keep theirs in Lua. */
export interface Body {
  heart: Sensor | undefined;
  feet: Sensor | undefined;
  cell: Sensor | undefined;
}

/** A quantity that the board just knows; below 0 it does not. */
export function known(name: string, find: (this: void) => number): Sensor {
  return {
    read: (done: Done) => {
      const reading: Reading = {};
      reading[name] = find();
      if (reading[name]! < 0) done(DeviceStatus.UNREADY);
      else done(DeviceStatus.OK, reading);
    },
  };
}

/** Starts it. */
export function wearable(config: GadgetConfig, board: GadgetPort, body: Body): void {
  gadgetOpen(config, board, {}, (g) => {
    gadgetAdd(g, "pulse", body.heart || DeviceStatus.NO_PORT);
    gadgetAdd(g, "steps", body.feet || DeviceStatus.NO_PORT);
    gadgetAdd(g, "battery", body.cell || DeviceStatus.NO_PORT);
    return { states: () => {}, lost: () => {} };
  });
}
