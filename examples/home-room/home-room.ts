// SPDX-License-Identifier: MIT
// A room: temperature and humidity (SHT3x), a motion detector that is told at once, and a lamp behind a
// relay: `set/light` takes "on" and "off". Home Assistant is told what there is (MQTT discovery, one
// message for the whole device), and shows it without being set up.

import type { DigitalPin, I2cBus } from "../../boards/hal.js";
import { create as createContact } from "../../boards/sensors/contact.js";
import type { OutputPin } from "../../boards/sensors/output.js";
import { create as createSht3x } from "../../boards/sensors/sht3x.js";
import { DeviceStatus } from "../../boards/sensors/status.js";
import {
  type Gadget,
  gadgetAdd,
  type GadgetConfig,
  gadgetFault,
  type GadgetHooks,
  gadgetOpen,
  type GadgetPort,
  gadgetTell,
} from "../../src/device/gadget.js";
import { switchOf } from "../switch.js";

/** What stands in `ringlet.json` besides. */
export interface RoomConfig extends GadgetConfig {
  /** Where Home Assistant looks for devices; usually "homeassistant". */
  discovery?: string;
}

/** What it is connected to, as far as its pins are there. */
export interface RoomWiring {
  i2c: I2cBus | undefined;
  motion: DigitalPin | undefined;
  light: OutputPin | undefined;
}

/** Digits behind the point, as the driver's `meta` tells them. */
const DECIMALS = { temperature: 2, humidity: 2 };

/** A component of the device, and what else is to be said of it. */
function component(id: string, key: string, what: string): string {
  return '"' + key + '":{"uniq_id":"' + id + "_" + key + '",' + what + "}";
}

/** A quantity of the report; nothing where the report has none. */
function quantity(id: string, name: string, unit: string): string {
  return component(
    id,
    name,
    '"p":"sensor","dev_cla":"' +
      name +
      '","unit_of_meas":"' +
      unit +
      '","val_tpl":"{{value_json.' +
      name +
      "|default('None')}}\"",
  );
}

/** What the device is, in the abbreviated form; ASCII, so that it is the same on every build. */
function discoveryOf(id: string, base: string): string {
  const states = '"pl_on":"on","pl_off":"off","stat_t":"' + base;
  return (
    '{"dev":{"ids":"' +
    id +
    '","name":"' +
    id +
    '"},"o":{"name":"ringlet"},"avty_t":"' +
    base +
    'status","stat_t":"' +
    base +
    'report","cmps":{' +
    quantity(id, "temperature", "\\u00b0C") +
    "," +
    quantity(id, "humidity", "%") +
    "," +
    component(id, "motion", '"p":"binary_sensor","dev_cla":"motion",' + states + 'motion"') +
    "," +
    component(id, "light", '"p":"light",' + states + 'light","cmd_t":"' + base + 'set/light"') +
    "}}"
  );
}

/** Tells what moves, at once. */
function watchMotion(g: Gadget, pin: DigitalPin): void {
  const tell = (level: number): void => {
    gadgetTell(g, "motion", level > 0 ? "on" : "off", true);
  };
  createContact(pin, { changed: tell });
  tell(pin.read());
}

/** Starts it. */
export function homeRoom(config: RoomConfig, board: GadgetPort, wiring: RoomWiring): void {
  gadgetOpen(config, board, DECIMALS, (g) => {
    let isKnown = false;
    gadgetAdd(g, "climate", wiring.i2c ? createSht3x(wiring.i2c) : DeviceStatus.NO_PORT);
    if (wiring.motion) watchMotion(g, wiring.motion);
    const light: GadgetHooks = switchOf(g, "light", wiring.light);
    return {
      states: () => {
        if (!isKnown) {
          const topic =
            (config.discovery || "homeassistant") + "/device/" + config.clientId + "/config";
          // It is kept by the server, and too long for the ring: without QoS, until it was taken once.
          isKnown = g.client.publish(topic, discoveryOf(config.clientId, g.base), 0, true) >= 0;
        }
        if (!wiring.motion) gadgetFault(g, "motion", DeviceStatus.NO_PORT);
        light.states();
      },
      // A lamp stays as it is: nobody is hurt, and the switch on the wall still works.
      lost: () => {},
    };
  });
}
