// SPDX-License-Identifier: MIT
// The Lua part: the bundle for NodeMCU beside luamqtt, which LUAMQTT names (the folder that holds
// `mqtt/`), on the engines that LUA51, LUA53 and NODEMCU_LUA name. Rounds alternate between the two.

import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { minify } from "../lua/minify.mjs";
import { luamqtt, ringlet } from "./lua-programs.mjs";
import { median } from "./rows.mjs";

const run = promisify(execFile);
const BUNDLE = fileURLToPath(new URL("../../dist/lua/ringlet.lua", import.meta.url));
const ROUNDS = 5;
const CLIENTS = { ringlet, luamqtt };

/** What `require("mqtt")` loads, as far as its version has it. */
const PEER_FILES = "init const client ioloop protocol protocol4 protocol5 tools bitwrap".split(" ");

/** The engines that are there: [id, title, command]. */
function engines() {
  const { LUA51, LUA53, NODEMCU_LUA } = process.env;
  return [
    ["lua51", "Lua 5.1", LUA51 && [LUA51]],
    ["lua53", "Lua 5.3", LUA53 && [LUA53]],
    ["nodemcu", "NodeMCU's Lua 5.1, 32 bits", NODEMCU_LUA && [NODEMCU_LUA, "-e"]],
  ].filter(([, , command]) => command);
}

/** The folder of luamqtt, where it was found. */
function peerFolder() {
  const folder = process.env.LUAMQTT;
  return folder && existsSync(join(folder, "mqtt/client.lua")) ? resolve(folder) : undefined;
}

/** Octets of the bundles, and of the peer's files under this project's minifier. */
export function luaSizes(built) {
  const folder = peerFolder();
  const files =
    folder && PEER_FILES.map((name) => join(folder, `mqtt/${name}.lua`)).filter(existsSync);
  const peer = files?.reduce((sum, file) => sum + minify(readFileSync(file, "latin1")).length, 0);
  const row = (file, peer) => ({
    id: file,
    title: `\`${file}\``,
    unit: "bytes",
    ours: built[`lua/${file}`]?.bytes,
    peer,
    amount: true,
  });
  return [row("ringlet.lua", peer), row("ringlet-lean.lua")];
}

/** Runs a program; what it reports, by name, or why it did not. */
async function go([binary, ...args], folder, text) {
  const file = join(folder, "program.lua");
  writeFileSync(file, text, "latin1");
  try {
    const { stdout } = await run(binary, [...args, file], { cwd: folder });
    const lines = [...stdout.matchAll(/^=(\w+) (-?[\d.]+)$/gm)];
    return Object.fromEntries(lines.map(([, name, figure]) => [name, Number(figure)]));
  } catch (error) {
    const [, why] = /\.lua:\d+: ([^\n]+)/.exec(error.stderr) ?? [undefined, error.message];
    return { error: why };
  }
}

/** Medians over rounds of each client, by what it reports. */
async function inTurn(command, folder, names, mode, rounds) {
  const all = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names)
      all[name].push(await go(command, folder, CLIENTS[name](mode, peerFolder())));
  }
  const middle = (reports) => {
    const failed = reports.find(({ error }) => error);
    if (failed) return failed;
    const keys = Object.keys(reports[0]);
    return Object.fromEntries(keys.map((key) => [key, median(reports.map((one) => one[key]))]));
  };
  return Object.fromEntries(names.map((name) => [name, middle(all[name])]));
}

/** [what the program reports, title, must]: ratios to luamqtt. */
const SPEED = [
  ["qos0", "publish at QoS 0", 10],
  ["qos1", "publish at QoS 1, and its PUBACK", 4],
  ["decode", "incoming PUBLISH, one in a chunk", 3.5],
  ["chunk", "incoming PUBLISH, 30 in a chunk", 3.5],
];

/** One engine's rows. */
async function measureEngine([id, title, command], folder, names, missing) {
  const heap = await inTurn(command, folder, names, "heap", 1);
  const growth = await inTurn(command, folder, names, "growth", 1);
  const speed = await inTurn(command, folder, names, "speed", ROUNDS);
  const { error } = heap.luamqtt ?? {};
  if (error) missing.push(`luamqtt on ${title}: it says "${error}".`);
  for (const { ringlet: ours } of [heap, growth, speed]) {
    if (ours.error) throw new Error(`on ${title}: ${ours.error}`);
  }
  const row = (got, key, more) => ({
    id: `${id}-${key}`,
    ours: got.ringlet[key],
    peer: got.luamqtt?.[key],
    group: id,
    ...more,
  });
  const octets = { unit: "octets", amount: true };
  return [
    row(heap, "loaded", { title: "heap, module loaded", ...octets }),
    row(heap, "client", { title: "heap, and one client", ...octets }),
    ...[0, 1].map((qos) =>
      row(growth, `growth${qos}`, {
        title: `growth after 10,000 messages each way at QoS ${qos}`,
        ...octets,
        must: 0,
      }),
    ),
    ...SPEED.map(([key, what, must]) =>
      row(speed, key, { title: what, unit: "messages/s", more: true, must }),
    ),
  ];
}

/** @returns {Promise<object>} the part's rows by engine and what they ran on */
export async function measureLua(say) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-bench-"));
  const missing = [];
  copyFileSync(BUNDLE, join(folder, "ringlet.lua"));
  const names = peerFolder() ? ["ringlet", "luamqtt"] : ["ringlet"];
  if (names.length < 2) missing.push("luamqtt: `LUAMQTT` names no folder that holds `mqtt/`.");
  try {
    const rows = [];
    for (const engine of engines()) {
      rows.push(...(await measureEngine(engine, folder, names, missing)));
      say(`${engine[1]} measured`);
    }
    const version =
      peerFolder() &&
      /_VERSION = "([^"]+)"/.exec(readFileSync(join(peerFolder(), "mqtt/init.lua"), "latin1"))?.[1];
    const titles = engines().map(([id, title]) => ({ id, title }));
    return { rows, missing, engines: titles, ran: version ? `luamqtt ${version}` : "no peer" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether there is an engine at all. */
export const hasLua = () => engines().length > 0;
