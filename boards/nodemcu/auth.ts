// SPDX-License-Identifier: MIT
// `require("ringlet-auth").open(key)` on NodeMCU: signs what a node publishes, verifies
// what it is told.

import type { Status } from "../../src/status.js";
import { counters } from "./counters.js";
import { hmac } from "./hmac.js";
import { type NodeSide, sideOpen } from "../lua/side.js";

/** Takes the key: 64 hexadecimal digits; INVALID_OPTION when it is none. */
export function open(key: string): NodeSide | Status {
  return sideOpen(key, hmac, counters);
}
