// SPDX-License-Identifier: MIT
// The import paths that a build chooses, for tests on V8: the V8 engine, and by default the large
// limits; a test that needs small ones gives options.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default defineConfig({
  root: at("."),
  resolve: {
    alias: { "#engine": at("src/engine/v8/index.ts"), "#limits": at("src/limits/large.ts") },
  },
  test: { include: ["test/**/*.test.ts"], testTimeout: 20000 },
});
