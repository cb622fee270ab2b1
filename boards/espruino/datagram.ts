// SPDX-License-Identifier: MIT
// The ports of MQTT-SN on Espruino: datagrams of the firmware's `dgram` sockets, or frames over a
// stream that the caller names (`Bluetooth`, `Serial1`, `USB`). The console may be on the same stream
// only as long as nothing is sent to it: while it is, the firmware gives the program no "data".

import type { Octets, Single } from "#engine";
import { decodeFrame, encodeFrame, type FrameReader, readFrames } from "../../src/sn/frame.js";
import { SnLimit } from "../../src/sn/limits.js";
import type { DatagramEvents, DatagramLink, DatagramPort } from "../hal.js";

/** What a caller gives, as far as it is asked for here. */
interface Given {
  stream?: any;
}

/** Joins a stream; its one peer has no address. @apart */
function openStream(drive: Single, events: DatagramEvents, stream: any): DatagramLink {
  const reader: FrameReader = { part: "" };
  stream.on("data", (chunk: Octets) => {
    const frames = readFrames(reader, chunk, SnLimit.DATAGRAM);
    for (const frame of frames) events.received(drive, decodeFrame(frame), "", 0);
  });
  return {
    write: (message: Octets) => {
      const frame = encodeFrame(message);
      stream.write(frame);
    },
    end: () => stream.removeAllListeners("data"),
  } as DatagramLink;
}

function open(drive: Single, events: DatagramEvents, options: Given): DatagramLink | undefined {
  let link: any;
  if (options.stream) return openStream(drive, events, options.stream);
  try {
    link = require("dgram").createSocket("udp4");
    link.write = (message: Octets) => link.send(message, link.port, link.host);
    link.end = link.close;
    link.on("message", (message: Octets, from: { address: string; port: number }) =>
      events.received(drive, message, from.address, from.port),
    );
    link.on("close", () => events.closed(drive));
  } catch (error) {
    // No network.
  }
  return link;
}

function drop(link: DatagramLink): void {
  try {
    link.end();
  } catch (error) {
    // It was closed already.
  }
}

/** Math.random begins with the same number after each start. */
function chance(count: number): number {
  return (E.hwRand() >>> 1) % count;
}

/** What the firmware offers. */
export const port: DatagramPort = {
  open: open,
  drop: drop,
  after: setTimeout as unknown as DatagramPort["after"],
  // Throws for undefined; 0 is no timer.
  stop: clearTimeout as DatagramPort["stop"],
  chance: chance,
  now: getTime,
};
