// SPDX-License-Identifier: MIT
// A board and a program in, the files that have to be on the board out, what starts by itself last. The program
// is the board's own one, an example that is built for it, or a file; modules of ours
// that a file requires come along.

import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Problem } from "./problem.mjs";

/** @typedef {{ name: string, octets: string }} File */
/** @typedef {{ files: File[], store: string[], needs: readonly string[] | undefined }} Plan */

const SAVES = ["boot", "module", "file"];
const CONFIGURATION = "ringlet.json";

const ENDS = { espruino: /(\.min)?\.js$/, nodemcu: /\.lua$/ };
/** Where a module of ours may be, below dist/, nearest first. */
const PLACES = {
  espruino: (board, name) => [`${board}/${name}.min.js`, `espruino/${name}.min.js`],
  nodemcu: (board, name) => [`${board}/${name}.lua`, `lua/${name}.lua`],
};

const octetsOf = (path) => readFileSync(path).latin1Slice();
const stemOf = (path, engine) => basename(path).replace(ENDS[engine], "");

/** The programs that are built for a board: its own one first. */
export function programsOf(board, manifest) {
  const { engine, bundles, flashing } = manifest;
  const own = flashing.puts.at(-1)?.file;
  const files = bundles.map(({ file }) => (engine === "espruino" ? `${board}/${file}` : file));
  return files.filter((file) => file !== own).map((file) => ({ name: stemOf(file, engine), file }));
}

/** The text of the program that was named. */
function programOf(board, manifest, program, dist) {
  const { engine, flashing } = manifest;
  const own = flashing.puts.at(-1)?.file;
  const built = (file, name) => {
    if (!existsSync(`${dist}/${file}`))
      throw new Problem(`There is no ${dist}/${file}: npm run build -- ${board}`);
    return { name, octets: octetsOf(`${dist}/${file}`), isFile: false };
  };
  if (program === undefined && own !== undefined) return built(own, "firmware");
  const known = programsOf(board, manifest);
  const example = known.find(({ name }) => name === program);
  if (example) return built(example.file, example.name);
  if (program === undefined || !existsSync(program)) {
    throw new Problem(
      `There is no program ${program ?? ""} for ${board}. Expected is one of ` +
        `${["(none: the board's own)", ...known.map(({ name }) => name)].join(", ")}, or a file.`,
    );
  }
  if (!ENDS[engine].test(program)) {
    throw new Problem(
      `${program} is no program for ${board}: expected is a file that ends with ` +
        `${engine === "espruino" ? ".js" : ".lua"}.`,
    );
  }
  return { name: stemOf(program, engine), octets: octetsOf(program), isFile: true };
}

/** The modules of ours that a text requires, and those that they require, deepest first. */
function modulesOf(board, engine, octets, dist, found = new Map()) {
  for (const [, name] of octets.matchAll(/\brequire\s*\(?\s*["']([\w.-]+)["']/g)) {
    if (found.has(name)) continue;
    const file = PLACES[engine](board, name).find((one) => existsSync(`${dist}/${one}`));
    // What the firmware has itself, or what is on the board already.
    if (file === undefined) continue;
    const text = octetsOf(`${dist}/${file}`);
    found.set(name, undefined);
    modulesOf(board, engine, text, dist, found);
    found.delete(name);
    found.set(name, text);
  }
  return found;
}

/** The configuration file, held against what the board's program needs. */
function configurationOf(path, needs = []) {
  let octets;
  try {
    octets = octetsOf(path);
  } catch {
    throw new Problem(
      `There is no file ${path}, expected is a JSON object with ${needs.join(", ")}.`,
    );
  }
  let given;
  try {
    given = JSON.parse(Buffer.from(octets, "latin1").toString("utf8"));
  } catch (error) {
    throw new Problem(`${path} is no JSON: ${error.message}`);
  }
  const missing = needs.filter((need) => given?.[need] === undefined);
  if (missing.length > 0) throw new Problem(`${path} has no ${missing.join(", no ")}.`);
  return octets;
}

/**
 * What goes onto the board.
 * @param {string} board its folder
 * @param {any} manifest
 * @param {{ program?: string, save?: string, config?: string, dist?: string }} options
 * @returns {Plan} `store` are modules that have to be in the Lua Flash Store; `needs` what the
 *   configuration needs that is not among the files
 */
export function planOf(board, manifest, { program, save = "boot", config, dist = "dist" }) {
  if (!SAVES.includes(save))
    throw new Problem(`--save ${save}: expected is one of ${SAVES.join(", ")}.`);
  const { engine, flashing } = manifest;
  const isLua = engine === "nodemcu";
  const { name, octets, isFile } = programOf(board, manifest, program, dist);
  const stored = flashing.puts.filter(({ to }) => to === "lfs").map(({ as }) => as);
  const modules = [...modulesOf(board, engine, octets, dist)];
  const store = modules.map(([module]) => module).filter((module) => stored.includes(module));
  const files = modules
    .filter(([module]) => !store.includes(module))
    .map(([module, text]) => ({ name: isLua ? `${module}.lua` : module, octets: text }));
  const { configuration } = flashing;
  if (config !== undefined) {
    const needs = isFile ? [] : configuration?.needs;
    files.push({
      name: configuration?.as ?? CONFIGURATION,
      octets: configurationOf(config, needs),
    });
  }
  // A module of the store is found by `require` when it has been preloaded.
  const preload = store.map(
    (one) => `package.preload[${JSON.stringify(one)}]=node.LFS.get(${JSON.stringify(one)})\n`,
  );
  const boot = flashing.puts.at(-1)?.as ?? ".boot0";
  if (save === "file") files.push({ name: `${name}.${isLua ? "lua" : "js"}`, octets });
  else if (isLua)
    files.push({ name: save === "boot" ? boot : `${name}.lua`, octets: preload.join("") + octets });
  else files.push({ name, octets });
  // What starts by itself is so short that it is written at once; the program runs from Storage.
  if (save === "boot" && !isLua)
    files.push({ name: boot, octets: `require(${JSON.stringify(name)});` });
  const isTold = config !== undefined || isFile || save !== "boot";
  return { files, store, needs: isTold ? undefined : configuration?.needs };
}
