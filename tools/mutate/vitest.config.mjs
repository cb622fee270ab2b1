// SPDX-License-Identifier: MIT
// The tests that Stryker runs against each mutant: those of what it mutates, on fakes and without a
// clock. Not the ones that go on by chance for seconds (lossy.test.ts): a mutant takes as long as they do.
import { mergeConfig } from "vitest/config";
import base from "../../test/vitest.config.mjs";

export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      isolate: false,
      include: ["test/{wire,ring,session}/**/*.test.ts"],
      exclude: ["test/session/lossy.test.ts"],
    },
  },
);
