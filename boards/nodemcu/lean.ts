// SPDX-License-Identifier: MIT
// `require("ringlet-lean")` on NodeMCU: the lean client.

import { type LeanClient, leanOpen } from "../../src/lean/lean.js";
import type { Options } from "../../src/options.js";
import type { Status } from "../../src/status.js";
import { port } from "./port.js";

/** The client, with another name for `end`, which is a word of Lua. */
export interface LuaLeanClient extends LeanClient {
  close(): void;
}

/** Makes the client and connects it; a Status when the options make no sense. */
export function connect(options: Options): LuaLeanClient | Status {
  const client = leanOpen(options, port);
  if (typeof client === "number") return client;
  const named = client as LuaLeanClient;
  named.close = () => client.end();
  return named;
}
