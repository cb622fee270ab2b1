// SPDX-License-Identifier: MIT
// `require("ringlet")` on desktop Lua and OpenWrt: the whole client on LuaSocket. `run()` keeps it going.

import { text } from "#engine";
import { type Client, clientOpen } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { isTaken } from "./only.js";
import { port, run, step } from "./port.js";

/** Makes a client and connects it; a Status when the options make no sense. */
export function connect(options: Options): Client | Status {
  if (isTaken()) return Status.ONE_CLIENT;
  return clientOpen(options, port);
}

export { run, step, text };
