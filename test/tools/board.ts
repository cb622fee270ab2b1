// SPDX-License-Identifier: MIT
// What the tests of the simulated Espruino share: boards that keep what they print, servers on
// loopback, and an end to all of it after each test.
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, expect } from "vitest";
// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";

export type Host = any;
let hosts: Host[] = [];
let servers: Server[] = [];
let peers: Socket[] = [];

afterEach(() => {
  for (const host of hosts) host.stop();
  for (const peer of peers) peer.destroy();
  for (const server of servers) server.close();
  [hosts, servers, peers] = [[], [], []];
});

/** A board, what it prints, and what its handlers throw. */
export interface Board {
  host: Host;
  lines: string[];
  errors: unknown[];
}

/** Makes a board. */
export function board(options: object = {}): Board {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const host = createHost({
    print: (line: string) => void lines.push(line),
    onError: (error: unknown) => void errors.push(error),
    ...options,
  });
  hosts.push(host);
  return { host, lines, errors };
}

/** Has a server listen on loopback, and returns its port; `serve` gets each connection. */
export async function listen(
  serve: (peer: Socket) => void,
  server: Server = createServer(),
  event = "connection",
): Promise<number> {
  servers.push(server);
  server.on(event, (peer: Socket) => {
    peers.push(peer);
    peer.on("error", () => {});
    serve(peer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

export const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));

/** Waits until `done` is true, for two seconds at most. */
export async function until(done: () => boolean): Promise<void> {
  for (let wait = 0; wait < 400 && !done(); wait += 1) await pause(5);
  expect(done()).toBe(true);
}

/** A program's text that opens a socket `s` and prints its events. */
export const connect = (port: number) =>
  `var s = require("net").connect({ host: "127.0.0.1", port: ${port} });
   ["connect", "drain", "end", "close", "error"].forEach(function (name) {
     s.on(name, function (x) {
       print(name, this === s, name === "close" ? x : name === "error" ? x.message : "");
     });
   });`;
