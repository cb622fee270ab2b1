// SPDX-License-Identifier: MIT
// Counters in two files of the firmware's.

import { Status } from "../../src/status.js";
import type { Counters } from "../hal.js";
import { countersOf, textOfCounters } from "../lua/side.js";

function read(copy: number): number[] | undefined {
  return countersOf(file.getcontents("ringlet-auth" + copy));
}

function write(copy: number, counters: number[]): Status {
  const name = "ringlet-auth" + copy;
  const [isDone, isWritten] = pcall(file.putcontents, name, textOfCounters(counters));
  return isDone && isWritten ? Status.OK : Status.STORE_FAILED;
}

/** What the firmware offers. */
export const counters: Counters = { read: read, write: write };
