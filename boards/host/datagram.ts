// SPDX-License-Identifier: MIT
// The ports of MQTT-SN in Node: a UDP socket, or frames over anything that is written to and tells of
// "data", such as a serial port of the package `serialport` or a socket.

import { createSocket } from "node:dgram";
import { chunkOpen, type Link, type Octets, type Single } from "#engine";
import { decodeFrame, encodeFrame, type FrameReader, readFrames } from "../../src/sn/frame.js";
import { SnLimit } from "../../src/sn/limits.js";
import type { DatagramEvents, DatagramLink, DatagramPort } from "../hal.js";
import { port as tcp } from "./port.js";

/** What a client needs of a byte stream. */
export interface ByteStream {
  write(bytes: Uint8Array): unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
}

function openSocket(drive: Single, events: DatagramEvents): DatagramLink {
  const socket = createSocket("udp4");
  const link: DatagramLink = {
    host: "",
    port: 0,
    // Names are looked up by Node; what cannot be sent is a datagram that is lost.
    write: (octets) => socket.send(Buffer.from(octets, "latin1"), link.port, link.host, () => {}),
    end: () =>
      socket
        .removeAllListeners()
        .on("error", () => {})
        .close(),
  };
  socket.on("message", (bytes, from) =>
    events.received(drive, chunkOpen(bytes), from.address, from.port),
  );
  socket.on("error", () => {
    link.end();
    events.closed(drive);
  });
  // A search goes to everybody.
  socket.bind(0, () => socket.setBroadcast(true));
  return link;
}

function openStream(drive: Single, events: DatagramEvents, stream: ByteStream): DatagramLink {
  const reader: FrameReader = { part: "" };
  const read = (chunk: Uint8Array): void => {
    const octets = Buffer.from(chunk).toString("latin1");
    for (const frame of readFrames(reader, octets, SnLimit.DATAGRAM)) {
      events.received(drive, decodeFrame(frame), "", 0);
    }
  };
  stream.on("data", read);
  return {
    host: "",
    port: 0,
    write: (octets: Octets) => void stream.write(Buffer.from(encodeFrame(octets), "latin1")),
    end: () => void stream.off("data", read),
  };
}

function open(drive: Single, events: DatagramEvents, options: object): DatagramLink {
  const { stream } = options as { stream?: ByteStream };
  return stream ? openStream(drive, events, stream) : openSocket(drive, events);
}

/** What Node offers. */
export const port: DatagramPort = {
  open,
  drop: (link: Link) => link.end(),
  after: tcp.after,
  stop: tcp.stop,
  chance: tcp.chance,
  now: () => performance.now() / 1000,
};
