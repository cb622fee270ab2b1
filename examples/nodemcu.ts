// SPDX-License-Identifier: MIT
// What the examples share on NodeMCU: their port, and pins by their numbers, each for one thing only.

import { after } from "../boards/nodemcu/ports/after.js";
import { create as createStore } from "../boards/nodemcu/ports/store.js";
import type { GadgetConfig, GadgetPort } from "../src/device/gadget.js";

/** What stands in `ringlet.json` besides. */
export interface BoardConfig extends GadgetConfig {
  /** Numbers of pins, where they are not the usual ones. */
  pins?: Record<string, number>;
}

/** The board with the whole client where it has that, for instance in its Lua Flash Store; else the lean one. */
export function boardOf(): GadgetPort {
  const [isWhole, whole] = pcall(require, "ringlet");
  const client: any = isWhole ? whole : require("ringlet-lean");
  return {
    connect: client.connect,
    level: isWhole ? 1 : 0,
    after: after,
    say: print,
    store: createStore(),
  };
}

const taken: Record<number, boolean> = {};

/**
 * What `make` makes of the pin for a use; undefined where the firmware has no such pin, or it has another
 * use already.
 */
export function portOf<T>(
  config: BoardConfig,
  use: string,
  usual: number,
  make: (this: void, pin: number) => T,
): T | undefined {
  const pin = (config.pins && config.pins[use]) || usual;
  if (taken[pin]) return undefined;
  taken[pin] = true;
  const [isMade, made] = pcall(make, pin);
  if (isMade) return made as T;
  print(made);
  return undefined;
}
