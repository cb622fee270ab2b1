// SPDX-License-Identifier: MIT
// The simulator and the client it judges, bundled from source with the limits of a device, so that
// one process can hold the client as it is and as it would be with a line changed.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * @typedef {{ file: string, find: string, put: string }} Patch text of a file below src/ that stands
 *   there once, and what stands there instead
 * @param {Patch[]} [patches]
 * @returns {Promise<typeof import("./main.js")>}
 */
export async function chaosOpen(patches = []) {
  const left = new Set(patches);
  const result = await build({
    entryPoints: [at("test/chaos/main.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
    alias: { "#engine": at("src/engine/v8/index.ts"), "#limits": at("src/limits/small.ts") },
    plugins: [
      {
        name: "patched",
        setup: (esbuild) =>
          esbuild.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
            let contents = await readFile(path, "utf8");
            for (const patch of patches) {
              if (path !== at(`src/${patch.file}`)) continue;
              const pieces = contents.split(patch.find);
              if (pieces.length !== 2) {
                throw new Error(
                  `src/${patch.file} holds this ${pieces.length - 1} times: ${patch.find}`,
                );
              }
              contents = pieces.join(patch.put);
              left.delete(patch);
            }
            return { contents, loader: "ts" };
          }),
      },
    ],
  });
  for (const { file } of left) throw new Error(`there is no src/${file} to patch`);
  const code = Buffer.from(result.outputFiles[0].text).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
