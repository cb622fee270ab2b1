// SPDX-License-Identifier: MIT
// `npm run bench [-- part…]`: peers side by side in one run. Writes dist/bench.json, and
// docs/benchmarks.md with its plot from it; a part that is not run keeps its figures.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";
import { withPart } from "../docs.mjs";
import { blocksTable, measureBlocks } from "./blocks.mjs";
import { measureEspruino, peers, sizeOf } from "./espruino.mjs";
import { measureEnergy } from "./energy.mjs";
import { measureHostile } from "./hostile.mjs";
import { measureGateway } from "./gateway.mjs";
import { hasLua, luaSizes, measureLua } from "./lua.mjs";
import { measureNode } from "./node.mjs";
import { page } from "./page.mjs";
import { measureSecurity } from "./security.mjs";
import { plot } from "./plot.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const KEPT = `${root}dist/bench.json`;
const say = (line) => console.log(line);

/** Bytes of the bundles, as the build measured them. */
function sizes() {
  const path = `${root}dist/sizes.json`;
  const built = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const row = (file, must, aim, peer) => ({
    id: file,
    title: `\`${file}\``,
    unit: "bytes",
    ours: built[`espruino/${file}`]?.bytes,
    peer,
    must,
    aim,
    amount: true,
  });
  return [
    row("ringlet.min.js", 6600, 5100, sizeOf(peers.mqtt)),
    row("ringlet-lean.min.js", 2200, 1600, sizeOf(peers.tiny)),
    ...luaSizes(built),
  ];
}

/** What can be measured, by its name on the command line. */
const PARTS = {
  espruino: {
    measure: measureEspruino,
    unless: () => !process.env.ESPRUINO_BIN && "ESPRUINO_BIN names no interpreter",
  },
  node: { measure: measureNode },
  lua: {
    measure: measureLua,
    unless: () => !hasLua() && "neither LUA51, LUA53 nor NODEMCU_LUA names an engine",
  },
  energy: { measure: measureEnergy },
  security: { measure: measureSecurity },
  hostile: { measure: measureHostile },
  gateway: {
    measure: measureGateway,
    unless: () => !existsSync(`${root}gateway/dist/index.js`) && "the gateway is not built",
  },
};

/** The costs of blocks of memory go to a page of their own. */
async function blocks() {
  const figures = await measureBlocks();
  if (!figures.espruino || !figures.lua) {
    say("Blocks of memory were not measured: ESPRUINO_BIN and NODEMCU_LUA have to name engines.");
    return;
  }
  const path = `${root}docs/memory.md`;
  writeFileSync(path, withPart(path, readFileSync(path, "utf8"), "blocks", blocksTable(figures)));
  say("docs/memory.md is written.");
}

const names = [...Object.keys(PARTS), "blocks"];
const parts = process.argv.slice(2);
const unknown = parts.filter((part) => !names.includes(part));
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join('", "')}": ${names.join(", ")}; nothing is all.`);
  process.exit(2);
}
if (!existsSync(`${root}dist/node/index.js`)) {
  console.error("There is no package to measure yet: npm run build makes it.");
  process.exit(2);
}
const wants = (part) => parts.length === 0 || parts.includes(part);
const kept = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, "utf8")) : {};
const stamp = (part) =>
  part && { ...part, when: new Date().toISOString().slice(0, 10), machine: machine() };
const machine = () => `${cpus()[0].model.trim()}, ${cpus().length} cores`;

const result = { ...kept, sizes: sizes() };
for (const [name, { measure, unless }] of Object.entries(PARTS)) {
  if (!wants(name)) continue;
  const why = unless?.();
  if (why) say(`${name} was not measured: ${why}.`);
  else result[name] = stamp(await measure(say));
}
if (wants("blocks")) await blocks();
if (parts.length === 1 && parts[0] === "blocks") process.exit(0);

writeFileSync(KEPT, `${JSON.stringify(result, null, 2)}\n`);
const text = await prettier.format(page(result), {
  ...(await prettier.resolveConfig(`${root}docs/benchmarks.md`)),
  parser: "markdown",
});
writeFileSync(`${root}docs/benchmarks.md`, text);
writeFileSync(`${root}docs/benchmarks.svg`, plot(result));
say("docs/benchmarks.md and docs/benchmarks.svg are written.");
