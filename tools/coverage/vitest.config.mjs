// SPDX-License-Identifier: MIT
// `npm run coverage`: what of src/ the tests on V8 run through. Not measured: engine/espruino, engine/lua,
// limits/small.ts and sn/sender.ts, which exist only inside bundles that other engines run (test/bundle proves them
// there, by the same transcripts), and options.ts, which is types alone.
import { mergeConfig } from "vitest/config";
import base from "../../test/vitest.config.mjs";

export default mergeConfig(base, {
  test: {
    // What runs bundles and tools measures nothing here.
    exclude: ["test/bundle/**", "test/tools/**", "test/soak/**", "test/docs.test.ts"],
    coverage: {
      enabled: true,
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: [
        "src/engine/espruino/**",
        "src/engine/lua/**",
        "src/limits/small.ts",
        "src/sn/sender.ts",
        "src/options.ts",
      ],
      reporter: ["text", "json"],
      reportsDirectory: "dist/coverage",
      thresholds: { lines: 98, branches: 98 },
    },
  },
});
