// SPDX-License-Identifier: MIT
// The package for Node and browsers: `dist/node/index.js` (TCP, TLS), `dist/node/websocket.js`, and what
// is beside them, each one ES module and one file of declarations. Not minified: who ships it to a
// browser bundles it anyhow, and a stack trace can be read.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { declarations } from "./types.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const OUT = `${root}dist/node`;

const ENTRIES = [
  { name: "index", entry: "boards/host/module.ts", platform: "node" },
  { name: "auth", entry: "boards/host/auth.ts", platform: "node" },
  { name: "auth-command", entry: "boards/host/auth-command.ts", platform: "node" },
  { name: "sn", entry: "boards/host/sn.ts", platform: "node" },
  { name: "websocket", entry: "boards/browser/module.ts", platform: "browser" },
];

/** What an import path of this repository stands for on V8. */
export const alias = {
  "#engine": `${root}src/engine/v8/index.ts`,
  "#limits": `${root}src/limits/large.ts`,
};

/**
 * Writes the package's files.
 * @returns {Promise<string[]>} their paths below the repository
 */
export async function bundleNode() {
  const types = declarations(
    root,
    ENTRIES.map(({ entry }) => entry),
  );
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const written = [];
  for (const { name, entry, platform } of ENTRIES) {
    // For "browser" esbuild fails on an import of Node's, which is the test that there is none.
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: `${OUT}/${name}.js`,
      bundle: true,
      format: "esm",
      platform,
      target: platform === "node" ? "node20" : "es2022",
      charset: "utf8",
      alias,
      treeShaking: true,
      legalComments: "none",
      banner: { js: "// SPDX-License-Identifier: MIT" },
      logLevel: "error",
    });
    await writeFile(`${OUT}/${name}.d.ts`, types.get(entry));
    written.push(`dist/node/${name}.js`, `dist/node/${name}.d.ts`);
  }
  return written;
}
