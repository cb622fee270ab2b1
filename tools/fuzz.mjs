// SPDX-License-Identifier: MIT
// `npm run fuzz [-- --for 60s] [--seed N] [--target NAME] [--path P]`: the fuzz targets of test/fuzz for
// a time, from a new seed or a given one; with a path, one case of it. See test/fuzz/README.md.

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/** Targets in test/fuzz; without --target the time is divided between them. */
const TARGETS = ["packets", "parts", "noise", "good", "decoders", "text", "sessions"];

const { values } = parseArgs({
  options: {
    for: { type: "string", default: "60s" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    target: { type: "string" },
    path: { type: "string" },
  },
});
const [, count, unit] = /^(\d+)(s|m|h)$/.exec(values.for) ?? [];
const seed = Number(values.seed);
if (count === undefined || !Number.isInteger(seed)) {
  console.error("npm run fuzz [-- --for 60s | 10m | 1h] [--seed N] [--target NAME] [--path P]");
  process.exit(2);
}
if (values.target !== undefined && !TARGETS.includes(values.target)) {
  console.error(`There is no target "${values.target}": ${TARGETS.join(", ")}.`);
  process.exit(2);
}

const ms = Number(count) * { s: 1000, m: 60000, h: 3600000 }[unit];
const isOne = values.path !== undefined;
const env = {
  ...process.env,
  FUZZ_MS: String(isOne ? 0 : Math.ceil(values.target ? ms : ms / TARGETS.length)),
  FUZZ_SEED: String(seed),
  ...(values.target ? { FUZZ_TARGET: values.target } : {}),
  ...(values.path ? { FUZZ_PATH: values.path } : {}),
};
const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--config", "test/vitest.config.mjs", "--no-file-parallelism", "test/fuzz"],
  { env, stdio: "inherit" },
);
process.exitCode = status ?? 1;
