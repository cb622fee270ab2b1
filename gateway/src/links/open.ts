// SPDX-License-Identifier: MIT
// Opens a link by its type.

import type { Ear, OpenLink } from "./link.js";
import { type UdpOptions, udpOpen } from "./udp.js";

export type LinkOptions = { type: "udp" } & UdpOptions;

export function linkOpen(options: LinkOptions, ear: Ear): Promise<OpenLink> {
  return udpOpen(options, ear);
}
