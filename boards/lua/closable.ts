// SPDX-License-Identifier: MIT
// What a client needs beside its own face in every Lua.

import type { Status } from "../../src/status.js";

/** The client with `close`, another name for `end`, which is a word of Lua; a Status as it is. */
export function closable<T extends { end(): void }>(
  client: T | Status,
): (T & { close(): void }) | Status {
  if (typeof client === "number") return client;
  const named = client as T & { close(): void };
  named.close = () => client.end();
  return named;
}
