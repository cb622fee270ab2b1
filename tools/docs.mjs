// SPDX-License-Identifier: MIT
// `npm run docs`: writes what is generated in the documents, between `<!-- generated … -->` marks:
// sizes of bundles from dist/sizes.json, the ledger of the standard from docs/standard.json and the titles
// of tests, brokers from docs/brokers.json, everything else from the source. With --check it changes nothing and fails where something
// is out of date. What is measured is written by `npm run bench`.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brokersTable } from "./brokers.mjs";
import { filesOf, LEDGER, proofsOf } from "./check/clauses.mjs";
import { boardPages, boardsTable } from "./docs/boards.mjs";
import { configTable } from "./docs/gateway.mjs";
import { limitsTable } from "./docs/limits.mjs";
import { modules, ports, portsTable, quantitiesTable, sensorsTable } from "./docs/sensors.mjs";
import { answersTable, keepAliveTable, leanTable, timesTable } from "./docs/timeouts.mjs";
import { stateDiagram, transitionTable } from "./docs/states.mjs";

/** The table of bundles. */
export function sizesTable() {
  const sizes = JSON.parse(readFileSync("dist/sizes.json", "utf8"));
  // Ports and drivers have a table of their own.
  const small = new Set([
    ...modules().flatMap(({ files }) => files),
    ...ports().map(({ file }) => file),
  ]);
  const rows = Object.entries(sizes)
    .filter(([file]) => !small.has(file))
    .map(
      ([file, { bytes, gzip, budget }]) => `| \`dist/${file}\` | ${bytes} | ${gzip} | ${budget} |`,
    );
  return ["| bundle | bytes | gzipped | budget |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** The table of statuses, from the comments in front of each. */
export function statusTable() {
  const text =
    readFileSync("src/status.ts", "utf8") +
    // Its OK is that of the others.
    readFileSync("boards/sensors/status.ts", "utf8").replace(/^.* OK = 0,$/m, "");
  const rows = [...text.matchAll(/\/\*\* ((?:(?!\*\/)[^])*?) \*\/\s+([A-Z_]+) = (-?\d+)/g)]
    .filter(([, , name]) => name === name.toUpperCase())
    .map(
      ([, comment, name, value]) =>
        `| ${value} | \`${name}\` | ${comment.replace(/\s*\n\s*\* /g, " ")} |`,
    )
    .sort((a, b) => parseInt(b.slice(2), 10) - parseInt(a.slice(2), 10));
  return ["| number | name | what it says |", "| --- | --- | --- |", ...rows].join("\n");
}

/** How many tests a row shows, each of another file. */
const SHOWN = 3;

/** The title of a test behind a link to its file, without the statements it cites. */
function proofLink({ path, suite, title, always }) {
  const name = path.replace(/^test\/|\.test\.ts$/g, "");
  const text = `${suite ? `${suite} › ` : ""}${title}`
    .replaceAll(/,? ?\[MQTT-[^\]]*\]/g, "")
    .replaceAll(/([|<>*_`])/g, "\\$1");
  return `[${name}](../${path}): ${text}${always ? "" : " (where its engine is)"}`;
}

/** The first test of each file, those that run everywhere in front. */
function proofLinks(found) {
  const files = new Map();
  for (const each of [...found.filter(({ always }) => always), ...found])
    if (!files.has(each.path)) files.set(each.path, each);
  const shown = [...files.values()].slice(0, SHOWN);
  const more = found.length - shown.length;
  return shown.map(proofLink).join("; ") + (more > 0 ? `; ${more} more` : "");
}

/** The table of normative statements: what each asks, and the tests that show it. */
export function clausesTable() {
  const ledger = JSON.parse(readFileSync(LEDGER, "utf8"));
  const proofs = proofsOf(filesOf());
  const rows = ledger.map(({ clause, side, says, exception }) => {
    const shown = exception ?? proofLinks(proofs.get(clause) ?? []);
    return `| ${clause} | ${says} | ${side} | ${shown} |`;
  });
  const binding = ledger.filter(({ side }) => side !== "server");
  const excepted = binding.filter(({ exception }) => exception !== undefined).length;
  return [
    `${ledger.length} statements. ${binding.length} bind a client: ${binding.length - excepted} are ` +
      `proven by tests, ${excepted} excepted.`,
    "",
    "| clause | what it asks, in our words | binds | shown by |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** The vectors of message authentication. */
export function vectorsTable() {
  const { key, vectors } = JSON.parse(readFileSync("test/auth/vectors.json", "utf8"));
  const rows = vectors.map(
    ({ signer, topic, payload, counter, signed }) =>
      `| ${signer} | \`${topic}\` | ${payload === "" ? "" : `\`${payload}\``} | ${counter} | \`${signed}\` |`,
  );
  return [
    `Key: \`${key}\``,
    "",
    "| signed by | topic | payload | counter | signed payload, hexadecimal |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** For each document its generated parts. */
const GENERATED = {
  "docs/authentication.md": { vectors: vectorsTable },
  "docs/gateway.md": { configuration: configTable },
  "docs/standard.md": { clauses: clausesTable },
  "README.md": { boards: boardsTable, sizes: sizesTable },
  "docs/brokers.md": { brokers: brokersTable },
  "docs/status.md": { statuses: statusTable },
  "docs/sensors.md": { sensors: sensorsTable, quantities: quantitiesTable, ports: portsTable },
  "docs/timeouts.md": {
    times: timesTable,
    answers: answersTable,
    "keep alive": keepAliveTable,
    lean: leanTable,
  },
  "docs/memory.md": { limits: limitsTable },
  "docs/session.md": { states: stateDiagram, transitions: transitionTable },
};

/** `text` with `part` between the marks of that name. */
export function withPart(path, text, name, part) {
  const marks = new RegExp(`(<!-- generated ${name} -->\\n)[^]*?(\\n<!-- end -->)`);
  if (!marks.test(text))
    throw new Error(`${path}: has no <!-- generated ${name} --> … <!-- end -->`);
  return text.replace(marks, (_all, from, to) => `${from}\n${part}\n${to}`);
}

/** Each document with what it should say; `old` is what it says now. */
export function documents() {
  const parts = Object.entries(GENERATED).map(([path, parts]) => {
    const old = readFileSync(path, "utf8");
    const now = Object.entries(parts).reduce(
      (text, [name, make]) => withPart(path, text, name, make()),
      old,
    );
    return { path, old, now };
  });
  const pages = [...boardPages()].map(([path, now]) => {
    return { path, old: existsSync(path) ? readFileSync(path, "utf8") : "", now };
  });
  return [...parts, ...pages];
}

if (process.argv[1]?.endsWith("docs.mjs")) {
  for (const { path, old, now } of documents()) {
    if (old === now) continue;
    if (process.argv.includes("--check")) {
      console.error(`${path} is out of date: npm run docs writes it anew.`);
      process.exitCode = 1;
    } else {
      mkdirSync("docs/boards", { recursive: true });
      writeFileSync(path, now);
      console.log(`${path} written`);
    }
  }
}
