// SPDX-License-Identifier: MIT
// Counters in two files of the folder the program runs in.

import { Status } from "../../src/status.js";
import type { Counters } from "../hal.js";
import { countersOf, textOfCounters } from "./side.js";

function read(copy: number): number[] | undefined {
  const [file] = io.open("ringlet-auth" + copy, "rb");
  if (!file) return undefined;
  const text = file.read("*a");
  file.close();
  return countersOf(text);
}

function write(copy: number, counters: number[]): Status {
  const [file] = io.open("ringlet-auth" + copy, "wb");
  if (!file) return Status.STORE_FAILED;
  const [isWritten] = file.write(textOfCounters(counters));
  const [isClosed] = file.close();
  return isWritten && isClosed ? Status.OK : Status.STORE_FAILED;
}

/** What Lua offers. */
export const counters: Counters = { read: read, write: write };
