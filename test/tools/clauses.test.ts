// SPDX-License-Identifier: MIT
// The check of the ledger: it passes on this repository, and fails on what is planted: a statement that
// does not exist, one that nothing proves, an exception without a reason, tests that do not run.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
// @ts-ignore: the tools are JavaScript
import { filesOf, LEDGER, problemsOf } from "../../tools/check/clauses.mjs";
// @ts-ignore: the tools are JavaScript
import { clausesTable } from "../../tools/docs.mjs";

/** Put together here, so that this file cites nothing. */
const CLIENT = `MQTT-${"1.1.1-1"}`;
const SERVER = `MQTT-${"1.1.1-2"}`;
const NONE = `MQTT-${"1.1.1-9"}`;

/** A ledger of one statement for a client, with what is given beside, and one for a server. */
const ledgerOf = (more = {}) =>
  JSON.stringify(
    [
      { clause: CLIENT, side: "client", says: "It is done.", ...more },
      { clause: SERVER, side: "server", says: "It is answered." },
    ],
    null,
    2,
  );
const test = (text: string, path = "test/a.test.ts") => ({ path, text });
const proof = test(`it("does it [${CLIENT}]", () => {});`);

function problems(files: { path: string; text: string }[], ledger = ledgerOf()): string[] {
  return problemsOf(ledger, files);
}

describe("the ledger", () => {
  it("has no problems in this repository", () => {
    expect(problems(filesOf(), readFileSync(LEDGER, "utf8"))).toEqual([]);
  });

  it("misses no statement: a title less is a problem more", () => {
    const files = (filesOf() as { path: string; text: string }[]).map(({ path, text }) => ({
      path,
      text: text.replaceAll(`[MQTT-${"6.0.0-3"}]`, ""),
    }));
    expect(problems(files, readFileSync(LEDGER, "utf8"))).toEqual([
      expect.stringMatching(/^docs\/standard\.json:\d+: MQTT-6\.0\.0-3 binds a client/),
    ]);
  });

  it("is all in order where each client's statement has its test", () => {
    expect(problems([proof])).toEqual([]);
  });
});

describe("a statement that does not exist", () => {
  it("is told where a source, a title, a comment or a document cites it", () => {
    for (const path of ["src/a.ts", "test/b.test.ts", "docs/c.md"]) {
      const [problem, ...rest] = problems([proof, { path, text: `\n// [${NONE}]` }]);
      expect(problem).toMatch(
        new RegExp(`^${path}:2: cites ${NONE}, which does not exist; expected`),
      );
      expect(rest).toEqual([]);
    }
  });

  it("is also one that is misspelt", () => {
    for (const wrong of ["1.1.1.1", "1.1-1", "1-1.1-1"]) {
      expect(problems([proof, { path: "src/a.ts", text: `[MQTT-${wrong}]` }])).toHaveLength(1);
    }
  });
});

describe("a client's statement without a test", () => {
  const uncovered: [string, { path: string; text: string }[]][] = [
    ["that nothing cites", []],
    ["that a source cites", [{ path: "src/a.ts", text: `// [${CLIENT}]` }]],
    ["that a comment in a test cites", [test(`it("x", () => { /* [${CLIENT}] */ });`)]],
    ["that a value in a test cites", [test(`it("x", () => { f("[${CLIENT}]"); });`)]],
    ["that a title of describe cites", [test(`describe("[${CLIENT}]", () => { it("x"); });`)]],
    ["whose test is skipped", [test(`it.skip("x [${CLIENT}]", () => {});`)]],
    ["whose test is still to come", [test(`it.todo("x [${CLIENT}]");`)]],
    ["whose test may be skipped", [test(`it.skipIf(a)("x [${CLIENT}]", () => {});`)]],
    ["whose tests may be skipped", [test(`describe.skipIf(a)("", () => it("[${CLIENT}]"));`)]],
    ["whose test a function of ours may leave out", [test(`inEach(() => it("[${CLIENT}]"));`)]],
    ["that the lean client's tests cite", [{ ...proof, path: "test/lean/lean.test.ts" }]],
    ["in a row that the title does not show", [test(`it.each([["[${CLIENT}]"]])("x", f);`)]],
  ];
  it.each(uncovered)("is told: one %s", (_, files) => {
    expect(problems(files)).toEqual([
      expect.stringMatching(`^docs/standard.json:3: ${CLIENT} binds a client, and is in no title;`),
    ]);
  });

  const covered: [string, string][] = [
    ["in a row of each", `it.each([["a [${CLIENT}]", 1]])("does %s", f);`],
    ["in a row of a table by its name", `const t = [["a [${CLIENT}]"]]; it.each(t)("%s", f);`],
    ["in a row of tables spread", `const t = ["[${CLIENT}]"]; test.each([...t])("%s", f);`],
    ["in a computed title", "for (const a of b) it(`${a} [" + CLIENT + "]`, f);"],
    ["inside describe.each", `describe.each(a)("%s", () => { it("x [${CLIENT}]", f); });`],
  ];
  it.each(covered)("is none where the clause stands %s", (_, text) => {
    expect(problems([test(text)])).toEqual([]);
  });
});

describe("an exception", () => {
  const argued = { exception: "The application alone knows whether it is so." };
  it("takes the place of a test where it is argued", () => {
    expect(problems([], ledgerOf(argued))).toEqual([]);
  });
  it.each(["", "no", "Because it is hard", true, null])("is none when it is %j", (exception) => {
    expect(problems([], ledgerOf({ exception }))).toEqual([
      expect.stringMatching(`^docs/standard.json:3: ${CLIENT} has an exception that is not argued`),
    ]);
  });
  it("is not wanted beside a test, nor for a server", () => {
    expect(problems([proof], ledgerOf(argued))[0]).toMatch(
      /is proven by a test and has an exception/,
    );
    expect(problems([proof], ledgerOf({ ...argued, side: "server" }))[0]).toMatch(
      /needs no exception/,
    );
  });
});

describe("an entry of the ledger", () => {
  it.each([{ side: "peer" }, { says: "" }, { clause: `${CLIENT}x` }, { clause: SERVER }])(
    "is refused with %j",
    (more) => expect(problems([proof], ledgerOf(more)).length).toBeGreaterThan(0),
  );
});

describe("the table", () => {
  it("has a row for each statement, with the tests that prove it", () => {
    const [count, , , , ...rows] = clausesTable().split("\n");
    expect(rows).toHaveLength(JSON.parse(readFileSync(LEDGER, "utf8")).length);
    expect(count).toMatch(/^141 statements\. \d+ bind a client/);
    for (const row of rows.filter((each: string) => !each.includes("| server |")))
      expect(row).toMatch(/^\| MQTT-[\d.]+-\d+ \| .* \| (client|both) \| \[.*\.test\.ts\): .* \|$/);
  });
});
