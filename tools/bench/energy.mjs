// SPDX-License-Identifier: MIT
// What a node that wakes, publishes one message and sleeps again costs on the air: round trips and
// octets, counted by a proxy on a real loopback connection. Ringlet's clients are the bundles for
// Espruino on their host; MQTT.js stands for clients that wait for every answer. What TCP and IP add
// is not counted.

import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import mqtt from "mqtt";
import { createHost } from "../espruino/host.mjs";

/** Every octet is this long under way: what is sent later was sent because of an answer. */
const LATENCY_MS = 20;
const TOPIC = "ringlet/node1/temperature";
const PAYLOAD = "21.5";
const ID = "node1";

const bundle = (file) =>
  readFileSync(fileURLToPath(new URL(`../../dist/espruino/${file}`, import.meta.url)), "utf8");

/** Hands connections on to `target`; `counted` is what the next one to end was. */
export async function proxyOpen(target) {
  let told;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const count = { roundTrips: 0, segments: 0, sent: 0, received: 0 };
    const broker = connect({ port: target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    let isAnswered = false;
    const later = (step) => setTimeout(step, LATENCY_MS);
    // The client acts on what it has got: that was a round trip.
    const acts = () => {
      if (isAnswered) count.roundTrips += 1;
      isAnswered = false;
    };
    client.on("data", (octets) => {
      acts();
      count.segments += 1;
      count.sent += octets.length;
      later(() => broker.write(octets));
    });
    broker.on("data", (octets) => {
      later(() => {
        count.received += octets.length;
        isAnswered = true;
        client.write(octets);
      });
    });
    client.on("end", () => {
      acts();
      later(() => broker.end());
    });
    broker.on("end", () => later(() => client.end()));
    client.on("close", () => {
      broker.destroy();
      told?.(count);
    });
    for (const socket of [client, broker]) socket.on("error", () => {});
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: server.address().port,
    counted: () => new Promise((done) => (told = done)),
    close: () => server.close(),
  };
}

/** A program for the bundles' host. */
const onHost = (module, program) => (port, qos) => {
  const file = module === "ringlet" ? "ringlet.min.js" : "ringlet-lean.min.js";
  const host = createHost({ modules: { [module]: bundle(file) }, unicode: false, print: () => {} });
  host.run(
    `var QOS = ${qos}, T = "${TOPIC}", P = "${PAYLOAD}", client;
    function open(options) {
      options.host = "127.0.0.1"; options.port = ${port}; options.clientId = "${ID}";
      client = require("${module}").connect(options);
    }
    ${program}`,
  );
  return () => host.stop();
};

/** [title, what starts it and returns what stops it, and at which QoS it can]. */
const CLIENTS = [
  [
    "Ringlet, `eager`",
    onHost(
      "ringlet",
      `open({ eager: true });
      if (QOS > 0) client.publish(T, P, QOS);
      else client.publishParts(T, P.length, 0, false, function (at, max) { return P.substr(at, max); });
      client.drain(5000, function () {});`,
    ),
    [0, 1],
  ],
  [
    "Ringlet",
    onHost(
      "ringlet",
      `open({});
      client.on("connect", function () {
        client.publish(T, P, QOS);
        client.drain(5000, function () {});
      });`,
    ),
    [0, 1],
  ],
  [
    "Ringlet, lean",
    onHost(
      "ringlet-lean",
      `open({});
      client.on("connect", function () {
        client.publish(T, P);
        client.end();
      });`,
    ),
    [0],
  ],
  [
    "MQTT.js, waiting for each answer",
    (port, qos) => {
      const client = mqtt.connect({
        host: "127.0.0.1",
        port,
        clientId: ID,
        protocolVersion: 4,
        reconnectPeriod: 0,
      });
      client.on("connect", () => client.publish(TOPIC, PAYLOAD, { qos }, () => client.end()));
      return () => client.end(true);
    },
    [0, 1],
  ],
];

/** @returns {Promise<object>} the part's rows */
export async function measureEnergy(say) {
  const child = fork(fileURLToPath(new URL("./broker.mjs", import.meta.url)));
  const [{ port }] = await new Promise((done) => child.once("message", (...all) => done(all)));
  const proxy = await proxyOpen(port);
  const rows = [];
  try {
    for (const qos of [0, 1]) {
      for (const [title, start, levels] of CLIENTS) {
        if (!levels.includes(qos)) continue;
        const counted = proxy.counted();
        const stop = start(proxy.port, qos);
        const count = await Promise.race([
          counted,
          new Promise((_done, fail) =>
            setTimeout(fail, 10000, new Error(`${title} does not end`)).unref(),
          ),
        ]);
        stop();
        rows.push({ title, qos, ...count });
      }
    }
  } finally {
    proxy.close();
    child.kill();
  }
  say("round trips counted");
  return { rows };
}
