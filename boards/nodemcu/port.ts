// SPDX-License-Identifier: MIT
// The ports of all NodeMCU boards: the firmware's `net` sockets and its timers. Its sockets take one
// `send` at a time and throw on a second one, on none at all and before they are connected; they want
// the port before the host, tell no "disconnection" of a `close` of one's own, and may tell late events
// behind it. An error that leaves a handler of the firmware restarts the board: none does, not even when
// memory runs out.

import { type Link, type Octets, orUsual, type Single } from "#engine";
import type { Options } from "../../src/options.js";
import type { Address, LinkEvents, Port } from "../hal.js";

/** What a socket is given at once: a TCP segment. */
const enum Bound {
  SEND = 1460,
  /** The longest time of a timer. */
  TIMER_MS = 6870947,
  /** What failed for want of memory is tried again after this time. */
  AGAIN_MS = 1000,
}

/** A connection with what waits to be sent. */
interface NodemcuLink extends Link {
  socket: NodemcuSocket | undefined;
  drive: unknown;
  events: LinkEvents;
  waiting: Octets;
  /** Whether a `send` may be made: it is up, and the last one is through. */
  isFree: boolean;
  isFinishing: boolean;
}

/**
 * Whether TLS was asked for, and not that it may verify nobody, as it does unless the program has
 * called `tls.cert.verify`, which cannot be seen from here; or the firmware has none, as for ESP32.
 */
export function isUnaware(options: Options): boolean {
  const given = options && (options.tls as { insecure?: boolean } | undefined);
  return given !== undefined && !(tls && given.insecure);
}

/** Without handlers the socket holds nothing of ours, and is collected. */
function forgo(link: NodemcuLink): void {
  const socket = link.socket;
  link.socket = undefined;
  if (socket) {
    for (const event of ["connection", "sent", "receive", "disconnection"]) {
      socket.on(event, undefined);
    }
    // Throws where the other side was faster.
    pcall(() => socket.close());
  }
}

function sendNext(link: NodemcuLink): void {
  const octets = link.waiting.slice(0, Bound.SEND);
  if (octets !== "") {
    link.isFree = false;
    link.waiting = link.waiting.slice(Bound.SEND);
    link.socket!.send(octets);
  } else if (link.isFinishing) {
    forgo(link);
    link.events.closed(link.drive);
  } else link.events.drained(link.drive);
}

function write(given: Link, octets: Octets): void {
  const link = given as NodemcuLink;
  link.waiting += octets;
  if (link.isFree) sendNext(link);
}

function close(given: Link): void {
  const link = given as NodemcuLink;
  link.isFinishing = true;
  if (link.isFree) after(sendNext, 1, link);
}

/** Tells a client something; where memory runs out on the way the connection is lost. */
function inform(
  link: NodemcuLink,
  what: (this: void, given: any, octets: any) => void,
  given: unknown,
  octets?: Octets,
): void {
  if (link.socket) {
    const [isDone] = pcall(what, given, octets);
    if (!isDone) pcall(link.events.closed, link.drive);
  }
}

/** The last `send` is through, or the connection is up. */
function goOn(link: NodemcuLink): void {
  link.isFree = true;
  sendNext(link);
}

/** Tries everything that throws: no memory, no network, a name that is none. */
function start(link: NodemcuLink, address: Address): void {
  const socket = address.tls ? tls.createConnection() : net.createConnection(net.TCP, 0);
  link.socket = socket;
  const free = (): void => inform(link, goOn, link);
  socket.on("connection", free);
  socket.on("sent", free);
  socket.on("receive", (_socket, octets) => inform(link, link.events.received, link.drive, octets));
  socket.on("disconnection", () => inform(link, link.events.closed, link.drive));
  socket.connect(orUsual(address.port, address.tls ? 8883 : 1883), address.host);
}

function open(drive: Single, events: LinkEvents, address: Address): Link | undefined {
  const link: NodemcuLink = {
    write: write,
    finish: close,
    socket: undefined,
    drive: drive,
    events: events,
    waiting: "",
    isFree: false,
    isFinishing: false,
  };
  const [isOpen] = pcall(start, link, address);
  if (isOpen) return link;
  forgo(link);
  return undefined;
}

function after<T>(step: (this: void, record: T) => void, ms: number, record: T): NodemcuTimer {
  const timer = tmr.create();
  const fire = (): void => {
    const [isDone] = pcall(step, record);
    // Memory ran out: without its timer a client would stand still for ever.
    if (!isDone) timer.alarm(Bound.AGAIN_MS, tmr.ALARM_SINGLE, fire);
  };
  timer.alarm(ms < 1 ? 1 : ms < Bound.TIMER_MS ? ms : Bound.TIMER_MS, tmr.ALARM_SINGLE, fire);
  return timer;
}

/** What the firmware offers. */
export const port: Port = {
  open: open,
  drop: (link) => forgo(link as NodemcuLink),
  after: after,
  stop: (timer) => {
    if (timer !== 0) (timer as NodemcuTimer).unregister();
  },
  chance: (count) => math.random(count) - 1,
};
