// SPDX-License-Identifier: MIT
// UDP: one socket for all clients, and where there is a multicast group, membership in it, for those that
// search and to be heard by all (specification section 6.1).

import { once } from "node:events";
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Link } from "../world.js";
import type { Ear, OpenLink } from "./link.js";

export interface UdpOptions {
  name: string;
  host: string;
  port: number;
  mtu: number;
  retryMs: number;
  multicast?: Multicast | undefined;
}

export interface Multicast {
  group: string;
  /** The port of the group; the socket's own when left out. */
  port?: number | undefined;
  /** The address of the network interface. */
  interface?: string | undefined;
  /** How many routers it may pass. */
  ttl?: number | undefined;
}

/** Room for a burst while the process is busy. */
const RECEIVE_BUFFER = 4194304;

export async function udpOpen(options: UdpOptions, ear: Ear): Promise<OpenLink> {
  const { name, host, mtu, retryMs, multicast } = options;
  const sockets: Socket[] = [];
  let isOpen = true;
  const open = async (address: string, port: number) => {
    const socket = createSocket({
      type: isIPv6(host) ? "udp6" : "udp4",
      reuseAddr: multicast !== undefined,
      // What is sent goes where something came from, which is an address and no name.
      lookup: (to, _options, done) => done(null, to, isIPv6(to) ? 6 : 4),
    });
    sockets.push(socket);
    socket.on("message", (bytes, from) =>
      ear.receive(link, bytes.toString("latin1"), from.address, from.port),
    );
    // Where no name has to be looked up it listens at once.
    const listening = once(socket, "listening");
    socket.bind(port, address);
    await listening;
    // What goes wrong later is one datagram that cannot be sent.
    socket.on("error", () => {});
    return socket;
  };
  const link: Link = {
    name,
    mtu,
    retryMs,
    clientId: "",
    send: (octets, to, port) => {
      if (isOpen) socket.send(Buffer.from(octets, "latin1"), port, to, () => {});
    },
  };
  const socket = await open(host, options.port);
  const own = socket.address().port;
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // The system's own size it is.
  }
  if (multicast) await join(multicast);
  ear.addLink(link);
  return {
    port: own,
    close: () => {
      isOpen = false;
      for (const one of sockets) one.close();
    },
  };

  async function join({ group, port = own, interface: at, ttl = 1 }: Multicast): Promise<void> {
    const isApart = port !== own || (host !== "0.0.0.0" && host !== "::");
    // A socket bound to one address gets nothing that is sent to a group.
    const ear = isApart ? await open(isIPv6(group) ? "::" : "0.0.0.0", port) : socket;
    ear.addMembership(group, at);
    socket.setMulticastTTL(ttl);
    if (at !== undefined) socket.setMulticastInterface(at);
    link.broadcast = (octets) => link.send(octets, group, port);
  }
}
