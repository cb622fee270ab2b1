// SPDX-License-Identifier: MIT
// What all links have in common: they are opened with someone to give datagrams to, and closed.

import type { Octets } from "#engine";
import type { Link } from "../world.js";

/** The core, as links see it. */
export interface Ear {
  receive: (link: Link, octets: Octets, host: string, port: number) => void;
  addLink: (link: Link) => void;
}

export interface OpenLink {
  /** Where it listens, if it does. */
  port: number | undefined;
  close: () => void;
}
