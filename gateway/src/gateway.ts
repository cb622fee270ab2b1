// SPDX-License-Identifier: MIT
// The gateway's core as one record of functions: datagrams in, datagrams out through links, the server's side
// behind `Upstream`. Sans-IO: whoever opens it brings links, clock and server.

import type { Octets } from "#engine";
import { accepted, brokerLost, refused } from "./connect.js";
import { coreOpen, type Gateway } from "./core.js";
import { close } from "./life.js";
import { deliver } from "./deliver.js";
import { advertise, receive } from "./receive.js";
import type { Link, UpstreamEvents } from "./world.js";

export interface Core {
  g: Gateway;
  events: UpstreamEvents;
  addLink: (link: Link) => void;
  receive: (link: Link, octets: Octets, host: string, port: number) => void;
  advertise: (seconds: number) => void;
  /** Stops all timers; sessions stay as they are, for the next start. */
  close: () => void;
}

export function gatewayOpen(
  given: Pick<Gateway, "settings" | "rules" | "predefined" | "clock" | "log" | "upstream">,
): Core {
  const g = coreOpen(given);
  return {
    g,
    events: {
      accepted: (s, sessionPresent) => accepted(g, s, sessionPresent),
      refused: (s, refusal) => refused(g, s, refusal),
      lost: (s) => brokerLost(g, s),
      message: (s, message) => deliver(g, s, message),
    },
    addLink: (link) => void g.links.add(link),
    receive: (link, octets, host, port) => receive(g, link, octets, host, port),
    advertise: (seconds) => advertise(g, seconds),
    close: () => close(g),
  };
}
