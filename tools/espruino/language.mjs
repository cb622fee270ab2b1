// SPDX-License-Identifier: MIT
// Reads JavaScript as Espruino would and says what it does not accept, or accepts and runs
// differently, so that a bundle is refused by its build and not by a board. What it lists was run on
// the real interpreters; it does not know types, so it can miss things that depend on them.
// On a command line: `node tools/espruino/language.mjs FILE…` prints and exits with 1 on a finding.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { getLineInfo, parse } from "acorn";
import { checkLibrary } from "./library.mjs";
import { checkOrder } from "./order.mjs";
import { children } from "./scopes.mjs";
import { RULES } from "./syntax.mjs";

/** @typedef {{ line: number, column: number, message: string }} Finding both count from 1 */

/** As a script, which is what Espruino runs; as a module only to be able to name its `import`s. */
function parseAny(code, options) {
  try {
    return parse(code, { ...options, sourceType: "script" });
  } catch (error) {
    try {
      options.onToken.length = 0;
      return parse(code, { ...options, sourceType: "module" });
    } catch {
      throw error;
    }
  }
}

/**
 * A slash is taken for division or for a regular expression by the token before it, and by no more
 * than that.
 */
function checkSlashes(tokens, say) {
  tokens.forEach((token, index) => {
    const before = tokens[index - 1]?.type.label;
    const { label } = token.type;
    if (label === "regexp" && before === ")") {
      say(token.start, "after ) a slash divides: put the expression in parentheses");
    }
    const divides = label === "/" || (label === "_=" && token.value === "/=");
    if (divides && (before === "this" || before === "}")) {
      say(token.start, `after ${before} a slash opens a regular expression`);
    }
  });
}

/**
 * What Espruino does not accept in a program.
 * @param {string} code
 * @param {string} [name] a file's name, for the message when the code cannot be parsed at all
 * @returns {Finding[]} in the order of the source
 */
export function checkLanguage(code, name = "code") {
  /** @type {Map<string, Finding & { at: number }>} */
  const found = new Map();
  const say = (where, message) => {
    const at = typeof where === "number" ? where : where.start;
    const { line, column } = getLineInfo(code, at);
    const key = `${at} ${message}`;
    if (!found.has(key)) found.set(key, { at, line, column: column + 1, message });
  };
  const tokens = [];
  let program;
  try {
    program = parseAny(code, { ecmaVersion: "latest", allowHashBang: true, onToken: tokens });
  } catch (error) {
    const { line = 1, column = 0 } = error.loc ?? {};
    const message = `${name} is not JavaScript: ${error.message.replace(/ \(\d+:\d+\)$/, "")}`;
    return [{ line, column: column + 1, message }];
  }
  const visit = (node, parents) => {
    RULES[node.type]?.(node, { say, parents, source: code });
    for (const child of children(node)) visit(child, [...parents, node]);
  };
  visit(program, []);
  checkSlashes(tokens, say);
  checkOrder(program, say);
  checkLibrary(program, say);
  return [...found.values()]
    .sort((a, b) => a.at - b.at)
    .map(({ line, column, message }) => ({ line, column, message }));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const file of process.argv.slice(2)) {
    for (const { line, column, message } of checkLanguage(readFileSync(file, "utf8"), file)) {
      console.log(`${file}:${line}:${column} ${message}`);
      process.exitCode = 1;
    }
  }
}
