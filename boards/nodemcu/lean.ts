// SPDX-License-Identifier: MIT
// `require("ringlet-lean")` on NodeMCU: the lean client.

import { type LeanClient, leanOpen } from "../../src/lean/lean.js";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { isUnaware, port } from "./port.js";

/** Makes the client and connects it; a Status when the options make no sense. */
export function connect(options: Options): LeanClient | Status {
  return isUnaware(options.tls) ? Status.INSECURE : leanOpen(options, port);
}
