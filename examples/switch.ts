// SPDX-License-Identifier: MIT
// Something that is switched by a command: `set/NAME` takes "on" and "off", NAME tells what it is. With
// `maxOn` it goes off by itself, and where the connection is lost.

import { create as createOutput, type Output, type OutputPin } from "../boards/sensors/output.js";
import { DeviceStatus } from "../boards/sensors/status.js";
import {
  type Gadget,
  gadgetCommand,
  gadgetFault,
  type GadgetHooks,
  gadgetTell,
} from "../src/device/gadget.js";

/** Returns how its state is told, and how it is switched off. */
export function switchOf(
  g: Gadget,
  name: string,
  pin: OutputPin | undefined,
  maxOn?: number,
): GadgetHooks {
  let output: Output | undefined;
  function state(): void {
    if (output) gadgetTell(g, name, output.level() > 0 ? "on" : "off", true);
    else gadgetFault(g, name, DeviceStatus.NO_PORT);
  }
  if (pin) output = createOutput(pin, { maxOn: maxOn, expired: state } as object);
  gadgetCommand(g, name, (payload) => {
    const isOn = payload === "on";
    if (!output || (!isOn && payload !== "off")) return false;
    output.set(isOn ? 1 : 0);
    state();
    return true;
  });
  return {
    states: state,
    lost: () => {
      if (output) output.set(0);
    },
  };
}
