// SPDX-License-Identifier: MIT
// Who counts what arrives: another client (MQTT.js), in a session that the servers keep, so that nothing
// is missed while the server it is on is killed.

/** @param {any} mqtt @param {{ port: number }[]} servers @param {number} longestMs */
export async function judgeOpen(mqtt, servers, longestMs) {
  const client = mqtt.connect({
    servers: servers.map(({ port }) => ({ host: "127.0.0.1", port, protocol: "mqtt" })),
    clientId: "judge",
    clean: false,
    reconnectPeriod: 100,
    connectTimeout: 5000,
  });
  /** The last number of each node that arrived first. */
  const last = new Map();
  const arrived = new Set();
  let doubled = 0;
  let disordered = 0;
  client.on("message", (topic, payload) => {
    const message = `${topic}:${payload}`;
    if (arrived.has(message)) {
      doubled += 1;
      return;
    }
    arrived.add(message);
    const number = Number(payload);
    if (number < (last.get(topic) ?? -1)) disordered += 1;
    else last.set(topic, number);
  });
  client.on("error", () => {});
  // The servers have to find each other before they keep anything.
  await new Promise((done, fail) => {
    const timer = setTimeout(fail, longestMs, new Error("the servers grant no subscription"));
    client.on("connect", async () => {
      const granted = await client.subscribeAsync("fleet/+", { qos: 1 }).catch(() => []);
      if (granted[0]?.qos !== 1) return;
      clearTimeout(timer);
      done(undefined);
    });
  });
  return {
    count: () => arrived.size,
    doubled: () => doubled,
    disordered: () => disordered,
    /** Those of `sent` that did not arrive. */
    missing: (sent) => sent.filter((message) => !arrived.has(message)),
  };
}
