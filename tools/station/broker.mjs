// SPDX-License-Identifier: MIT
// The embedded broker, a process of its own so that it can be killed: aedes on 127.0.0.1. Run with a
// parent it tells what it sees as messages; on its own it prints it:
//   npm run broker -- 1883 [--passwords FILE] [--access FILE] [--listen ADDRESS]
// Files are in mosquitto's formats. Beyond this machine it listens with passwords only. With passwords
// a client's identifier is its user's name, so that none can throw out another.

import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { Aedes } from "aedes";
import { isName, mayAccess, readAccess } from "./access.mjs";
import { readPasswords } from "./passwords.mjs";

/** Ends the process with a sentence. */
function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** What a file holds, or the sentence that says what is wrong with it. */
function read(path, parse) {
  try {
    return path === undefined ? undefined : parse(readFileSync(path, "utf8"));
  } catch (error) {
    return refuse(`${path}: ${error.message}.`);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    passwords: { type: "string" },
    access: { type: "string" },
    listen: { type: "string", default: "127.0.0.1" },
  },
});
const port = Number(positionals[0] ?? 1883);
const passwords = read(values.passwords, readPasswords);
const access = read(values.access, readAccess);
if (!/^(127(\.\d+){3}|::1|localhost)$/.test(values.listen) && passwords === undefined) {
  refuse(`--listen ${values.listen} is open to others: give it --passwords FILE as well.`);
}
// A parent that has just gone is no fault of the broker's.
const tell = (event) =>
  process.send ? process.send(event, () => {}) : console.log(JSON.stringify(event));

const broker = await Aedes.createBroker({ heartbeatInterval: 60000 });
if (passwords !== undefined) {
  const refused = (returnCode) => Object.assign(new Error("refused"), { returnCode });
  broker.authenticate = (client, name, password, done) => {
    const isRight = passwords.get(name)?.(password ?? "") === true && isName(name);
    if (!isRight) done(refused(4), false);
    else if (client.id !== name) done(refused(2), false);
    else {
      client.username = name;
      done(null, true);
    }
  };
}
if (access !== undefined) {
  const publish = broker.authorizePublish;
  broker.authorizePublish = (client, packet, done) => {
    // A message of the broker itself has no client.
    if (client === null || mayAccess(access, client, "write", packet.topic)) {
      publish.call(broker, client, packet, done);
    } else done(new Error("not allowed"));
  };
  // Of a wide filter comes what may be read, as with mosquitto.
  broker.authorizeForward = (client, packet) =>
    mayAccess(access, client, "read", packet.topic) ? packet : null;
}
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
server.listen(port, values.listen, () => tell({ kind: "listening", port: server.address().port }));
process.on("message", ({ topic, payload }) =>
  broker.publish({ topic, payload, qos: 1, retain: false }, () => {}),
);
process.on("disconnect", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (!process.send || signal === "SIGTERM") process.exit(0);
  });
}
