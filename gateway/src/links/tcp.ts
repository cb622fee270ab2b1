// SPDX-License-Identifier: MIT
// Byte streams over TCP: forwarders and serial bridges connect, each connection is a stream of frames, and its
// address that of a client.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Link } from "../world.js";
import type { Ear, OpenLink } from "./link.js";
import { frameBytes, frameReader, MOST_WAITING } from "./stream.js";

export interface TcpOptions {
  name: string;
  host: string;
  port: number;
  connections: number;
  mtu: number;
  retryMs: number;
}

export async function tcpOpen(options: TcpOptions, ear: Ear): Promise<OpenLink> {
  const { name, mtu, retryMs } = options;
  const sockets = new Map<string, Socket>();
  const put = (socket: Socket | undefined, octets: string) => {
    if (socket && socket.writableLength < MOST_WAITING) socket.write(frameBytes(octets));
  };
  const link: Link = {
    name,
    mtu,
    retryMs,
    clientId: "",
    send: (octets, host, port) => put(sockets.get(`${host} ${port}`), octets),
    broadcast: (octets) => sockets.forEach((socket) => put(socket, octets)),
  };
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const { remoteAddress: host = "", remotePort: port = 0 } = socket;
    const key = `${host} ${port}`;
    sockets.set(key, socket);
    const read = frameReader(mtu, (octets) => ear.receive(link, octets, host, port));
    socket.on("data", read);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(key));
  });
  server.maxConnections = options.connections;
  server.listen(options.port, options.host);
  await once(server, "listening");
  ear.addLink(link);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets.values()) socket.destroy();
    },
  };
}
