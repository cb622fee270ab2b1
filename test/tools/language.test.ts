// SPDX-License-Identifier: MIT
// The language check against its two lists, and the lists against the interpreter that ESPRUINO_BIN
// names (build Espruino for Linux; once with 8-bit strings, once with Unicode strings).
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// @ts-ignore: the tools are JavaScript
import { checkLanguage } from "../../tools/espruino/language.mjs";
import { ACCEPTED, REFUSED, REFUSED_8BIT } from "./snippets.js";

interface Finding {
  line: number;
  column: number;
  message: string;
}
const check = (code: string): Finding[] => checkLanguage(code);
const messages = (code: string): string[] => check(code).map((finding) => finding.message);

/** What a program prints on V8. */
function answerOfV8(code: string): string {
  const lines: string[] = [];
  const print = (...what: unknown[]) => lines.push(what.join(" "));
  vm.runInNewContext(code, { print, TextEncoder, escape });
  return lines.join(" ");
}

describe("the language check", () => {
  it.each(ACCEPTED)("accepts %j", (code) => {
    expect(messages(code)).toEqual([]);
  });

  it.each([...REFUSED, ...REFUSED_8BIT])("refuses %j", (code, _answer, words) => {
    expect(messages(code).join("\n")).toContain(words);
  });

  it("says where, counting lines and columns from 1", () => {
    expect(check("var a=1;\n  print(a ** 2)")).toEqual([
      { line: 2, column: 9, message: "** is not supported" },
    ]);
  });

  it("names a file that is no JavaScript at all", () => {
    expect(checkLanguage("var = 1", "a.js")).toEqual([
      { line: 1, column: 5, message: "a.js is not JavaScript: Unexpected token" },
    ]);
  });

  it("lets a function use what is defined below it, and what it may use only sometimes", () => {
    expect(messages("function f(){return later}var later=1;f()")).toEqual([]);
    expect(messages("function f(a){return a?later():0}f(0);function later(){}")).toEqual([]);
    expect(messages("on(()=>later());const later=()=>1")).toEqual([]);
  });

  it("knows a variable of the same name in a function from the one outside", () => {
    expect(messages("(function(Map){return new Map()})(Array)")).toEqual([]);
    expect(messages("function g(f){f()}g(Array);function f(){}")).toEqual([]);
  });

  it("lets a program have a method that only V8's classes lack", () => {
    expect(messages("var ring={at(i){return i}};print(ring.at(1))")).toEqual([]);
  });

  it("prints file, line and column and fails when it is run with a file that is refused", () => {
    const at = mkdtempSync(join(tmpdir(), "language-"));
    const tool = fileURLToPath(new URL("../../tools/espruino/language.mjs", import.meta.url));
    writeFileSync(join(at, "good.js"), "print(1)\n");
    writeFileSync(join(at, "bad.js"), "print(\n  1n)\n");
    const run = (file: string) =>
      spawnSync(process.execPath, [tool, file], { cwd: at, encoding: "utf8" });
    expect(run("good.js")).toMatchObject({ status: 0, stdout: "" });
    expect(run("bad.js")).toMatchObject({
      status: 1,
      stdout: "bad.js:2:3 BigInt is not supported\n",
    });
    rmSync(at, { recursive: true });
  });
});

describe("the answers in the lists", () => {
  const runnable = (code: string) => !/^(import|export)/.test(code);
  it.each(ACCEPTED)("are V8's for %j", (code, answer) => {
    expect(answerOfV8(code)).toBe(answer);
  });
  it.each(REFUSED.filter(([code]) => runnable(code)))("are V8's for %j", (code, answer) => {
    expect(answerOfV8(code)).toBe(answer);
  });
});

const interpreter = process.env["ESPRUINO_BIN"];
const why = interpreter || "skipped: ESPRUINO_BIN names no interpreter";

describe.skipIf(!interpreter)(`Espruino itself (${why})`, () => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "espruino-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a program prints between two markers; a marker is missing when it did not end well. */
  function answerOf(code: string): string {
    const file = join(folder, "program.js");
    writeFileSync(file, `print("<<<");\n${code}\n;print(">>>");\n`);
    let output = "";
    try {
      output = execFileSync(interpreter!, [file], { encoding: "latin1", timeout: 5000 });
    } catch (error) {
      output = String((error as { stdout?: string }).stdout);
    }
    const printed = /<<<([^]*?)>>>/.exec(output)?.[1] ?? "(did not end)";
    return printed.trim().replace(/\s+/g, " ");
  }
  const wide = interpreter ? () => answerOf("print('é'.length)") === "1" : () => false;

  it.each(ACCEPTED)("answers as expected: %j", (code, answer) => {
    expect(answerOf(code)).toBe(answer);
  });
  it.each(REFUSED)("fails or answers otherwise: %j", (code, answer) => {
    expect(answerOf(code)).not.toBe(answer);
  });
  it.each(REFUSED_8BIT)("answers otherwise on an 8-bit build only: %j", (code, answer) => {
    expect(answerOf(code) === answer).toBe(wide());
  });
});
