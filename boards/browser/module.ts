// SPDX-License-Identifier: MIT
// `import { connect } from "ringlet/websocket"`: the whole client over WebSockets, in browsers and
// in Node. Nothing of Node is imported.

import { URL_RULES } from "../../src/explain-options.js";
import { clientOrThrow, type TypedClient } from "../../src/face.js";
import type { Options } from "../../src/options.js";
import { port, type WebSocketConstructor } from "../../src/transport/websocket.js";

/** Options of `connect`: a URL in place of host, port and TLS. */
export interface WebSocketOptions extends Omit<Options, "host" | "hosts" | "port" | "tls"> {
  /** Where the server listens, such as `wss://broker.example:8884/mqtt`. */
  url: string | URL;
  /** More servers of the same system: each connection goes to the next one, first to `url`. */
  urls?: (string | URL)[] | undefined;
  /** What to connect with where there is no global WebSocket: that of the package `ws`. */
  WebSocket?: WebSocketConstructor | undefined;
}

/**
 * Makes a client and connects it, again and again until it is ended. Throws a TypeError that says
 * which option makes no sense, and what to do.
 */
export function connect(options: WebSocketOptions): TypedClient {
  const { url, urls, WebSocket, ...rest } = options ?? {};
  // The port takes the URL for its host and the constructor for its TLS options. What `urls` is, if it
  // is no list, the rules say.
  const hosts = Array.isArray(urls) ? urls.map((one) => ({ host: String(one) })) : undefined;
  const given = { ...rest, host: String(url), hosts, tls: WebSocket };
  return clientOrThrow(URL_RULES, options, given, port);
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
export type { WebSocketConstructor, WebSocketLike } from "../../src/transport/websocket.js";
export type { Will } from "../../src/wire/connect.js";
