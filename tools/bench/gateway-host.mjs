// SPDX-License-Identifier: MIT
// The gateway in a process of its own, as it is built; tells its parent its port, and on demand its memory.

import { configFrom, gatewayRun } from "../../gateway/dist/index.js";

const [url, mode] = process.argv.slice(2);
const silent = { debug() {}, info() {}, warn() {} };
const running = await gatewayRun(
  configFrom({
    mode,
    broker: { url },
    links: [{ type: "udp", host: "127.0.0.1", port: 0 }],
    limits: { clients: 100000, clientsPerAddress: 100000, datagramsPerSecond: 1000000 },
    // Loopback is fast, the process is not: what it is late with is not sent again.
    retries: 0,
  }),
  silent,
);
while (!running.health().isServerUp) await new Promise((done) => setTimeout(done, 10));
process.send({ port: running.ports.udp });
process.on("message", () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send({ rss, heapUsed, cpuSeconds: (user + system) / 1e6, ...running.health() });
});
process.on("disconnect", () => process.exit(0));
