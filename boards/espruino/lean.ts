// SPDX-License-Identifier: MIT
// The lean client as an Espruino module: `require("ringlet-lean").connect({…})`. One client a bundle.

import { type LeanClient, leanOpen } from "../../src/lean/lean.js";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { isUnaware, port } from "./port.js";

/** Makes the client and connects it; a Status when the options make no sense. */
export function connect(options: Options): LeanClient | Status {
  if (isUnaware(options.tls)) return Status.INSECURE;
  return leanOpen(options, port);
}
