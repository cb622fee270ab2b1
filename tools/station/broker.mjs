// SPDX-License-Identifier: MIT
// The embedded broker, a process of its own so that it can be killed: aedes on 127.0.0.1. Run with a
// parent it tells what it sees as messages; on its own (`npm run broker -- 1883`) it prints it.

import { createServer } from "node:net";
import { Aedes } from "aedes";

const port = Number(process.argv[2] ?? 1883);
// A parent that has just gone is no fault of the broker's.
const tell = (event) =>
  process.send ? process.send(event, () => {}) : console.log(JSON.stringify(event));

const broker = await Aedes.createBroker({ heartbeatInterval: 60000 });
broker.on("clientReady", (client) => tell({ kind: "connected", client: client.id }));
broker.on("clientDisconnect", (client) => tell({ kind: "gone", client: client.id }));
broker.on("subscribe", (subscriptions, client) =>
  tell({ kind: "subscribed", client: client.id, filters: subscriptions.map((s) => s.topic) }),
);
broker.on("publish", (packet, client) => {
  if (packet.topic.startsWith("$SYS/")) return;
  const { topic, qos, retain, dup } = packet;
  tell({
    kind: "message",
    client: client?.id ?? "",
    topic,
    qos,
    retain,
    dup,
    payload: packet.payload.toString(),
  });
});

const server = createServer(broker.handle);
server.on("error", (error) => {
  tell({ kind: "failed", code: error.code, port });
  process.exitCode = 1;
  broker.close();
  process.disconnect?.();
});
server.listen(port, "127.0.0.1", () => tell({ kind: "listening", port: server.address().port }));
process.on("message", ({ topic, payload }) =>
  broker.publish({ topic, payload, qos: 1, retain: false }, () => {}),
);
process.on("disconnect", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (!process.send || signal === "SIGTERM") process.exit(0);
  });
}
