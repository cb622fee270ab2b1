// SPDX-License-Identifier: MIT
// What the source exports, for documents: a file of src/ is bundled and run here, with the engine for
// V8 and the limits of one profile.

import { buildSync } from "esbuild";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const known = new Map();

/**
 * @param {string} path below the repository
 * @param {"small" | "large"} [profile] whose limits
 * @returns {any} its exports
 */
export function exportsOf(path, profile = "large") {
  const key = `${path} ${profile}`;
  if (!known.has(key)) known.set(key, bundled(path, profile));
  return known.get(key);
}

function bundled(path, profile) {
  const { outputFiles } = buildSync({
    entryPoints: [root + path],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "loaded",
    alias: {
      "#engine": `${root}src/engine/v8/index.ts`,
      "#limits": `${root}src/limits/${profile}.ts`,
    },
  });
  return new Function(`${outputFiles[0].text}\nreturn loaded;`)();
}
