// SPDX-License-Identifier: MIT
// The ports of Node: sockets of `net` and `tls`, timers, chance. TLS verifies the server's
// certificate, as Node does when nobody says otherwise. How octets are gathered: gather.ts.

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { chunkOpen, type Link, type Single } from "#engine";
import type { Address, LinkEvents, Port } from "../hal.js";
import { gatherOpen } from "./gather.js";
import { explainTls } from "./trust.js";

/** How long the other side may take to close after we have: a few round trips of a slow link. */
const LINGER_MS = 3000;

/** A connection with a way to let go of it. */
interface HostLink extends Link {
  drop: () => void;
}

function open(drive: Single, events: LinkEvents, address: Address): Link | undefined {
  const { host, tls } = address;
  const port = address.port ?? (tls === undefined ? 1883 : 8883);
  try {
    if (tls === undefined) return adapt(drive, events, connectTcp({ host, port }));
    // SNI takes names only, and Node sends none unless told.
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({ ...servername, ...tls, host, port });
    // With TLS 1.3 a server refuses our certificate after the handshake is through for us.
    let isHeard = false;
    socket.once("data", () => (isHeard = true));
    socket.on("error", (error) => {
      const sentence = isHeard ? undefined : explainTls(error, host, port);
      if (sentence !== undefined) events.failed?.(drive, new Error(sentence));
    });
    return adapt(drive, events, socket);
  } catch {
    // A port or TLS options that Node refuses on the spot.
    return undefined;
  }
}

/** Joins a socket to a drive; every event comes from Node's loop, never from inside a call. */
function adapt(drive: Single, events: LinkEvents, socket: Socket): Link {
  let closed = false;
  let ending = false;
  let linger: NodeJS.Timeout | undefined;
  const gather = gatherOpen(socket, () => {
    if (!closed && !ending) events.drained(drive);
  });
  const lost = (): void => {
    clearTimeout(linger);
    if (!closed) events.closed(drive);
    closed = true;
  };
  const link: HostLink = {
    write: (octets, payload) => {
      // The engine takes it as OFFLINE; the event that tells of the end is on its way.
      if (closed || ending || socket.destroyed) throw new Error("the connection is closed");
      gather.put(octets, payload);
    },
    end: () => {
      ending = true;
      gather.flush();
      socket.end();
      linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    },
    drop: () => {
      closed = true;
      clearTimeout(linger);
      socket.destroy();
    },
  };
  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => {
    // Behind our DISCONNECT nothing is read: what the server still sends must not close the
    // connection before it has left.
    if (!closed && !ending) events.received(drive, chunkOpen(chunk));
  });
  socket.on("end", () => {
    if (!ending) lost();
  });
  socket.on("close", lost);
  // "close" follows each error; without a listener Node would end the program.
  socket.on("error", () => {});
  return link;
}

/** What Node offers. */
export const port: Port = {
  open,
  drop: (link) => (link as HostLink).drop(),
  after: (step, ms, record) => setTimeout(step, ms, record),
  stop: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  chance: (count) => Math.floor(Math.random() * count),
};
