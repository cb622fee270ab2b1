// SPDX-License-Identifier: MIT
// The ports of all Espruino boards: the firmware's `net` and `tls` sockets, its timers. Its sockets
// speak binary strings, call handlers from a queue, and throw: when no
// connection can be made, and on a write between the other side's close and the event that tells.

import type { Link, Single } from "#engine";
import type { Options } from "../../src/options.js";
import type { Address, LinkEvents, Port } from "../hal.js";

/**
 * Whether TLS was asked for, and not that it may verify nobody: it encrypts here, and whoever stands in
 * between can read and change everything.
 */
export function isUnaware(tls: Options["tls"]): boolean {
  return !!tls && !(tls as { insecure?: boolean }).insecure;
}

/** There is no abort: without listeners it closes by itself, on a dead link after a long time. */
function drop(link: Link): void {
  try {
    (link as Link & { removeAllListeners(): void }).removeAllListeners();
    link.end();
  } catch (error) {
    // It was closed already.
  }
}

function open(drive: Single, events: LinkEvents, address: Address): Link | undefined {
  const tls = address.tls;
  let link;
  try {
    // What is written before it is up waits; its "connect" comes before it is up.
    link = require(tls ? "tls" : "net").connect(
      Object.assign({ port: tls ? 8883 : 1883 }, address, tls),
    );
    link.on("data", (octets: string) => events.received(drive, octets));
    link.on("drain", () => events.drained(drive));
    link.on("close", () => events.closed(drive));
  } catch (error) {
    // No network, an unknown host, a refused port.
  }
  return link;
}

/** Math.random begins with the same number after each start. */
function chance(count: number): number {
  return (E.hwRand() >>> 1) % count;
}

/** What the firmware offers. */
export const port: Port = {
  open: open,
  drop: drop,
  after: setTimeout as unknown as Port["after"],
  // Throws for undefined; 0 is no timer.
  stop: clearTimeout as Port["stop"],
  chance: chance,
};
