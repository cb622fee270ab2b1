// SPDX-License-Identifier: MIT
// What drivers share that wait for something to be sent: a reading that ends when nothing came.

import type { After } from "../hal.js";
import { conclude, type Reader } from "./sensor.js";
import type { DeviceStatus } from "./status.js";

/** What a driver keeps that waits. */
export interface TimedReader extends Reader {
  after: After;
  /** Timers that run: one for each reading that was begun, and some of those are over. */
  timers: number;
  /** Why there is nothing, as far as is known. */
  reason: DeviceStatus;
}

/** The last timer that was started is that of the reading under way, if there is one. */
function expire(reader: TimedReader): void {
  reader.timers -= 1;
  if (reader.timers < 1 && reader.done) conclude(reader, reader.reason);
}

/** Ends the reading with its reason after so many milliseconds. */
export function expect(reader: TimedReader, ms: number, reason: DeviceStatus): void {
  reader.reason = reason;
  reader.timers += 1;
  reader.after(expire, ms, reader);
}
