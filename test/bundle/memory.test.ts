// SPDX-License-Identifier: MIT
// What docs/memory.md says that blocks of memory take is what the engines of today's bundles measure.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { blocksTable, measureBlocks } from "../../tools/bench/blocks.mjs";

const missing = ["ESPRUINO_BIN", "NODEMCU_LUA"].filter((name) => !process.env[name]);
const why = missing.length > 0 ? ` (skipped: ${missing.join(" and ")} name no engine)` : "";

/** Title, variables, octets of those, octets in Lua: of each row. */
const cells = (table: string) =>
  table
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .replaceAll(",", "")
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe.skipIf(missing.length > 0)(`the page about memory${why}`, () => {
  test("tells what each block takes", async () => {
    const page = readFileSync(new URL("../../docs/memory.md", import.meta.url), "utf8");
    const [, table] = /<!-- generated blocks -->\n\n([^]*?)\n\n<!-- end -->/.exec(page)!;
    const [said, is] = [table!, blocksTable(await measureBlocks())].map(cells);
    const hint = "npm run bench -- blocks writes it";
    expect(said!.map(([title]) => title)).toEqual(is!.map(([title]) => title));
    said!.forEach(([, variables, , octets], row) => {
      // The interpreter's free memory is not in the same order each time.
      expect(Math.abs(Number(variables) - Number(is![row]![1])), hint).toBeLessThanOrEqual(2);
      expect(octets, hint).toBe(is![row]![3]);
    });
  });
});
