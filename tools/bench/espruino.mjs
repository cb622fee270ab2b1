// SPDX-License-Identifier: MIT
// The Espruino part: the client's bundle beside Espruino's own MQTT module on a real interpreter.
// ESPRUINO_BIN names the interpreter, ESPRUINO_MQTT the minified module, ESPRUINO_TINYMQTT
// tinyMQTT.

import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { footprint, growth, storing } from "./espruino-memory.mjs";
import { acknowledged, CLIENTS, floor, publishing, receiving } from "./espruino-programs.mjs";
import { interpret } from "./interpreter.mjs";
import { median } from "./rows.mjs";
import { openSink } from "./sink.mjs";

const BUNDLE = fileURLToPath(new URL("../../dist/espruino/ringlet.min.js", import.meta.url));
const ROUNDS = 5;

const named = (variable) => {
  const path = process.env[variable];
  return path && existsSync(path) ? path : undefined;
};

/** The peers' files, where they were found. */
export const peers = { mqtt: named("ESPRUINO_MQTT"), tiny: named("ESPRUINO_TINYMQTT") };
export const sizeOf = (path) => (path === undefined ? undefined : statSync(path).size);

/** Rows of publishing, by what the program reports; the goals are ratios. */
const PUBLISHING = [
  ["four", "four", "QoS 0, four topics in turn", 2, 3],
  ["one", "one", "QoS 0, one topic", 3, 4],
  ["prepared", "one", "QoS 0, one prepared topic", 3.5, 6],
  ["qos1", "qos1", "QoS 1 into the outbox", 1.5, 3],
];

const RECEIVING = [
  ["exact-0", 1, 0, 1, "QoS 0, one exact filter", 2, 3],
  ["exact-1", 1, 1, 1, "QoS 1, one exact filter", 2, 3],
  ["wild-0", 8, 0, 4, "QoS 0, eight filters, five with wildcards, four topics", 1, 2],
  ["wild-1", 8, 1, 4, "QoS 1, eight filters, five with wildcards, four topics", 1, 2],
];

/** Runs `program` for each client in turn, ROUNDS times; medians by client and what it reports. */
async function inTurn(go, names, program, rounds = ROUNDS) {
  const results = Object.fromEntries(names.map((name) => [name, {}]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      for (const [row, figure] of Object.entries(await go(program(name)))) {
        (results[name][row] ??= []).push(figure);
      }
    }
  }
  const middle = (record) =>
    Object.fromEntries(Object.entries(record).map(([row, all]) => [row, median(all.map(Number))]));
  return Object.fromEntries(names.map((name) => [name, middle(results[name])]));
}

async function speed(go, names, port) {
  const rows = [];
  const us = { unit: "µs" };
  for (const collect of [false, true]) {
    const got = await inTurn(go, names, (name) => publishing(name, port, collect));
    const { ringlet, mqtt = {} } = got;
    const suffix = collect ? "-collected" : "";
    for (const [id, theirs, title, must, aim] of PUBLISHING) {
      const goal = collect ? {} : { must, aim };
      const row = { id: id + suffix, title, ...us, ours: ringlet[id], peer: mqtt[theirs], ...goal };
      rows.push({ ...row, group: collect ? "collected" : "publish" });
    }
    if (collect) continue;
    const bare = await inTurn(go, ["bare"], () => floor(port));
    const note = { ...us, group: "publish" };
    rows.push({ id: "floor", title: "bare `socket.write`", ours: bare.bare.write, ...note });
    rows.push({ id: "loop", title: "the loop alone", ours: ringlet.loop, ...note });
  }
  const acks = await inTurn(go, names, (name) => acknowledged(name, port));
  const puback = { ours: acks.ringlet.puback, peer: acks.mqtt?.puback };
  rows.push({ id: "puback", title: "handling a PUBACK", ...us, ...puback, group: "publish" });
  for (const [id, filters, qos, topics, title, must, aim] of RECEIVING) {
    const got = await inTurn(go, names, (name) => receiving(name, port, filters, qos, topics), 3);
    const figures = { ours: got.ringlet.receive, peer: got.mqtt?.receive };
    rows.push({ id, title, ...us, ...figures, must, aim, group: "receive" });
  }
  return rows;
}

async function memory(go, names, port) {
  const rows = [];
  const unit = "variables";
  const block = (await go(footprint.block)).block;
  await go(storing(names.map((name) => CLIENTS[name].module)));
  for (const [where, title, must, aim] of [
    ["storage", "module from Storage and one client", 340, 250],
    ["ram", "the same with the source in RAM", 800, 600],
  ]) {
    const got = {};
    for (const name of names) got[name] = await go(footprint(name, port, where));
    const amount = { unit, amount: true, group: "memory" };
    const { ringlet, mqtt } = got;
    rows.push({
      id: where,
      title,
      ours: ringlet.made - block,
      peer: mqtt?.made,
      must,
      aim,
      ...amount,
    });
    const online = { ours: ringlet.online - block, peer: mqtt?.online };
    rows.push({ id: `${where}-online`, title: `${title}, connected`, ...online, ...amount });
    const loaded = { ours: ringlet.loaded, peer: mqtt?.loaded };
    rows.push({ id: `${where}-module`, title: `${title}: the module alone`, ...loaded, ...amount });
  }
  return rows;
}

async function grown(go, names) {
  const sink = await openSink({ echo: true });
  const rows = [];
  for (const qos of [0, 1, 2]) {
    const got = {};
    for (const name of names) {
      got[name] = await go(growth(name, sink.port, qos)).catch((error) => ({
        error: /lost messages[^\r\n]*/.exec(error.message)?.[0] ?? "did not end",
      }));
    }
    rows.push({
      id: `growth-${qos}`,
      title: `growth after 1,000 messages each way at QoS ${qos}`,
      unit: "variables",
      ours: got.ringlet.grown,
      peer: got.mqtt?.grown,
      error: got.ringlet.error,
      must: 0,
      aim: 0,
      amount: true,
      group: "memory",
    });
  }
  sink.close();
  return rows;
}

/** @returns {Promise<object | undefined>} the part's rows; undefined without an interpreter */
export async function measureEspruino(say) {
  const binary = process.env.ESPRUINO_BIN;
  if (!binary) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "ringlet-bench-"));
  copyFileSync(BUNDLE, join(folder, "ringlet.js"));
  if (peers.mqtt) copyFileSync(peers.mqtt, join(folder, "MQTT.js"));
  const names = peers.mqtt ? ["ringlet", "mqtt"] : ["ringlet"];
  const go = (program) => interpret(binary, folder, program);
  const sink = await openSink();
  try {
    const version = await go(
      `report({ version: process.env.VERSION, board: process.env.BOARD,
        block: process.memory().blocksize, total: process.memory().total, done: true });`,
    );
    const rows = await memory(go, names, sink.port);
    rows.push(...(await grown(go, names)));
    say("memory counted");
    rows.push(...(await speed(go, names, sink.port)));
    say("speed measured");
    const missing = [];
    if (!peers.mqtt) missing.push("Espruino's own MQTT module: `ESPRUINO_MQTT` names no file.");
    return {
      rows,
      missing,
      ran:
        `Espruino ${version.version} for ${version.board}, ` +
        `${version.total} variables of ${version.block} bytes`,
    };
  } finally {
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
