// SPDX-License-Identifier: MIT
// The ports a board adapts its firmware to. Types only: nothing here reaches a bundle.

import type { Octets, Payload, Single } from "#engine";

/**
 * What happens to a connection. Its adapter calls these with the connection as `this`, never from
 * inside `open` or `put`, and may give them to a firmware that calls handlers that way.
 */
export interface LinkEvents extends Single {
  /** It is open. */
  opened: (this: Connection) => void;
  /** Octets came. */
  received: (this: Connection, octets: Octets) => void;
  /** The link has taken all it was given. */
  drained: (this: Connection) => void;
  /** It is closed, or could not be opened. */
  closed: (this: Connection) => void;
}

/** A network connection that `Port.open` made. */
export interface Connection {
  /** Whom it was opened for, so that one shared function can serve all connections. */
  drive: unknown;
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
    drive: Single,
    events: LinkEvents,
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
