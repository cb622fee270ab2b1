// SPDX-License-Identifier: MIT
// The ports of all Espruino boards: the firmware's `net` and `tls` sockets, its timers. Its sockets
// speak binary strings, call handlers from a queue with the socket as `this`, and throw: when no
// connection can be made, and on a write between the other side's close and the event that tells.

import type { Single } from "#engine";
import type { Connection, LinkEvents, Port } from "../hal.js";

function drop(connection: Connection): void {
  const socket = connection as Connection & { removeAllListeners(): void };
  try {
    socket.removeAllListeners();
    socket.end();
  } catch (error) {
    // It was closed already.
  }
}

function open(
  drive: Single,
  events: LinkEvents,
  host: string,
  port: number,
  tls: object | undefined,
): Connection | undefined {
  try {
    const socket = require(tls ? "tls" : "net").connect(
      Object.assign({ host: host, port: port }, tls),
    );
    socket.drive = drive;
    socket.put = socket.write.bind(socket);
    socket.drop = drop;
    socket.on("connect", events.opened);
    socket.on("data", events.received);
    socket.on("drain", events.drained);
    socket.on("close", events.closed);
    return socket;
  } catch (error) {
    return undefined;
  }
}

/** What the firmware offers. */
export const port: Port = {
  open: open,
  after: setTimeout as unknown as Port["after"],
  // Numbers of timers are used again: stopping one that has fired may stop somebody else's.
  stop: (timer) => {
    if (timer) clearTimeout(timer as number);
  },
  // Math.random begins with the same number after each start.
  chance: () => E.hwRand() / 4294967296 + 0.5,
};
