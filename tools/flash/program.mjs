// SPDX-License-Identifier: MIT
// A board and a program in, the files that have to be on the board out, what starts by itself last. The program
// is the board's own one, an example that is built for it, or a file; modules of ours
// that it requires come along.

import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { Problem } from "./problem.mjs";

/** @typedef {import("./sequence.mjs").File} File */
/**
 * @typedef {object} Options
 * @property {string} [program]
 * @property {string} [save] boot, module or file
 * @property {string} [config] a path
 * @property {boolean} [compile] modules, on the board
 * @property {string} [from] the folder that `program` is relative to
 * @property {string} [dist]
 */

const SAVES = ["boot", "module", "file"];
const CONFIGURATION = "ringlet.json";

/** How programs end, and where a module of ours may be, below dist/, nearest first. */
const ENGINES = {
  espruino: {
    end: /(\.min)?\.js$/,
    suffix: ".js",
    places: (board, name) => [`${board}/${name}.min.js`, `espruino/${name}.min.js`],
  },
  nodemcu: {
    end: /\.lua$/,
    suffix: ".lua",
    places: (board, name) => [`${board}/${name}.lua`, `lua/${name}.lua`],
  },
};

const octetsOf = (path) => readFileSync(path).latin1Slice();
const stemOf = (path, engine) => basename(path).replace(ENGINES[engine].end, "");

/** The programs that are built for a board besides its own one. */
function examplesOf(board, { engine, bundles, flashing }) {
  const own = flashing.puts.at(-1)?.file;
  return bundles
    .map(({ file }) => (engine === "espruino" ? `${board}/${file}` : file))
    .filter((file) => file !== own)
    .map((file) => ({ name: stemOf(file, engine), file }));
}

/**
 * Where the program is that was named, and what it is called.
 * @param {string} board @param {any} manifest @param {Options} options
 */
export function programOf(board, manifest, { program, from = ".", dist = "dist" }) {
  const { engine, flashing } = manifest;
  const own = flashing.puts.at(-1)?.file;
  if (program === undefined) return { name: "firmware", path: `${dist}/${own}`, isBuilt: true };
  const examples = examplesOf(board, manifest);
  const example = examples.find(({ name }) => name === program);
  if (example) return { name: program, path: `${dist}/${example.file}`, isBuilt: true };
  const path = resolve(from, program);
  const { suffix } = ENGINES[engine];
  if (!existsSync(path)) {
    const names = examples.map(({ name }) => name).join(", ");
    throw new Problem(
      `There is no program ${program} for ${board}: expected is a file that ends with ${suffix}` +
        `${names && `, or one of ${names}`}, or none for the board's own.`,
    );
  }
  if (path.endsWith(suffix)) return { name: stemOf(path, engine), path, isBuilt: false };
  throw new Problem(
    `${program} is no program for ${board}: expected is a file that ends with ${suffix}.`,
  );
}

/** The modules of ours that a text requires, and those that they require, deepest first. */
function modulesOf(board, engine, octets, dist, found = new Map()) {
  for (const [, name] of octets.matchAll(/\brequire\s*\(?\s*["']([\w.-]+)["']/g)) {
    const places = ENGINES[engine].places(board, name).map((place) => `${dist}/${place}`);
    const path = places.find((place) => existsSync(place));
    // What is not ours is the firmware's, or is on the board already.
    if (path === undefined || found.has(name)) continue;
    const text = octetsOf(path);
    // Held while its own are looked for, so that a circle ends; then put behind them.
    found.set(name, text);
    modulesOf(board, engine, text, dist, found);
    found.delete(name);
    found.set(name, text);
  }
  return found;
}

/** The configuration file, held against what the program needs. @param {string} path */
function configurationOf(path, needs) {
  if (!existsSync(path)) {
    throw new Problem(
      `There is no file ${path}: expected is a JSON object${needs.length > 0 ? ` with ${needs.join(", ")}` : ""}.`,
    );
  }
  let given;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Problem(`${path} is no JSON: ${error.message}`);
  }
  const missing = needs.filter((need) => given?.[need] === undefined);
  if (missing.length > 0)
    throw new Problem(`${path} has no ${missing.join(" and no ")}, which the program needs.`);
  return octetsOf(path);
}

/** What goes in front of a program so that `require` finds modules of the Lua Flash Store. */
const preloads = (store) =>
  store.map((name) => `package.preload["${name}"]=node.LFS.get("${name}")\n`).join("");

/** The program itself, and what starts it. @returns {File[]} */
function programFiles({ engine, flashing }, { name, octets, save, store }) {
  const boot = flashing.puts.at(-1).as;
  if (save === "file") return [{ name: name + ENGINES[engine].suffix, octets }];
  if (engine === "nodemcu") {
    return [{ name: save === "boot" ? boot : `${name}.lua`, octets: preloads(store) + octets }];
  }
  const module = { name, octets };
  // What starts by itself is so short that it is written at once; the program runs from Storage.
  return save === "boot" ? [module, { name: boot, octets: `require("${name}");` }] : [module];
}

/**
 * What goes onto the board.
 * @param {string} board its folder @param {any} manifest @param {Options} options
 * @returns {{ files: File[], store: string[], needs?: { as: string, needs: string[] } }} `store` has to
 *   be in the Lua Flash Store; `needs` is the configuration, where none is among the files
 */
export function planOf(board, manifest, options) {
  const { save = "boot", config, compile = false, dist = "dist" } = options;
  const { engine, flashing } = manifest;
  const isLua = engine === "nodemcu";
  if (!SAVES.includes(save))
    throw new Problem(`--save ${save}: expected is one of ${SAVES.join(", ")}.`);
  if (compile && !isLua) throw new Problem("--compile is for NodeMCU.");
  const { name, path, isBuilt } = programOf(board, manifest, options);
  if (!existsSync(path))
    throw new Problem(`There is no ${path}: npm run build -- ${board} makes it.`);
  const octets = octetsOf(path);
  const stored = flashing.puts.filter(({ to }) => to === "lfs").map(({ as }) => as);
  const modules = [...modulesOf(board, engine, octets, dist)];
  const store = modules.map(([module]) => module).filter((module) => stored.includes(module));
  /** @type {File[]} */
  const files = modules
    .filter(([module]) => !store.includes(module))
    .map(([module, text]) => ({ name: isLua ? `${module}.lua` : module, octets: text, compile }));
  const { configuration } = flashing;
  if (config !== undefined) {
    const needs = isBuilt ? (configuration?.needs ?? []) : [];
    files.push({
      name: configuration?.as ?? CONFIGURATION,
      octets: configurationOf(config, needs),
    });
  }
  files.push(...programFiles(manifest, { name, octets, save, store }));
  return config === undefined && isBuilt && configuration !== undefined
    ? { files, store, needs: configuration }
    : { files, store };
}
