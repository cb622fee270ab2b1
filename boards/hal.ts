// SPDX-License-Identifier: MIT
// The ports a board adapts its firmware to. Types only: nothing here reaches a bundle.

import type { Payload, Single } from "#engine";
import type { Drive } from "../src/transport/drive.js";

/**
 * A network connection that `Port.open` made. Its adapter calls `driveOpened`, `driveReceive`,
 * `driveDrained` and `driveClosed` on it (as `this`), never from inside `open` or `put`.
 */
export interface Connection {
  /** The drive it belongs to, so that one shared function can serve all connections. */
  drive: Drive;
  /** Hands octets to the link, in V8 with a payload behind them; may throw. */
  put: (octets: string, payload?: Payload) => void;
  /** Closes after what was handed over has left. */
  end: () => void;
  /** Lets go at once: no event of this connection counts any more. */
  drop: (connection: Connection) => void;
}

/** A timer that was started. */
export type Timer = unknown;

/** What a client needs of the world below it. */
export interface Port extends Single {
  /** Opens a connection; undefined where the firmware refuses at once. Does not throw. */
  open: (
    drive: Drive,
    host: string,
    port: number,
    tls: object | undefined,
  ) => Connection | undefined;
  /** Calls `step(record)` after `ms`. */
  after: <T>(step: (record: T) => void, ms: number, record: T) => Timer;
  /** Stops a timer. */
  stop: (timer: Timer) => void;
  /** A number from 0 to below 1, by chance. */
  chance: () => number;
}
