// SPDX-License-Identifier: MIT
// The gateway's package: `gateway/dist/command.js`, `gateway/dist/index.js` and its declarations. The codec of
// src/sn is inside; the packages it depends on stay imports.

import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { alias } from "./node.mjs";
import { declarations } from "./types.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const OUT = `${root}gateway/dist`;
const PACKAGES = ["ajv", "commander", "mqtt", "node-ble", "pino", "serialport"];

/** Writes the package's files. */
export async function bundleGateway() {
  const index = "gateway/src/index.ts";
  const types = declarations(root, [index]);
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  for (const name of ["index", "command"]) {
    await build({
      absWorkingDir: root,
      entryPoints: [`gateway/src/${name}.ts`],
      outfile: `${OUT}/${name}.js`,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      charset: "utf8",
      alias,
      external: PACKAGES,
      legalComments: "none",
      logLevel: "error",
    });
  }
  await chmod(`${OUT}/command.js`, 0o755);
  await writeFile(`${OUT}/index.d.ts`, types.get(index));
  console.log("gateway/dist/command.js, index.js");
}
