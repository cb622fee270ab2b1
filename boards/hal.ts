// SPDX-License-Identifier: MIT
// The ports a board adapts its firmware to. Types only: nothing here reaches a bundle.

import type { Link, Octets, Single } from "#engine";
import type { Status } from "../src/status.js";
import type { DeviceStatus } from "./sensors/status.js";

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
  /** Seconds of a clock; only what passes between two calls counts, and it may be set meanwhile. */
  now: (this: void) => number;
}

/**
 * Calls `step(record)` after `ms`, from the firmware's loop. What a step throws ends the step: an
 * adapter reports it and goes on.
 */
export type After = <T>(
  this: void,
  step: (this: void, record: T) => void,
  ms: number,
  record: T,
) => Timer;

// Ports of sensors. None throws, and none waits for a chip: who needs time asks `after` for it. What
// was read is shorter than asked for where the device, or the firmware, did not give all of it.

/** I²C, of which this is the one master. Addresses have 7 bits. */
export interface I2cBus {
  /** Writes octets to a device: OK, or SILENT where one was not acknowledged. */
  write: (this: void, address: number, octets: Octets) => DeviceStatus;
  /** Reads so many octets: fewer where nobody acknowledged the address. */
  read: (this: void, address: number, count: number) => Octets;
  after: After;
}

/** SPI with one chip, whose select line the adapter holds down from the first octet to the last. */
export interface SpiDevice {
  /** Sends octets, and returns as many that came meanwhile. */
  transfer: (this: void, octets: Octets) => Octets;
  after: After;
}

/** 1-Wire, with its pull-up resistor. */
export interface OneWireBus {
  /** The reset pulse: OK, SILENT where no device answered it, STUCK where the line stays low. */
  reset: (this: void) => DeviceStatus;
  /** Writes octets, lowest bit first; the line is driven high afterwards, for devices fed by it. */
  write: (this: void, octets: Octets) => void;
  read: (this: void, count: number) => Octets;
  /** The ROM codes of all devices, eight octets each, family first. */
  search: (this: void) => Octets[];
  after: After;
}

/** A serial port that was set up. */
export interface Uart {
  write: (this: void, octets: Octets) => DeviceStatus;
  /** Calls `received(record, octets)` for what comes, cut anywhere; the last one that asked counts. */
  listen: <T>(
    this: void,
    received: (this: void, record: T, octets: Octets) => void,
    record: T,
  ) => void;
  after: After;
}

/** The lines of a DHT, read by what the firmware has for it. */
export interface DhtLine {
  /**
   * Holds the line down for `lowMs`, then calls `step(record, octets)` with the five octets that the
   * chip sent, their checksum unseen; with fewer where it stopped.
   */
  ask: <T>(
    this: void,
    lowMs: number,
    step: (this: void, record: T, octets: Octets) => void,
    record: T,
  ) => void;
  after: After;
}

/** A pin, as input or as output. Levels are 0 and 1. */
export interface DigitalPin {
  read: (this: void) => number;
  write: (this: void, level: number) => void;
  /**
   * Calls `edge(record, level, us)` for each change; `us` counts microseconds and begins anew at 2^30.
   * The last one that asked counts.
   */
  watch: <T>(
    this: void,
    edge: (this: void, record: T, level: number, us: number) => void,
    record: T,
  ) => void;
  after: After;
}

/** An analog input. */
export interface AnalogPin {
  /** 0 to 65535 for none to all of the converter's range; NO_PORT where the pin has no converter. */
  read: (this: void) => number;
}

/** A pin with pulse-width modulation. */
export interface PwmPin {
  /** How long it is high, of 65535. */
  write: (this: void, share: number) => void;
  after: After;
}

/** Small things that outlive a reboot, by names of up to 28 characters. */
export interface Store {
  /** What was written, or undefined. */
  read: (this: void, name: string) => Octets | undefined;
  /** OK, or NO_ROOM; then what was there before may be gone. */
  write: (this: void, name: string, octets: Octets) => DeviceStatus;
  remove: (this: void, name: string) => void;
}
