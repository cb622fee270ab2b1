// SPDX-License-Identifier: MIT
// Byte streams: frames of src/sn/frame.ts in both directions, and one stream kept open for good, such as a
// serial port that may be pulled out and put back.

import { text, utf8 } from "#engine";
import { decodeFrame, encodeFrame, type FrameReader, readFrames } from "../../../src/sn/frame.js";
import type { Link, Log } from "../world.js";
import type { Ear, OpenLink } from "./link.js";

/** What all links over a stream are told. */
export interface StreamOptions {
  name: string;
  mtu: number;
  retryMs: number;
  clientId?: string | undefined;
}

/** A stream that is open. */
export interface Wire {
  write: (bytes: Buffer) => void;
  /** Octets that were given to it and have not left. */
  waiting: () => number;
  close: () => void;
}

/** What a stream tells. */
export interface WireEvents {
  data: (chunk: Uint8Array) => void;
  closed: () => void;
}

/** Opens a stream once; fails where it is not there. */
export type Dial = (events: WireEvents) => Promise<Wire>;

/** What is given to a stream that does not drain is lost, as on any other link. */
export const MOST_WAITING = 65536;
const REOPEN_MS = 2000;

/** Reads what comes over a stream; each frame whose check holds is a datagram. */
export function frameReader(mtu: number, datagram: (octets: string) => void) {
  const reader: FrameReader = { part: "" };
  return (chunk: Uint8Array): void => {
    for (const frame of readFrames(reader, Buffer.from(chunk).toString("latin1"), mtu)) {
      // Between two flags there is nothing; a frame that fails its check is counted as what it is.
      if (frame !== "") datagram(decodeFrame(frame));
    }
  };
}

export function frameBytes(octets: string): Buffer {
  return Buffer.from(encodeFrame(octets), "latin1");
}

/** One stream, opened again whenever it is lost. */
export function streamOpen(options: StreamOptions, dial: Dial, ear: Ear, log: Log): OpenLink {
  const { name, mtu, retryMs, clientId = "" } = options;
  let wire: Wire | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const send = (octets: string) => {
    if (wire && wire.waiting() < MOST_WAITING) wire.write(frameBytes(octets));
  };
  const link: Link = { name, mtu, retryMs, clientId: utf8(clientId), send, broadcast: send };

  function begin(): void {
    const read = frameReader(mtu, (octets) => ear.receive(link, octets, "", 0));
    let isOver = false;
    const over = (reason: string) => {
      if (isOver) return;
      isOver = true;
      wire = undefined;
      if (isClosed) return;
      log.warn({ link: name, reason: text(utf8(reason)) }, "stream closed; it is opened again");
      timer = setTimeout(begin, REOPEN_MS);
    };
    dial({ data: read, closed: () => over("closed") }).then(
      (opened) => {
        if (isClosed || isOver) opened.close();
        else wire = opened;
      },
      (error: Error) => over(error.message),
    );
  }

  ear.addLink(link);
  begin();
  return {
    port: undefined,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      wire?.close();
    },
  };
}
