// SPDX-License-Identifier: MIT
// The ports a board adapts its firmware to. Types only: nothing here reaches a bundle.

import type { Link, Octets, Single } from "#engine";
import type { Status } from "../src/status.js";

/**
 * What happens to a connection. Its adapter calls these, with what `open` was given first, never from
 * inside `open` or `write`. Nothing of a connection that was let go of comes through, but what the
 * firmware had in its queue at that moment.
 */
export interface LinkEvents extends Single {
  /** Octets came. */
  received: (this: void, drive: any, octets: Octets) => void;
  /** The link has taken all it was given. */
  drained: (this: void, drive: any) => void;
  /** It is closed, or could not be opened. */
  closed: (this: void, drive: any) => void;
  /** Why it will be told as closed, where there is somebody to read it: in Node. */
  failed?: (this: void, drive: any, reason: Error) => void;
}

/** What a connection is opened with: the options of `connect`. */
export interface Address {
  host: string;
  /** 1883, or 8883 with `tls`. */
  port?: number | undefined;
  tls?: object | undefined;
  /** What the next connections are opened with, in its place. */
  hosts?: object[] | undefined;
}

/** A timer that was started. */
export type Timer = unknown;

/** What a client needs of the world below it. */
export interface Port extends Single {
  /**
   * Opens a connection that takes octets at once, and sends them when it is up; undefined where the
   * firmware refuses on the spot. Does not throw.
   */
  open: (this: void, drive: Single, events: LinkEvents, address: Address) => Link | undefined;
  /** Lets go of a connection at once. */
  drop: (this: void, link: Link) => void;
  /** Calls `step(record)` after `ms`. */
  after: <T>(this: void, step: (this: void, record: T) => void, ms: number, record: T) => Timer;
  /**
   * Stops a timer; 0 is none. Never one that has fired: firmwares use the numbers of timers again, and
   * that may be somebody else's.
   */
  stop: (this: void, timer: Timer) => void;
  /** A whole number from 0 to below `count`, by chance. */
  chance: (this: void, count: number) => number;
}

/** Two counters that outlive a reboot, in two copies, 0 and 1: firmwares remove a file before they write it anew. */
export interface Counters extends Single {
  /** A copy; undefined where it is not there, or was not written to its end. Does not throw. */
  read: (this: void, copy: number) => number[] | undefined;
  /** Writes a copy. STORE_FAILED when it cannot; does not throw. */
  write: (this: void, copy: number, counters: number[]) => Status;
}

/** HMAC-SHA256 (RFC 2104, FIPS 180-4). */
export interface Hmac extends Single {
  /** Takes a key of 64 octets; what it returns is for `of`. */
  open: (this: void, key: Octets) => any;
  /** The 32 octets that authenticate `octets`. */
  of: (this: void, key: any, octets: Octets) => Octets;
}

/** What happens to a link for datagrams, in the same way as to a connection. */
export interface DatagramEvents extends Single {
  /** One datagram came, from there. */
  received: (this: void, drive: any, octets: Octets, host: string, port: number) => void;
  /** Nothing can be sent or received through it any more. */
  closed: (this: void, drive: any) => void;
}

/** A link for datagrams: what is written goes, as one, to `host` and `port`; over a stream there is but one peer. */
export interface DatagramLink extends Link {
  host: string;
  port: number;
}

/** What a client that speaks datagrams needs of the world below it; what `Port` has too is the same. */
export interface DatagramPort extends Single {
  /** Opens a link; undefined where the firmware refuses on the spot. Does not throw. */
  open: (
    this: void,
    drive: Single,
    events: DatagramEvents,
    options: object,
  ) => DatagramLink | undefined;
  drop: (this: void, link: DatagramLink) => void;
  after: <T>(this: void, step: (this: void, record: T) => void, ms: number, record: T) => Timer;
  stop: (this: void, timer: Timer) => void;
  chance: (this: void, count: number) => number;
}
