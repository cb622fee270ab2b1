// SPDX-License-Identifier: MIT
// `npm run brokers`: holds the dialogues of test/brokers with every broker that the environment names,
// writes what came of them to docs/brokers.json and the tables in docs/brokers.md. A broker that is
// not there keeps what an earlier run found.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DATA = "docs/brokers.json";

const NAMES = { aedes: "aedes", mosquitto: "mosquitto", rabbitmq: "RabbitMQ", nats: "NATS" };

/** What the last runs found, in the order of the names above. */
function results() {
  const all = JSON.parse(readFileSync(DATA, "utf8"));
  return Object.keys(NAMES).flatMap((name) => (all[name] ? [all[name]] : []));
}

/** The table of behaviours; a number points to the octets below. */
export function brokersTable() {
  const brokers = results();
  const notes = [];
  const cell = (outcome) => {
    if (outcome === undefined) return "not tried";
    if (outcome.says === undefined) return outcome.cell;
    const at = notes.findIndex((note) => JSON.stringify(note) === JSON.stringify(outcome));
    return `${outcome.cell} (${at < 0 ? notes.push(outcome) : at + 1})`;
  };
  const rows = [...new Set(brokers.flatMap(({ outcomes }) => Object.keys(outcomes)))].map(
    (name) => `| ${name} | ${brokers.map(({ outcomes }) => cell(outcomes[name])).join(" | ")} |`,
  );
  const head = brokers.map(({ broker, version }) => `${NAMES[broker]} ${version}`);
  const captures = notes.map(({ says, capture }, at) =>
    [`${at + 1}. It ${says}.`, ...block(capture)].join("\n"),
  );
  return [
    `| behaviour | ${head.join(" | ")} |`,
    `| --- |${head.map(() => " --- |").join("")}`,
    ...rows,
    "",
    ...captures,
  ].join("\n");
}

const block = (capture) =>
  capture.length === 0 ? [] : ["", "   ```", ...capture.map((line) => `   ${line}`), "   ```"];

if (process.argv[1]?.endsWith("brokers.mjs")) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-brokers-"));
  const run = spawnSync(
    "npx",
    ["vitest", "run", "--config", "test/vitest.config.mjs", "test/brokers/brokers.test.ts"],
    { stdio: "inherit", env: { ...process.env, BROKERS_OUT: folder } },
  );
  let all = {};
  try {
    all = JSON.parse(readFileSync(DATA, "utf8"));
  } catch {
    // The first run.
  }
  for (const file of readdirSync(folder)) {
    const result = JSON.parse(readFileSync(join(folder, file), "utf8"));
    all[result.broker] = result;
  }
  rmSync(folder, { recursive: true });
  writeFileSync(DATA, `${JSON.stringify(all, undefined, 2)}\n`);
  const docs = spawnSync(process.execPath, ["tools/docs.mjs"], { stdio: "inherit" });
  process.exitCode = run.status || docs.status;
}
