// SPDX-License-Identifier: MIT
// `require("ringlet")` on NodeMCU: the whole client.

import { text } from "#engine";
import { type Client, clientOpen } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { isTaken } from "../lua/only.js";
import { isUnaware, port } from "./port.js";

/** Makes a client and connects it; a Status when the options make no sense. */
export function connect(options: Options): Client | Status {
  if (isTaken()) return Status.ONE_CLIENT;
  return options && isUnaware(options.tls) ? Status.INSECURE : clientOpen(options, port);
}

export { text };
