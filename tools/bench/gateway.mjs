// SPDX-License-Identifier: MIT
// The gateway part: messages a second through it beside plain MQTT to the same server, and what ten thousand
// sleeping clients take in one process. Clients, gateway and server are processes of their own.

import { execFile, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MOSQUITTO, startAedes, startServer } from "./node.mjs";
import { median } from "./rows.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const run = promisify(execFile);
const ROUNDS = 3;
const CLIENTS = 50;
const SECONDS = 4;
const SLEEPERS = 10000;
const MODES = ["transparent", "aggregating"];

const told = (child, field) =>
  new Promise((resolve, reject) => {
    const listener = (message) => {
      if (!(field in message)) return;
      child.off("message", listener);
      resolve(message);
    };
    child.on("message", listener);
    child.once("exit", () => reject(new Error(`it ended before it said ${field}`)));
  });

async function startGateway(brokerPort, mode) {
  const args = [`mqtt://127.0.0.1:${brokerPort}`, mode];
  const child = fork(here("./gateway-host.mjs"), args, { execArgv: ["--expose-gc"] });
  const { port } = await told(child, "port");
  return {
    port,
    stop: () => child.kill(),
    health: () => {
      const answer = told(child, "rss");
      child.send({});
      return answer;
    },
  };
}

async function load(kind, port) {
  const args = [here("./gateway-load.mjs"), kind, port, CLIENTS, SECONDS];
  const { stdout } = await run(process.execPath, args.map(String));
  return JSON.parse(stdout).perSecond;
}

/** Both ways to one server, in rounds. */
async function through(broker, say) {
  const got = { mqtt: [], transparent: [], aggregating: [] };
  for (let i = 0; i < ROUNDS; i++) {
    got.mqtt.push(await load("mqtt", broker.port));
    for (const mode of MODES) {
      const gateway = await startGateway(broker.port, mode);
      got[mode].push(await load("sn", gateway.port));
      gateway.stop();
    }
  }
  say(`the gateway in front of ${broker.name} measured`);
  return MODES.map((mode) => ({
    id: `gateway-${broker.name}-${mode}`,
    title: `QoS 1 from ${CLIENTS} clients, one message each at a time, to ${broker.name}, ${mode}`,
    unit: "messages/s",
    ours: median(got[mode]),
    peer: median(got.mqtt),
    more: true,
    must: 0.5,
    aim: 0.8,
  }));
}

/** Ten thousand sleepers behind one forwarder. */
async function sleepers(broker, mode, say) {
  const gateway = await startGateway(broker.port, mode);
  const before = await gateway.health();
  const child = fork(
    here("./gateway-sleepers.mjs"),
    [gateway.port, broker.port, SLEEPERS].map(String),
  );
  const { connectSeconds } = await told(child, "connectSeconds");
  const asleep = await gateway.health();
  child.send({});
  await told(child, "published");
  let full = await gateway.health();
  while (full.waiting < SLEEPERS) full = await gateway.health();
  child.send({});
  const { wakeSeconds, heard } = await told(child, "wakeSeconds");
  child.send({});
  gateway.stop();
  if (heard !== SLEEPERS) throw new Error(`${heard} of ${SLEEPERS} messages came`);
  say(`${SLEEPERS} sleepers, ${mode}, measured`);
  const each = (a, b) => (a.rss - b.rss) / SLEEPERS / 1024;
  return {
    mode,
    count: asleep.clients.asleep,
    kibibytes: each(asleep, before),
    heapKibibytes: (asleep.heapUsed - before.heapUsed) / SLEEPERS / 1024,
    rssMebibytes: asleep.rss / 1048576,
    connectSeconds,
    wakeSeconds,
  };
}

/** @returns {Promise<object>} the part's rows */
export async function measureGateway(say) {
  const starts = [startAedes];
  if (process.env.MOSQUITTO) starts.push(() => startServer("mosquitto", MOSQUITTO));
  const rows = [];
  for (const start of starts) {
    const broker = await start();
    try {
      rows.push(...(await through(broker, say)));
    } finally {
      await broker.stop();
    }
  }
  const asleep = [];
  for (const mode of MODES) {
    const broker = await startAedes();
    try {
      asleep.push(await sleepers(broker, mode, say));
    } finally {
      await broker.stop();
    }
  }
  return { rows, asleep, ran: `Node ${process.version}` };
}
