// SPDX-License-Identifier: MIT
// `import { connect } from "ringlet"` in Node: the whole client over TCP and TLS.

import { HOST_RULES } from "../../src/explain-options.js";
import { clientOrThrow, type TypedClient } from "../../src/face.js";
import type { Options } from "../../src/options.js";
import { port } from "./port.js";

/**
 * Makes a client and connects it, again and again until it is ended. Throws a TypeError that says
 * which option makes no sense, and what to do.
 */
export function connect(options: Options): TypedClient {
  return clientOrThrow(HOST_RULES, options, options, port);
}

export { text } from "#engine";
export { explain } from "../../src/explain.js";
// The build turns the enum into an object: names to numbers, and numbers to names.
export { Status } from "../../src/status.js";
export type { Payload } from "#engine";
export type { Stats } from "../../src/client.js";
export type { Events, OnMessage, TypedClient as Client } from "../../src/face.js";
export type { Options } from "../../src/options.js";
export type { Topic } from "../../src/session/publish.js";
export type { MessagePacket } from "../../src/session/session.js";
export type { Will } from "../../src/wire/connect.js";
