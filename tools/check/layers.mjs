// SPDX-License-Identifier: MIT
// Who may import whom. Layers point down and never in a circle, file by file; a type that is only
// imported as a type reaches no bundle and is free to point up.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** For each layer, the layers its files may import; a layer may always import itself. */
const ALLOWED = {
  "src/status": [],
  "src/limits": [],
  "src/engine": ["src/status"],
  "src/wire": ["src/engine", "src/status"],
  "src/ring": ["src/engine", "src/status"],
  "src/session": ["src/wire", "src/ring", "src/engine", "src/status", "src/limits"],
  "src/transport": ["src/session", "src/wire", "src/engine", "src/status", "src/limits"],
  "src/lean": ["src/wire", "src/engine", "src/status", "src/limits"],
  "src/auth": ["src/wire", "src/engine", "src/status"],
  "src/sn": ["src/wire", "src/engine", "src/status", "src/limits"],
  "src/options": [],
  // On a client's public calls, which it is handed.
  "src/device": ["src/engine"],
  // The face of the client and its explanations stand on everything below them.
  "src/client": [
    "src/transport",
    "src/session",
    "src/ring",
    "src/wire",
    "src/engine",
    "src/status",
    "src/limits",
  ],
  "src/face": ["src/client", "src/explain", "src/status", "src/transport"],
  "src/explain": ["src/client", "src/wire", "src/engine", "src/status", "src/limits"],
  "boards/sensors": ["src/engine", "src/status"],
  examples: ["src/device", "boards", "boards/sensors", "src/engine"],
  // The gateway shares the codec with the client, and nothing of its session.
  gateway: ["src/sn", "src/wire", "src/engine", "src/status"],
  boards: [
    "boards/sensors",
    "src/auth",
    "src/client",
    "src/lean",
    "src/sn",
    "src/explain",
    "src/face",
    "src/transport",
    "src/session",
    "src/engine",
    "src/status",
    "src/wire",
  ],
};

/** The layer of a file, by the longest name that begins its path. */
function layerOf(file) {
  const names = Object.keys(ALLOWED).filter((name) => file.startsWith(name));
  return names.sort((a, b) => b.length - a.length)[0];
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => normalize(join(entry.parentPath, entry.name)));
}

/** The files one file imports by value, as paths below the repository. */
function importsOf(file) {
  const text = readFileSync(file, "utf8");
  const found = [];
  for (const match of text.matchAll(/^(?:import|export)\s([^;]*?)\sfrom\s+"([^"]+)";/gms)) {
    const [, what, from] = match;
    if (what.startsWith("type ")) continue;
    const names = what.replace(/^\{|\}$/g, "").split(",");
    if (names.every((name) => name.trim() === "" || name.trim().startsWith("type "))) continue;
    if (from === "#engine") found.push("src/engine/v8/index.ts");
    else if (from === "#limits") found.push("src/limits/small.ts");
    else if (from.startsWith(".")) {
      found.push(normalize(join(dirname(file), from.replace(/\.js$/, ".ts"))));
    }
  }
  return found;
}

const files = ["src", "boards", "examples", "gateway/src"].flatMap(filesBelow);
const graph = new Map(files.map((file) => [file, importsOf(file)]));
const problems = [];

for (const [file, imports] of graph) {
  const layer = layerOf(file);
  if (layer === undefined) problems.push(`${file}: belongs to no layer of tools/check/layers.mjs`);
  for (const target of imports) {
    const below = layerOf(target);
    if (below !== layer && !ALLOWED[layer]?.includes(below)) {
      problems.push(`${file}: imports ${target}, but ${layer} may not import ${below}`);
    }
  }
}

const state = new Map();
function visit(file, path) {
  if (state.get(file) === "done") return;
  if (path.includes(file)) {
    problems.push(`a circle of imports: ${[...path.slice(path.indexOf(file)), file].join(" → ")}`);
    return;
  }
  for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
  state.set(file, "done");
}
for (const file of files) visit(file, []);

for (const problem of new Set(problems)) console.error(problem);
console.log(`${files.length} files, ${problems.length} problems with layers`);
process.exitCode = problems.length > 0 ? 1 : 0;
