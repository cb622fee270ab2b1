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

/** The connection there is, with what waits to be sent. */
interface Wire extends Single {
  socket: NodemcuSocket | undefined;
  waiting: Octets;
  /** Whether a `send` may be made: it is up, and the last one is through. */
  isFree: boolean;
  isFinishing: boolean;
  /** Whom it tells. */
  events: LinkEvents;
  drive: Single;
}
declare const wire: Wire;

/**
 * Whether TLS was asked for, and not that it may verify nobody, as it does unless the program has
 * called `tls.cert.verify`, which cannot be seen from here; or the firmware has none, as for ESP32.
 */
export function isUnaware(given: Options["tls"]): boolean {
  return given !== undefined && !(tls && (given as { insecure?: boolean }).insecure);
}

/** Without handlers the socket holds nothing of ours, and is collected. */
function drop(): void {
  const socket = wire.socket;
  wire.socket = undefined;
  if (socket) {
    for (const event of ["connection", "sent", "receive", "disconnection", "reconnection"]) {
      socket.on(event, undefined);
    }
    // Throws where the other side was faster.
    pcall(() => socket.close());
  }
}

function sendNext(): void {
  const octets = wire.waiting.slice(0, Bound.SEND);
  if (octets !== "") {
    wire.isFree = false;
    wire.waiting = wire.waiting.slice(Bound.SEND);
    wire.socket!.send(octets);
  } else if (wire.isFinishing) {
    drop();
    wire.events.closed(wire.drive);
  } else wire.events.drained(wire.drive);
}

function write(_link: Link, octets: Octets): void {
  wire.waiting += octets;
  if (wire.isFree) sendNext();
}

function finishWire(): void {
  wire.isFinishing = true;
  if (wire.isFree) after(sendNext, 1);
}

/** The last `send` is through, or the connection is up. */
function goOn(_drive: Single): void {
  wire.isFree = true;
  sendNext();
}

/** Tries everything that throws: no memory, no network, a name that is none. */
function start(address: Address): void {
  const socket = address.tls ? tls.createConnection() : net.createConnection(net.TCP, 0);
  const on = (event: string, tell: LinkEvents["received"]): void => {
    socket.on(event, (_socket, octets) => {
      // Nothing of an earlier one; and where memory runs out on the way the connection is lost.
      if (socket === wire.socket) {
        const [isDone] = pcall(tell, wire.drive, octets);
        if (!isDone) pcall(wire.events.closed, wire.drive);
      }
    });
  };
  wire.socket = socket;
  on("connection", goOn);
  on("sent", goOn);
  on("receive", wire.events.received);
  on("disconnection", wire.events.closed);
  // With TLS failures are told here alone, without only to who listens.
  on("reconnection", wire.events.closed);
  socket.connect(orUsual(address.port, address.tls ? 8883 : 1883), address.host);
}

function open(_drive: Single, _events: LinkEvents, address: Address): Link | undefined {
  // One that was ended may still be closing.
  drop();
  wire.waiting = "";
  wire.isFree = false;
  wire.isFinishing = false;
  const [isOpen] = pcall(start, address);
  if (isOpen) return { write: write, finish: finishWire };
  drop();
  return undefined;
}

function after(step: (this: void, record?: any) => void, ms: number): NodemcuTimer {
  const timer = tmr.create();
  const fire = (): void => {
    const [isDone] = pcall(step);
    // Memory ran out: without its timer a client would stand still for ever.
    if (!isDone) timer.alarm(Bound.AGAIN_MS, tmr.ALARM_SINGLE, fire);
  };
  timer.alarm(ms < 1 ? 1 : ms < Bound.TIMER_MS ? ms : Bound.TIMER_MS, tmr.ALARM_SINGLE, fire);
  return timer;
}

function stop(timer: unknown): void {
  if (timer !== 0) (timer as NodemcuTimer).unregister();
}

function chance(count: number): number {
  return math.random(count) - 1;
}

/** What the firmware offers. */
export const port: Port = {
  open: open,
  drop: drop,
  after: after,
  stop: stop,
  chance: chance,
};
