// SPDX-License-Identifier: MIT
// The Node part: the codec beside mqtt-packet, the whole client beside MQTT.js, through brokers.
// Rounds alternate between the two, so that what else the machine does hits both.

import { execFile, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { missing as lacks, serverOpen, versionOf } from "../../test/brokers/servers.mjs";
import { median } from "./rows.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const run = promisify(execFile);
const ROUNDS = 5;
/** Messages a run at each QoS that the broker has; Debian's NATS knows no QoS 2. */
const COUNT = {
  aedes: [120000, 60000, 30000],
  mosquitto: [240000, 100000, 50000],
  nats: [600000, 60000],
};

export async function startAedes() {
  const child = fork(here("./broker.mjs"));
  const { port } = await new Promise((resolve) => child.once("message", resolve));
  return { name: "aedes", port, stop: () => child.kill() };
}

// More than both clients have under way, so that nothing is dropped.
export const MOSQUITTO = `listener @PORT@ 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 0
persistence false
`;

/** One of Debian's brokers. */
export async function startServer(name, configuration) {
  const server = await serverOpen(name, configuration);
  return { name, port: server.port, stop: server.close };
}

/** Both clients through one broker, in rounds. */
async function through(broker) {
  const rows = [];
  for (const qos of COUNT[broker.name].keys()) {
    const got = { ringlet: [], mqttjs: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of Object.keys(got)) {
        const args = [here("./through.mjs"), name, broker.port, qos, COUNT[broker.name][qos]];
        const { stdout } = await run(process.execPath, args.map(String));
        got[name].push(JSON.parse(stdout));
      }
    }
    const [ours, theirs] = Object.values(got);
    const of = (results, field) => median(results.map((each) => each[field]));
    const title = `QoS ${qos} there and back through ${broker.name}`;
    rows.push(
      {
        id: `${broker.name}-${qos}`,
        title,
        unit: "messages/s",
        ours: of(ours, "perSecond"),
        peer: of(theirs, "perSecond"),
        more: true,
        must: 2,
        aim: 4,
      },
      {
        id: `${broker.name}-${qos}-cpu`,
        title: `${title}, CPU time of the client`,
        unit: "µs a message",
        ours: of(ours, "cpu"),
        peer: of(theirs, "cpu"),
      },
    );
  }
  return rows;
}

/** @returns {Promise<object>} the part's rows and what it ran on */
export async function measureNode(say) {
  const { stdout } = await run(process.execPath, [here("./codec.mjs")]);
  const { figures } = JSON.parse(stdout);
  const packet = (id, title, must, aim) => ({
    id,
    title,
    unit: "messages/s",
    ours: median(figures[`${id}Ours`]),
    peer: median(figures[`${id}Theirs`]),
    more: true,
    must,
    aim,
  });
  const codec = [
    packet("encode", "Encode PUBLISH, 12 octets, until octets are ready", 2, 4),
    packet("decode", "Decode PUBLISH, 1,000 in a Buffer, to topic and payload", 5, 20),
  ];
  say("codec measured");
  const brokers = [startAedes];
  const missing = [];
  const servers = [];
  for (const [name, configuration] of [["mosquitto", MOSQUITTO], ["nats"]]) {
    const why = lacks(name);
    if (why === "") {
      brokers.push(() => startServer(name, configuration));
      servers.push(`${name} ${versionOf(name)}`);
    } else missing.push(`Through ${name}: ${why}.`);
  }
  const rows = [];
  for (const start of brokers) {
    const broker = await start();
    try {
      rows.push(...(await through(broker)));
    } finally {
      await broker.stop();
    }
    say(`through ${broker.name} measured`);
  }
  const version = (name) =>
    JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url)))
      .version;
  const used = ["mqtt", "mqtt-packet", "aedes"].map((name) => `${name} ${version(name)}`);
  return {
    codec,
    rows,
    missing,
    ran: `Node ${process.version}, ${[...used, ...servers].join(", ")}`,
  };
}
