// SPDX-License-Identifier: MIT
// A server for tests of real sockets: aedes on 127.0.0.1, which can be stopped and started again on
// the same port, keeping its sessions or not.

import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { Aedes } from "aedes";

export interface Broker {
  aedes: Aedes;
  port: number;
  /** Cuts every connection, without a word. */
  cut: () => void;
  /** Stops listening and cuts every connection. */
  stop: () => Promise<void>;
  /** Listens again on the same port. */
  start: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * @param listen makes the listener and hands each connection to `handle`; TCP when left out
 */
export async function brokerOpen(
  listen: (handle: (socket: Socket) => void) => Server = (handle) => createServer(handle),
): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const broker: Broker = {
    aedes,
    port: 0,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    stop: async () => {
      const old = server;
      server = undefined;
      if (old === undefined) return;
      const closed = new Promise((done) => old.close(done));
      broker.cut();
      await closed;
    },
    start: async () => {
      const fresh = listen((socket) => aedes.handle(socket));
      server = fresh;
      fresh.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => sockets.delete(socket));
      });
      await new Promise<void>((done) => fresh.listen(broker.port, "127.0.0.1", done));
      broker.port = (fresh.address() as AddressInfo).port;
    },
    close: async () => {
      await broker.stop();
      await new Promise<void>((done) => aedes.close(() => done()));
    },
  };
  await broker.start();
  return broker;
}

/** Waits until `ready` holds, looking every few milliseconds; the test's own time-out is the limit. */
export async function until(ready: () => unknown): Promise<void> {
  while (!ready()) await new Promise((done) => setTimeout(done, 5));
}

/** `length` octets in no order, the same every time. */
export function octetsOf(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  let seed = 1;
  for (let at = 0; at < length; at++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    octets[at] = seed >> 16;
  }
  return octets;
}
