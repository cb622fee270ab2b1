// SPDX-License-Identifier: MIT
// The ledger of the standard against the source: docs/standard.json has every normative statement of
// MQTT 3.1.1 (appendix B). A statement that is cited has to exist; one that binds a client has to be
// cited by the title of a test that runs everywhere, or have an exception that is argued.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { titlesOf } from "./titles.mjs";

export const LEDGER = "docs/standard.json";

/** Where statements are cited. */
const CITING = ["src", "boards", "test", "tools", "docs", "README.md", "CONTRIBUTING.md"];

/** Also what only looks like a statement's number, so that it is told. */
const CITATION = /MQTT-\d[\d.-]*\d/g;

/** The statements that a text cites. */
export const clausesIn = (text) => [...text.matchAll(CITATION)].map(([clause]) => clause);

/** Tests of the lean client prove nothing of the whole one. */
const isLean = (path) => /^test\/(?:lean\/|bundle\/lean)/.test(path);

/** The files that may cite a statement, as `{ path, text }`. */
export function filesOf(root = ".") {
  const paths = CITING.flatMap((place) => {
    if (place.endsWith(".md")) return [place];
    return readdirSync(join(root, place), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:ts|mjs|md|lua)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  });
  return paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** For each statement, the tests whose titles cite it: `titlesOf` and the path. */
export function proofsOf(files) {
  const proofs = new Map();
  for (const { path, text } of files) {
    if (!path.endsWith(".test.ts") || !text.includes("MQTT-")) continue;
    for (const found of titlesOf(path, text)) {
      for (const clause of new Set(clausesIn(found.title))) {
        proofs.set(clause, [...(proofs.get(clause) ?? []), { path, ...found }]);
      }
    }
  }
  return proofs;
}

/** What is wrong with an entry of the ledger by itself. */
function faultOf({ clause, side, says, exception }) {
  if (!/^MQTT-\d+\.\d+\.\d+-\d+$/.test(clause)) return "has no number such as MQTT-3.1.2-23";
  if (!["client", "server", "both"].includes(side))
    return 'has a side other than "client", "server", "both"';
  if (typeof says !== "string" || !/^\S.{9,}\.$/.test(says))
    return "does not say in a sentence what it asks";
  if (exception === undefined) return undefined;
  if (side === "server") return "binds servers only and needs no exception: take it out";
  return typeof exception === "string" && /^\S.{29,}\.$/.test(exception)
    ? undefined
    : "has an exception that is not argued: say in a sentence why no test of ours can prove it";
}

/** What is wrong with an entry beside the others, and with or without a test that proves it. */
function lackOf(entry, entries, proven) {
  const { clause, side, exception } = entry;
  if (entries.find((other) => other.clause === clause) !== entry)
    return "is there twice: take one out";
  if (exception !== undefined && proven)
    return "is proven by a test and has an exception: take that out";
  if (side === "server" || exception !== undefined || proven) return undefined;
  return (
    "binds a client, and is in no title; expected is a test that runs everywhere and proves it: " +
    `write one, with [${clause}] in its title, or argue an "exception" here`
  );
}

/** Sentences about what is wrong, none where all is well. `ledger` is the text of the ledger. */
export function problemsOf(ledger, files) {
  const lines = ledger.split("\n");
  const entries = JSON.parse(ledger);
  const known = new Set(entries.map(({ clause }) => clause));
  const proofs = proofsOf(files);
  const problems = [];
  for (const entry of entries) {
    const { clause } = entry;
    const line = lines.findIndex((text) => text.includes(`"${clause}"`)) + 1;
    const proven = (proofs.get(clause) ?? []).some(({ path, always }) => always && !isLean(path));
    const wrong = faultOf(entry) ?? lackOf(entry, entries, proven);
    if (wrong !== undefined) problems.push(`${LEDGER}:${line}: ${clause} ${wrong}`);
  }
  for (const { path, text } of files) {
    for (const [index, line] of text.split("\n").entries()) {
      for (const clause of clausesIn(line).filter((each) => !known.has(each))) {
        problems.push(
          `${path}:${index + 1}: cites ${clause}, which does not exist; expected is a statement of ` +
            `MQTT 3.1.1, where numbers are not those of MQTT 5: look it up in docs/standard.md`,
        );
      }
    }
  }
  return problems;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const ledger = readFileSync(LEDGER, "utf8");
  const problems = problemsOf(ledger, filesOf());
  for (const problem of problems) console.error(problem);
  console.log(`${JSON.parse(ledger).length} statements, ${problems.length} problems with clauses`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
