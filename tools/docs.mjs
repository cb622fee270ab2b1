// SPDX-License-Identifier: MIT
// `npm run docs`: writes what is generated in the documents, between `<!-- generated … -->` marks:
// sizes of bundles from dist/sizes.json, texts of statuses from src/status.ts. With --check it
// changes nothing and fails where something is out of date.

import { readFileSync, writeFileSync } from "node:fs";

/** The table of bundles. */
export function sizesTable() {
  const sizes = JSON.parse(readFileSync("dist/sizes.json", "utf8"));
  const rows = Object.entries(sizes).map(
    ([file, { bytes, gzip, budget }]) => `| \`dist/${file}\` | ${bytes} | ${gzip} | ${budget} |`,
  );
  return ["| bundle | bytes | gzipped | budget |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** The table of statuses, from the comments in front of each. */
export function statusTable() {
  const text = readFileSync("src/status.ts", "utf8");
  const rows = [...text.matchAll(/\/\*\* ((?:(?!\*\/)[^])*?) \*\/\s+([A-Z_]+) = (-?\d+)/g)]
    .filter(([, , name]) => name === name.toUpperCase())
    .map(
      ([, comment, name, value]) =>
        `| ${value} | \`${name}\` | ${comment.replace(/\s*\n\s*\* /g, " ")} |`,
    );
  return ["| number | name | what it says |", "| --- | --- | --- |", ...rows].join("\n");
}

const GENERATED = [
  ["README.md", "sizes", sizesTable],
  ["docs/status.md", "statuses", statusTable],
];

/** Each document with what it should say; `old` is what it says now. */
export function documents() {
  return GENERATED.map(([path, name, table]) => {
    const old = readFileSync(path, "utf8");
    const marks = new RegExp(`(<!-- generated ${name} -->\\n)[^]*?(\\n<!-- end -->)`);
    if (!marks.test(old))
      throw new Error(`${path}: has no <!-- generated ${name} --> … <!-- end -->`);
    return { path, old, now: old.replace(marks, (_all, from, to) => `${from}\n${table()}\n${to}`) };
  });
}

if (process.argv[1]?.endsWith("docs.mjs")) {
  for (const { path, old, now } of documents()) {
    if (old === now) continue;
    if (process.argv.includes("--check")) {
      console.error(`${path} is out of date: npm run docs writes it anew.`);
      process.exitCode = 1;
    } else {
      writeFileSync(path, now);
      console.log(`${path} written`);
    }
  }
}
