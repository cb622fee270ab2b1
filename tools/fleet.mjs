// SPDX-License-Identifier: MIT
// `npm run fleet [-- --nodes 1000 --kills 20 --period 5000]`: many nodes on a system of three NATS
// servers on loopback, one of which is killed again and again while messages at QoS 1 flow. Counts what was
// accepted, lost, doubled and out of order, and how long nodes were away. Needs `nats-server`, which
// NATS names; ends by itself, with 1 when a message was lost.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import mqtt from "mqtt";
import { connect } from "../dist/node/index.js";
import { clusterOpen } from "./fleet/cluster.mjs";
import { judgeOpen } from "./fleet/judge.mjs";
import { nodesOpen } from "./fleet/nodes.mjs";

const BETWEEN_KILLS_MS = 4000;
const AWAY_MS = 3000;
/** The longest that a fleet may take to be whole again, or to be through at the end. */
const LONGEST_MS = 120000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until it is so; the time it took, or a sentence that says what did not happen. */
async function until(isSo, what) {
  const from = performance.now();
  while (!isSo()) {
    if (performance.now() - from > LONGEST_MS) throw new Error(`${what}: not within two minutes`);
    await pause(20);
  }
  return performance.now() - from;
}

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: "string", default: "1000" },
      kills: { type: "string", default: "20" },
      period: { type: "string", default: "5000" },
    },
  });
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => {
      const value = Number(text);
      const least = name === "kills" ? 0 : 1;
      if (!(value >= least && value % 1 === 0 && value <= 60000)) {
        throw new TypeError(
          `--${name} ${text}: expected is a whole number from ${least} to 60000.`,
        );
      }
      return [name, value];
    }),
  );
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

async function run({ nodes: count, kills, period }) {
  const program = process.env["NATS"] ?? "/usr/sbin/nats-server";
  if (!existsSync(program)) {
    console.error(`There is no ${program}: install nats-server, or name it in NATS.`);
    return 1;
  }
  const cluster = await clusterOpen(program);
  await cluster.listening();
  const judge = await judgeOpen(mqtt, cluster.servers, LONGEST_MS);
  const nodes = nodesOpen({ connect, servers: cluster.servers, count, period });
  const whole = async () => until(() => nodes.online() === count, "all nodes online");
  console.log(
    `${count} nodes, one message each in ${seconds(period)}: ${seconds(await whole())} to connect`,
  );
  const away = [];
  for (let kill = 0; kill < kills; kill++) {
    await pause(BETWEEN_KILLS_MS);
    const at = kill % cluster.servers.length;
    cluster.kill(at);
    await until(() => nodes.online() < count, "the death of a server is seen");
    const took = await whole();
    away.push(took);
    await pause(AWAY_MS);
    await cluster.restart(at);
    console.log(
      `kill ${kill + 1}: ${cluster.servers[at].name}; all nodes are back after ${seconds(took)}; ` +
        `${nodes.accepted()} accepted, ${judge.count()} arrived`,
    );
  }
  nodes.quiet();
  const end = await until(() => nodes.waiting() === 0, "everything accepted is acknowledged");
  await until(() => judge.missing(nodes.sent).length === 0, "everything arrives").catch(() => {});
  const lost = judge.missing(nodes.sent);
  console.log(`accepted ${nodes.accepted()}, refused ${nodes.refused()}, arrived ${judge.count()}`);
  console.log(
    `lost ${lost.length}, doubled ${judge.doubled()}, out of order ${judge.disordered()}`,
  );
  console.log(
    `away after a kill: median ${seconds(median(away))}, longest ${seconds(Math.max(0, ...away))}; ` +
      `the rest was through ${seconds(end)} after the last message`,
  );
  for (const message of lost.slice(0, 10)) console.log(`lost: ${message}`);
  return lost.length > 0 ? 1 : 0;
}

try {
  process.exit(await run(optionsOf(process.argv.slice(2))));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
