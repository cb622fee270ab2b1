// SPDX-License-Identifier: MIT
// Counters in the firmware's Storage, as JSON: what was not written to its end is none.

import { Status } from "../../src/status.js";
import type { Counters } from "../hal.js";

function read(copy: number): number[] | undefined {
  return require("Storage").readJSON("ringlet-auth" + copy, true);
}

function write(copy: number, counters: number[]): Status {
  try {
    require("Storage").writeJSON("ringlet-auth" + copy, counters);
    return Status.OK;
  } catch (error) {
    return Status.STORE_FAILED;
  }
}

/** What the firmware offers. */
export const counters: Counters = { read: read, write: write };
