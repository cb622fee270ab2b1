// SPDX-License-Identifier: MIT
// Calls of functions marked `@inline` that stand in each other do what the calls would do, whatever
// their parameters and the caller's variables are called.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { flatten } from "../../../tools/build/flatten.mjs";

const SOURCE = `
/** @inline */
function half(value: number): number {
  return value / 2;
}
/** @inline */
function quarter(octet: number): number {
  return half(octet / 2);
}
/** The caller has an \`octet\` of its own. */
export function ask(octet: number, other: number): number {
  return quarter(other) + octet;
}
`;

test("a call in an inlined function gets that function's values, not the caller's of the same name", () => {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-flatten-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, "entry.ts");
  writeFileSync(entry, SOURCE);
  const config = { compilerOptions: { strict: true, types: [] }, files: ["entry.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { outputs } = flatten(join(folder, "tsconfig.json"), [entry]);
  const text: string = outputs.get(entry);
  expect(text).toContain("return ");
  expect(text.slice(text.indexOf("function ask"))).not.toMatch(/quarter|half/);
  const ask = new Function(`${text.replaceAll("export ", "")}; return ask;`)();
  expect(ask(100, 8)).toBe(102);
});
