// SPDX-License-Identifier: MIT
// The generated parts of the documents say what the build and the source say.

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { documents } from "../tools/docs.mjs";

const all: { path: string; old: string; now: string }[] = documents();

describe("a document", () => {
  for (const { path, old, now } of all) {
    test(`${path} is what npm run docs writes`, () => expect(old).toBe(now));
  }

  test("is there for each board, and for no other", () => {
    const pages = all.map(({ path }) => path);
    for (const page of readdirSync("docs/boards")) expect(pages).toContain(`docs/boards/${page}`);
  });
});
