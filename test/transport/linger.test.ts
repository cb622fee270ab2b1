// SPDX-License-Identifier: MIT
// How long a client that ended waits for the other side to close: on a socket of Node whose peer keeps
// its half open, and on a WebSocket whose closing handshake is never answered. Time is made up.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect as connectWeb } from "../../boards/browser/module.js";
import { connect } from "../../boards/host/module.js";

const LINGER_MS = 3000;
const CONNACK = "\x20\x02\0\0";
const DISCONNECT = 0xe0;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

test("behind DISCONNECT a peer that does not close has its time, and is left then", async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: "127.0.0.1", port, clientId: "c" });
  const told: number[] = [];
  const online = new Promise((done) => client.on("connect", done));
  const closed = new Promise<void>((done) => {
    client.on("close", (status) => {
      told.push(status);
      done();
    });
  });
  const comes = once(server, "connection");
  vi.advanceTimersByTime(0);
  const [socket] = (await comes) as [Socket];
  let octets = Buffer.alloc(0);
  socket.on("data", (chunk) => (octets = Buffer.concat([octets, chunk])));
  socket.write(CONNACK, "latin1");
  await online;
  client.end();
  // The client's half is closed, and this side says nothing.
  await once(socket, "end");
  expect(octets.at(-2)).toBe(DISCONNECT);
  vi.advanceTimersByTime(LINGER_MS - 1);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  await closed;
  expect(told).toEqual([0]);
  expect(vi.getTimerCount()).toBe(0);
  socket.destroy();
  server.close();
});

test("a closing handshake of a WebSocket has its time, and is left then", async () => {
  const sockets: Record<string, any>[] = [];
  class Silent {
    binaryType = "";
    bufferedAmount = 0;
    onopen = null;
    onmessage = null;
    onclose = null;
    onerror = null;
    constructor() {
      sockets.push(this);
    }
    send() {}
    close() {}
  }
  const client = connectWeb({ url: "ws://h", WebSocket: Silent as any, clientId: "c" });
  const told: number[] = [];
  client.on("close", (status) => told.push(status));
  vi.advanceTimersByTime(0);
  const [socket] = sockets;
  socket!["onopen"]();
  socket!["onmessage"]({ data: Uint8Array.from(CONNACK, (c) => c.charCodeAt(0)).buffer });
  client.end();
  vi.advanceTimersByTime(LINGER_MS - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([0]);
});
