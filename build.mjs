// SPDX-License-Identifier: MIT
// Board manifests in, dist/<board>/… out: `npm run build [-- board…]`. One function per back end.
// Fails when a bundle is over its budget, or uses what its engine does not accept.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { problemsOf, readBoards } from "./tools/boards.mjs";
import { bundleGateway } from "./tools/build/gateway.mjs";
import { bundleEspruino } from "./tools/build/espruino.mjs";
import { bundleLua } from "./tools/build/lua.mjs";
import { bundleModule } from "./tools/build/modules.mjs";
import { bundleNode } from "./tools/build/node.mjs";
import { checkLanguage } from "./tools/espruino/language.mjs";

const backEnds = {
  espruino: buildEspruino,
  nodemcu: buildLua,
  lua: buildLua,
  host: buildNode,
  every: buildModules,
};

/** The package of that folder, which is no board. */
const GATEWAY = "gateway";

/** What ports and drivers for Espruino are compiled with. */
const MODULES = "boards/espruino/tsconfig.json";

/** Writes a text for Espruino; returns its size, and where it uses what its engine does not accept. */
async function writeScript(file, code, budget) {
  await write(file, code);
  const problems = checkLanguage(code, file);
  return {
    size: measure(Buffer.from(code, "utf8"), budget),
    problems: problems.map((p) => `dist/${file}:${p.line}:${p.column} ${p.message}`),
  };
}

/** Bundles an Espruino board and its ports. */
async function buildEspruino(board, { bundles, ports = [], offers }) {
  const sizes = {};
  const problems = [];
  const put = async (name, code, budget) => {
    const file = `${board}/${name}`;
    const written = await writeScript(file, code, budget);
    sizes[file] = written.size;
    problems.push(...written.problems);
  };
  for (const { entry, file, budget, config = "tsconfig.json", wrap } of bundles) {
    const { code, needs } = await bundleEspruino(
      `boards/espruino/${config}`,
      `boards/${board}/${entry}`,
    );
    // A module is for many firmwares: it says nothing of what they offer.
    const missing = needs.filter((need) => !(offers ?? needs).includes(need));
    for (const need of missing) {
      problems.push(
        `boards/${board}/${entry} needs ${need}, which the firmware of ${board} does not offer ` +
          `("offers" in boards/${board}/board.json): leave the import out, or choose another board.`,
      );
    }
    await put(file, wrap ? `(()=>{${code}})();` : code, budget);
  }
  for (const { entry, file, budget } of ports) {
    await put(file, await bundleModule(MODULES, `boards/${board}/${entry}`), budget);
  }
  return { sizes, problems };
}

/** Bundles a board whose programs are Lua, and its ports. */
async function buildLua(board, { bundles, ports = [] }) {
  // There may be fewer files than the last time.
  for (const { file, split } of bundles) {
    if (split) await rm(`dist/${dirname(file)}/split`, { recursive: true, force: true });
  }
  return Promise.all(
    [...bundles, ...ports].map(async ({ entry, file, budget, split }) => {
      const { text, files, problems } = bundleLua(board, entry, split && { file, size: split });
      if (problems.length < 1) await write(file, text);
      for (const [part, chunk] of Object.entries(files)) await write(part, chunk);
      return { file, size: measure(Buffer.from(text, "latin1"), budget), problems };
    }),
  ).then((made) => ({
    sizes: Object.fromEntries(made.map(({ file, size }) => [file, size])),
    problems: made.flatMap(({ problems }) => problems),
  }));
}

/** Makes of each driver a module for Espruino and one for Lua. */
async function buildModules(board, { bundles }) {
  const sizes = {};
  const problems = [];
  for (const { entry, file, budgets } of bundles) {
    const script = `espruino/${file}.min.js`;
    const code = await bundleModule(MODULES, `boards/${board}/${entry}`);
    const written = await writeScript(script, code, budgets.espruino);
    const lua = bundleLua(board, entry);
    if (lua.problems.length < 1) await write(`lua/${file}.lua`, lua.text);
    sizes[script] = written.size;
    sizes[`lua/${file}.lua`] = measure(Buffer.from(lua.text, "latin1"), budgets.lua);
    problems.push(...written.problems, ...lua.problems);
  }
  return { sizes, problems };
}

/** Bundles the package for Node and browsers. */
async function buildNode(board, manifest) {
  await bundleNode();
  const sizes = {};
  for (const [file, budget] of Object.entries(manifest.budgets)) {
    sizes[file] = measure(await readFile(`dist/${file}`), budget);
  }
  return { sizes, problems: [] };
}

async function write(file, text) {
  await mkdir(`dist/${file.split("/").slice(0, -1).join("/")}`, { recursive: true });
  await writeFile(`dist/${file}`, text, "utf8");
}

function measure(bytes, budget) {
  return { bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, budget };
}

async function main(wanted) {
  const boards = readBoards();
  const unknown = wanted.filter((board) => !boards.has(board) && board !== GATEWAY);
  if (unknown.length > 0) {
    console.error(
      `There is no board "${unknown.join('", "')}". Boards are the folders of boards/ with a ` +
        `board.json: ${[...boards.keys()].join(", ")}; and ${GATEWAY}.`,
    );
    return 1;
  }
  const wrong = [...boards].flatMap(([board, manifest]) => problemsOf(board, manifest, boards));
  if (wrong.length > 0) {
    for (const problem of wrong) console.error(problem);
    return 1;
  }
  const path = "dist/sizes.json";
  const sizes =
    wanted.length > 0 && existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : {};
  const problems = [];
  for (const [board, manifest] of boards) {
    if (wanted.length > 0 && !wanted.includes(board)) continue;
    const result = await backEnds[manifest.engine](board, manifest);
    Object.assign(sizes, result.sizes);
    problems.push(...result.problems);
    for (const [file, size] of Object.entries(result.sizes)) {
      const { bytes, gzip, budget } = size;
      console.log(`${file.padEnd(36)} ${bytes} bytes, ${gzip} gzipped, budget ${budget}`);
      if (bytes > budget) {
        problems.push(
          `dist/${file} has ${bytes} bytes, ${bytes - budget} over its budget of ${budget}: ` +
            `make it smaller, or raise the budget in boards/${board}/board.json and say why.`,
        );
      }
    }
  }
  if (wanted.length === 0 || wanted.includes(GATEWAY)) await bundleGateway();
  await write("sizes.json", JSON.stringify(sizes, null, 2) + "\n");
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}

// Whoever reads this has closed the pipe, as `head` does.
process.stdout.on("error", () => {});
process.exitCode = await main(process.argv.slice(2));
