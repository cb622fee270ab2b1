// SPDX-License-Identifier: MIT
// `require("ringlet")` on Espruino: the whole client. The build flattens a client's records into
// variables of the module, so this bundle holds one client at a time.

import { text } from "#engine";
import { type Client, clientOpen } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import { Phase } from "../../src/session/session.js";
import { Status } from "../../src/status.js";
import type { Drive } from "../../src/transport/drive.js";
import { isUnaware, port } from "./port.js";

// After flattening this stands for the one client there is.
declare const only: Drive;

/** Makes the client and connects it; a Status when the options make no sense. */
export function connect(options: Options): Client | Status {
  if (only.session.phase < Phase.ENDED || only.session.gate.link) return Status.ONE_CLIENT;
  const tls = options && options.tls;
  if (isUnaware(tls)) return Status.INSECURE;
  return clientOpen(options, port);
}

export { text };
