// SPDX-License-Identifier: MIT
// Names are given by what they stand for: one that an inner function has for itself is not the
// module's of the same name.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { inlineOnce } from "../../../tools/build/inline.mjs";
// @ts-ignore
import { fieldsOf } from "../../../tools/build/modules.mjs";
// @ts-ignore
import { sortNames } from "../../../tools/build/shorten.mjs";

/** What a script tells. */
function told(text: string): unknown[] {
  const found: unknown[] = [];
  new Function("tell", text)((what: unknown) => found.push(what));
  return found;
}

test.each([
  ["a function", "function o() { tell(3); } const v = () => o(); v();"],
  [
    "a function with a variable of its name",
    "function o() { var o = 3; tell(o); } const v = () => o(); v();",
  ],
  ["a function that names itself", "(function o(n) { tell(n); if (n < 2) o(n + 1); })(1);"],
  ["a variable", "var o = () => tell(3); const v = () => o(); v();"],
])("the module's names get others, and %s inside keeps its own", (_what, inner) => {
  // The one that is used most gets the shortest name, which was another's.
  const text = `let o = 1, most = 2; const f = () => { ${inner} };
    f(); tell(o); tell(most); tell(most); tell(most);`;
  const sorted: string = sortNames(text);
  expect(sorted).toContain("o = 2");
  expect(told(sorted)).toEqual(told(text));
});

test("what a function is handed is not taken for an inner one of its name", () => {
  const text = `
    function one(call) { function inner() { call(); } return inner(); }
    function all(inner) { return one(inner); }
    all(() => tell(1));`;
  const written: string = inlineOnce(text);
  expect(written).not.toContain("function one");
  expect(told(written)).toEqual([1]);
});

test("a field of a driver's own gets no short name where a quantity is called the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const entry = join(folder, "chip.ts");
  writeFileSync(
    entry,
    `interface ChipState { current: number; left: number }
    export const meta = { current: { unit: "A", decimals: 6 } };`,
  );
  expect(fieldsOf(entry)).toEqual(["left"]);
});
