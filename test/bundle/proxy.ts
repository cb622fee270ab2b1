// SPDX-License-Identifier: MIT
// A TCP proxy that gives trouble: cuts connections after a pseudo-random number of octets, in the
// middle of packets as it happens, or when it is told to.

import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Proxy {
  port: number;
  /** Connections that were cut. */
  cuts: number;
  /** Cuts the connections there are. */
  cut: () => void;
  close: () => Promise<void>;
}

/** A generator of numbers from 0 to below 1, the same for the same seed. */
function chanceOpen(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/**
 * A proxy for a port of loopback.
 * @param cuts so many connections are cut, each after 20 to `longest` octets of both directions
 */
export async function proxyOpen(to: number, cuts = 0, longest = 0, seed = 1): Promise<Proxy> {
  const chance = chanceOpen(seed);
  const sockets = new Set<Socket>();
  let left = cuts;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    let budget = left > 0 ? 20 + Math.floor(chance() * (longest - 20)) : Infinity;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    const relay = (from: Socket, into: Socket) => {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        end();
      });
      from.on("data", (chunk: Buffer) => {
        if (budget <= 0) return;
        const part = chunk.subarray(0, budget);
        budget -= chunk.length;
        if (budget > 0) into.write(part);
        else {
          left -= 1;
          proxy.cuts += 1;
          into.write(part, end);
        }
      });
    };
    relay(near, far);
    relay(far, near);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    cuts: 0,
    cut: () => {
      proxy.cuts += sockets.size / 2;
      sockets.forEach((socket) => socket.destroy());
    },
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((done) => server.close(done));
    },
  };
  return proxy;
}
