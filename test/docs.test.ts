// SPDX-License-Identifier: MIT
// The generated parts of the documents say what the build and the source say.

import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { documents } from "../tools/docs.mjs";

describe("a document", () => {
  for (const { path, old, now } of documents()) {
    test(`${path} is what npm run docs writes`, () => expect(old).toBe(now));
  }
});
