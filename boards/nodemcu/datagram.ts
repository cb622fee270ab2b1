// SPDX-License-Identifier: MIT
// The ports of MQTT-SN on NodeMCU: the firmware's UDP sockets, which send to IP addresses and not to names;
// or a stream that the program hands over as two functions, such as those of `uart`. As in port.ts no
// error leaves a handler of the firmware.

import type { Link, Octets, Single } from "#engine";
import { decodeFrame, encodeFrame, type FrameReader, readFrames } from "../../src/sn/frame.js";
import { SnLimit } from "../../src/sn/limits.js";
import type { DatagramEvents, DatagramLink, DatagramPort } from "../hal.js";

/** A byte stream, as a program gives it. */
export interface SnStream {
  /** Sends octets. */
  write: (this: void, octets: Octets) => void;
  /** Says who gets what is received; nobody, where that is nil. */
  on: (this: void, received: ((this: void, octets: Octets) => void) | undefined) => void;
}

/** A link with what sends its datagrams. */
interface WireLink extends DatagramLink {
  stream: SnStream | undefined;
  socket: NodemcuUdpSocket | undefined;
}

/** The longest time of a timer; and what failed for want of memory is tried again after this. */
const enum Span {
  TIMER_MS = 6870947,
  AGAIN_MS = 1000,
}

function writeWire(given: Link, octets: Octets): void {
  const link = given as WireLink;
  if (link.stream) link.stream.write(encodeFrame(octets));
  else link.socket!.send(link.port, link.host, octets);
}

function closeWire(given: Link): void {
  const link = given as WireLink;
  if (link.stream) link.stream.on(undefined);
  else link.socket!.close();
}

function openSocket(link: WireLink, drive: Single, events: DatagramEvents): void {
  const socket = net.createUDPSocket();
  link.socket = socket;
  socket.listen();
  socket.on("receive", (_socket, octets, port, host) => {
    pcall(() => events.received(drive, octets, host, port));
  });
}

function openWire(
  drive: Single,
  events: DatagramEvents,
  options: object,
): DatagramLink | undefined {
  const stream = (options as { stream?: SnStream }).stream;
  const link: WireLink = {
    write: writeWire,
    finish: closeWire,
    host: "",
    port: 0,
    stream: stream,
    socket: undefined,
  };
  if (stream) {
    const reader: FrameReader = { part: "" };
    stream.on((chunk) => {
      for (const frame of readFrames(reader, chunk, SnLimit.DATAGRAM)) {
        pcall(() => events.received(drive, decodeFrame(frame), "", 0));
      }
    });
    return link;
  }
  const [isOpen] = pcall(openSocket, link, drive, events);
  return isOpen ? link : undefined;
}

function startTimer<T>(step: (this: void, record: T) => void, ms: number, record: T): NodemcuTimer {
  const timer = tmr.create();
  const fire = (): void => {
    const [isDone] = pcall(step, record);
    if (!isDone) timer.alarm(Span.AGAIN_MS, tmr.ALARM_SINGLE, fire);
  };
  timer.alarm(ms < 1 ? 1 : ms < Span.TIMER_MS ? ms : Span.TIMER_MS, tmr.ALARM_SINGLE, fire);
  return timer;
}

/** What the firmware offers. */
export const port: DatagramPort = {
  open: openWire,
  drop: (link) => {
    pcall(closeWire, link);
  },
  after: startTimer,
  stop: (timer) => {
    if (timer !== 0) (timer as NodemcuTimer).unregister();
  },
  chance: (count) => math.random(count) - 1,
  now: () => tmr.time(),
};
