// SPDX-License-Identifier: MIT
// Many nodes in one process: each publishes a number that grows, at QoS 1, on a topic of its own.

/**
 * @param {{ connect: Function, servers: { port: number }[], count: number, period: number }} options
 */
export function nodesOpen({ connect, servers, count, period }) {
  const hosts = servers.map(({ port }) => ({ host: "127.0.0.1", port }));
  /** @type {string[]} */
  const sent = [];
  let online = 0;
  let refused = 0;
  let isQuiet = false;
  const clients = Array.from({ length: count }, (_, at) => {
    // Each begins with another server, so that all have their share.
    const [first, ...more] = hosts.map((_host, i) => hosts[(at + i) % hosts.length]);
    const client = connect({
      ...first,
      hosts: more,
      clientId: `node-${at}`,
      keepAlive: 10,
      answerMs: 10000,
      reconnect: { min: 200, max: 5000 },
    });
    let isOnline = false;
    client.on("connect", () => {
      isOnline = true;
      online += 1;
    });
    client.on("close", () => {
      if (isOnline) online -= 1;
      isOnline = false;
    });
    client.on("error", () => {});
    let number = 0;
    const step = () => {
      if (isQuiet) return;
      if (client.publish(`fleet/${at}`, `${number}`, 1) < 0) refused += 1;
      else {
        sent.push(`fleet/${at}:${number}`);
        number += 1;
      }
      setTimeout(step, period);
    };
    setTimeout(step, (period * at) / count);
    return client;
  });
  return {
    sent,
    online: () => online,
    accepted: () => sent.length,
    refused: () => refused,
    /** Messages not yet acknowledged. */
    waiting: () => clients.reduce((sum, client) => sum + client.stats().inFlight, 0),
    /** Nothing new is published. */
    quiet: () => void (isQuiet = true),
  };
}
