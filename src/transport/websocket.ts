// SPDX-License-Identifier: MIT
// A port for WebSockets (MQTT 3.1.1 chapter 6), of a browser, of Node from 22 on, or of a constructor
// that is handed in. `Port.open` knows host, port and TLS options; here `host` is the whole URL,
// `port` is not used, and in place of TLS options comes the constructor. A WebSocket takes nothing
// before it is open: until then octets wait here.

import {
  chunkOpen,
  type Link,
  type Octets,
  type Payload,
  payloadOctets,
  type Single,
} from "#engine";
import type { Address, LinkEvents, Port } from "../../boards/hal.js";
import { fromOctets } from "../engine/v8/octets.js";

/** What is needed of a WebSocket; `terminate` is what the package `ws` has beyond a browser's. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: any): void;
  close(): void;
  terminate?(): void;
}

/** `WebSocket`, or something that behaves like it. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** How often `bufferedAmount` is looked at; browsers have no event for it. */
const POLL_MS = 5;

/** How long the closing handshake may take. */
const LINGER_MS = 3000;

/** A payload from here on is a frame of its own: a frame costs less than copying it twice. */
const OWN_FRAME = 1024;

/** Octets that gather before they are sent without waiting for the turn's end. */
const BOUND = 65536;

/** A connection with a way to let go of it. */
interface WebLink extends Link {
  drop: () => void;
}

function open(drive: Single, events: LinkEvents, address: Address): Link | undefined {
  try {
    const WebSocket = (address.tls ?? globalThis.WebSocket) as WebSocketConstructor;
    // The sub-protocol's name is "mqtt" [MQTT-6.0.0-3].
    return adapt(drive, events, new WebSocket(address.host, ["mqtt"]));
  } catch {
    // A URL it does not take, or a page that may not: ws: from a page that came by https:.
    return undefined;
  }
}

/** Joins a WebSocket to a drive. */
function adapt(drive: Single, events: LinkEvents, socket: WebSocketLike): Link {
  let open = false;
  let text: Octets = "";
  let scheduled = false;
  let polling = false;
  let closed = false;
  let ending = false;
  let linger: ReturnType<typeof setTimeout> | undefined;

  // Control packets may be anywhere in a frame and over several of them [MQTT-6.0.0-2].
  function flush(): void {
    // Stays scheduled until it is open.
    if (!open) return;
    scheduled = false;
    if (text.length > 0 && !closed) {
      const octets = text;
      text = "";
      socket.send(fromOctets(octets));
    }
    if (!polling) {
      polling = true;
      setTimeout(poll, 0);
    }
  }

  function poll(): void {
    polling = false;
    if (closed || ending || scheduled) return;
    if (socket.bufferedAmount === 0) events.drained(drive);
    else {
      polling = true;
      setTimeout(poll, POLL_MS);
    }
  }

  function write(octets: Octets, payload?: Payload): void {
    // The engine takes it as OFFLINE; the event that tells of the end is on its way.
    if (closed || ending) throw new Error("the connection is closed");
    text += octets;
    if (payload !== undefined) {
      if (typeof payload === "string" || payload.length < OWN_FRAME) text += payloadOctets(payload);
      else {
        flush();
        if (open) socket.send(payload);
        else text += payloadOctets(payload);
      }
    }
    if (text.length >= BOUND) flush();
    else if (!scheduled) {
      scheduled = true;
      queueMicrotask(turn);
    }
  }

  function turn(): void {
    try {
      if (scheduled) flush();
    } catch {
      lost();
    }
  }

  function lost(): void {
    if (closed) return;
    closed = true;
    clearTimeout(linger);
    events.closed(drive);
  }

  function drop(): void {
    closed = true;
    clearTimeout(linger);
    // `ws` has no other way to let go at once, and a closing handshake may wait for ever.
    if (socket.terminate !== undefined) socket.terminate();
    else socket.close();
  }

  function end(): void {
    flush();
    ending = true;
    socket.close();
    linger = setTimeout(lost, LINGER_MS);
    (linger as { unref?: () => void }).unref?.();
  }

  const link: WebLink = { write, end, drop };
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    open = true;
    if (!closed) turn();
  };
  socket.onmessage = ({ data }) => {
    if (closed || ending) return;
    if (typeof data !== "string") events.received(drive, chunkOpen(new Uint8Array(data)));
    // A frame that is not binary closes the connection [MQTT-6.0.0-1].
    else lost();
  };
  socket.onclose = lost;
  // "close" follows each error; `ws` ends the program where nobody listens.
  socket.onerror = () => {};
  return link;
}

/** What a browser offers. */
export const port: Port = {
  open,
  drop: (link) => (link as WebLink).drop(),
  after: (step, ms, record) => setTimeout(step, ms, record),
  stop: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
  chance: (count) => Math.floor(Math.random() * count),
};
