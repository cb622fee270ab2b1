// SPDX-License-Identifier: MIT
// `import { connect } from "ringlet/sn"` in Node: the MQTT-SN client, over UDP and over streams.

import { explain } from "../../src/explain.js";
import { type SnClient, snOpen, type SnOptions } from "../../src/sn/client.js";
import { type ByteStream, port } from "./datagram.js";

/** Options of `connect`, with Node's streams. */
export interface Options extends SnOptions {
  stream?: ByteStream | undefined;
}

/** Makes a client and connects it, again and again until it is ended; or throws a TypeError. */
export function connect(options: Options): SnClient {
  const client = snOpen(options, port);
  if (typeof client === "number") throw new TypeError(explain(client));
  return client;
}

export { text } from "#engine";
export { explain };
// The build turns the enum into an object: names to numbers, and numbers to names.
export { Status } from "../../src/status.js";
export type { Payload } from "#engine";
export type { SnClient as Client, SnEvent, SnStats as Stats } from "../../src/sn/client.js";
export type {
  SnHandler as MessageHandler,
  SnPacket as MessagePacket,
} from "../../src/sn/session.js";
export type { Will } from "../../src/wire/connect.js";
export type { ByteStream } from "./datagram.js";
