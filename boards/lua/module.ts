// SPDX-License-Identifier: MIT
// `require("ringlet")` on desktop Lua and OpenWrt: the whole client on LuaSocket. `run()` keeps it going.

import { text } from "#engine";
import { type Client, clientOpen } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import type { Status } from "../../src/status.js";
import { port, run, step } from "./port.js";

/** The client, with another name for `end`, which is a word of Lua. */
export interface LuaClient extends Client {
  close(): void;
}

/** Makes a client and connects it; a Status when the options make no sense. */
export function connect(options: Options): LuaClient | Status {
  const client = clientOpen(options, port);
  if (typeof client === "number") return client;
  const named = client as LuaClient;
  named.close = () => client.end();
  return named;
}

export { run, step, text };
