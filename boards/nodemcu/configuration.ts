// SPDX-License-Identifier: MIT
// What differs from board to board of one program: the file `ringlet.json`.

import type { Options } from "../../src/options.js";

/** What stands in the file `ringlet.json`. */
export interface Config extends Options {
  ssid: string;
  wifiPassword?: string;
  /** Seconds between two rounds of readings. */
  interval?: number;
}

/** What is in `ringlet.json`; undefined, and told, where that makes no sense. */
export function configuration(): Config | undefined {
  const text = file.getcontents("ringlet.json");
  if (text) {
    const [isJson, config] = pcall(sjson.decode, text);
    if (isJson && (config as unknown as Config).host) return config as unknown as Config;
  }
  print("No ringlet.json that makes sense: write one with host, ssid and wifiPassword.");
  return undefined;
}
