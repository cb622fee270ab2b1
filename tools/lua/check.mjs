// SPDX-License-Identifier: MIT
// What keeps a Lua text off some NodeMCU: its Lua 5.1 takes 50 local variables and 60 upvalues a
// function, its integer builds take no float literals, 5.3's words and operators are unknown to 5.1,
// and literals beyond 31 bits and octets beyond ASCII are not the same everywhere.
// On a command line: `node tools/lua/check.mjs FILE…` prints and exits with 1 on a finding.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { MAX_LOCALS, MAX_UPVALUES } from "./locals.mjs";
import { resolve } from "./scopes.mjs";
import { parse, walk } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */
/** @typedef {{ line: number, column: number, message: string }} Finding both count from 1 */

const NEW_OPERATORS = new Set(["//", "&", "|", "~", "<<", ">>"]);
const MAX_INTEGER = 2 ** 31 - 1;
/** Beyond it an instruction of Lua 5.1 cannot name a constant, and needs another one to load it. */
const MAX_CONSTANTS = 256;
/** What NodeMCU's console takes as one line. */
const MAX_LINE = 255;

/** @param {Node | undefined} node @returns {Finding} */
function at(node, message) {
  const start = node?.loc?.start ?? { line: 1, column: 0 };
  return { line: start.line, column: start.column + 1, message };
}

/** A syntax error of luaparse as a finding. @param {any} error @param {string} file */
function syntaxFinding(error, file) {
  if (error.line === undefined) throw error;
  const message = `${file} is not Lua: ${error.message.replace(/^\[.*?\] /, "")}`;
  return { line: error.line, column: error.column + 1, message };
}

/** The tree, or the finding why there is none. @param {"5.1" | "5.3"} version */
function attempt(/** @type {string} */ text, /** @type {string} */ file, version) {
  try {
    return { chunk: parse(text, version) };
  } catch (error) {
    return { finding: syntaxFinding(error, file) };
  }
}

/** @param {Node} node */
function numberProblem(node) {
  if (!/^(\d+|0x[\da-f]+)$/i.test(node.raw)) {
    return `${node.raw} is a float: builds with integers do not read it`;
  }
  return node.value > MAX_INTEGER ? `${node.raw} is beyond 31 bits` : undefined;
}

/** @param {Node} node */
function textProblem(node) {
  const escape = /^["'](?:[^\\]|\\[^xzu])*(\\[xzu])/.exec(node.raw)?.[1];
  if (escape) return `${escape} in a string is something else in Lua 5.1`;
  return /[^\0-\x7f]/.test(node.value) ? "a string literal with octets beyond ASCII" : undefined;
}

/** What is wrong with a node by itself. @param {Node} node @returns {string | undefined} */
function problemOf(node) {
  switch (node.type) {
    case "NumericLiteral":
      return numberProblem(node);
    case "StringLiteral":
      return textProblem(node);
    case "BinaryExpression":
    case "UnaryExpression":
      return NEW_OPERATORS.has(node.operator) ? `${node.operator} is not in Lua 5.1` : undefined;
    case "GotoStatement":
      return "goto is not in Lua 5.1";
    case "LabelStatement":
      return "labels are not in Lua 5.1";
    case "Identifier":
      return node.name.startsWith("__TS__")
        ? `${node.name} is a helper that is not there`
        : undefined;
  }
}

/** How a function is called in a finding. @param {Node} node */
function nameOf(node) {
  if (node.type === "Chunk") return "the main chunk";
  let name = "";
  for (let part = node.identifier; part; part = part.base) {
    name = (part.identifier ? part.indexer + part.identifier.name : part.name) + name;
  }
  return name === "" ? "a function" : `function ${name}`;
}

/** @param {Node} chunk @returns {Finding[]} */
function limitFindings(chunk) {
  return resolve(chunk).frames.flatMap(({ node, locals, upvalues }) => {
    const over = [];
    if (locals > MAX_LOCALS) over.push(`${locals} local variables at once, of ${MAX_LOCALS}`);
    if (upvalues.size > MAX_UPVALUES) over.push(`${upvalues.size} upvalues, of ${MAX_UPVALUES}`);
    return over.map((what) => at(node, `${nameOf(node)} has ${what}`));
  });
}

/**
 * @param {string} text octets, one character each
 * @param {string} [file] for the finding that it is no Lua
 * @returns {Finding[]} in the order of the text
 */
export function checkLua(text, file = "the text") {
  // With the newer grammar first: it has a node for what the older one only stumbles over.
  const { chunk, finding } = attempt(text, file, "5.3");
  if (!chunk) return [finding];
  /** @type {Finding[]} */
  const findings = limitFindings(chunk);
  walk(chunk, (node) => {
    const message = problemOf(node);
    if (message) findings.push(at(node, message));
  });
  if (findings.length === 0) {
    const older = attempt(text, file, "5.1");
    if (older.finding) findings.push(older.finding);
  }
  return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The constants of each function: literals, and names of globals and fields. @param {Node} chunk */
function constantsOf(chunk) {
  const { bindingOf } = resolve(chunk);
  /** @type {Map<Node, Set<unknown>>} */
  const constants = new Map();
  const visit = (/** @type {Node} */ node, /** @type {Set<unknown>} */ own) => {
    if (node.type === "Chunk" || node.type === "FunctionDeclaration") {
      own = new Set();
      constants.set(node, own);
    } else if (node.type === "StringLiteral" || node.type === "NumericLiteral") {
      own.add(node.value);
    } else if (node.type === "Identifier" && !bindingOf.has(node)) {
      own.add(node.name);
    }
    for (const value of Object.values(node).flat()) {
      if (value !== null && typeof value?.type === "string") visit(value, own);
    }
  };
  visit(chunk, new Set());
  return constants;
}

/**
 * What runs, but worse than it could. The text has to pass `checkLua`.
 * @param {string} text @returns {Finding[]}
 */
export function warnLua(text) {
  /** @type {Finding[]} */
  const findings = [];
  for (const [node, constants] of constantsOf(parse(text))) {
    const what = `${nameOf(node)} has ${constants.size} constants; those past ${MAX_CONSTANTS} cost`;
    if (constants.size > MAX_CONSTANTS) findings.push(at(node, `${what} an instruction each`));
  }
  text.split("\n").forEach((line, index) => {
    const message = `${line.length} characters; NodeMCU's console takes ${MAX_LINE} a line`;
    if (line.length > MAX_LINE) findings.push({ line: index + 1, column: 1, message });
  });
  return findings;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const file of process.argv.slice(2)) {
    for (const { line, column, message } of checkLua(readFileSync(file, "latin1"), file)) {
      console.log(`${file}:${line}:${column} ${message}`);
      process.exitCode = 1;
    }
  }
}
