// SPDX-License-Identifier: MIT
// Variables that are used once, in the statement that follows: their value goes where they stand, if
// it is still evaluated before everything it was evaluated before. TypeScriptToLua makes many, and each
// costs octets and one of 50 places. Works on a tree whose local variables all have names of their
// own (`distinguish`).

import { assign, foldAssignments, foldReturns, forget, lone } from "./choices.mjs";
import { isMulti, rewrite, walk } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */
/** @typedef {Map<string, number>} Counts how often each name stands in the chunk */

/** @param {Node} chunk @returns {Counts} */
function countNames(chunk) {
  /** @type {Counts} */
  const counts = new Map();
  walk(chunk, ({ type, name }) => {
    if (type === "Identifier") counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return counts;
}

/** A local variable that is made with its value and then used once. @param {Counts} counts */
const isTemporary = (counts, name) => counts.get(name) === 2 && name.includes("#");

/**
 * Local variables whose value does not change while something else is evaluated: nothing assigns to
 * them, but for one `function name` at the top of the chunk, as TypeScriptToLua writes it.
 * @param {Node} chunk @returns {(name: string) => boolean}
 */
function findConstants(chunk) {
  /** @type {Set<string>} */
  const changed = new Set();
  /** @type {Set<string>} */
  const functions = new Set();
  walk(chunk, (node) => {
    const targets = node.type === "AssignmentStatement" ? node.variables : [];
    for (const { name } of targets) if (name) changed.add(name);
    const own = node.type === "FunctionDeclaration" && !node.isLocal && node.identifier?.name;
    if (!own) return;
    if (functions.has(own) || !chunk.body.includes(node)) changed.add(own);
    functions.add(own);
  });
  return (name) => name.includes("#") && !changed.has(name);
}

/** What follows when a part of an expression has been evaluated. */
const [DONE, ON, STOP] = ["done", "on", "stop"];

/**
 * Puts a value where a variable stands, walking in the order of evaluation and no further than to
 * what could notice, or change, what the value is.
 * @param {string} name @param {Node} value @param {(name: string) => boolean} isConstant
 */
function createPlacer(name, value, isConstant) {
  /** Places that are only read: the value can go past them. @param {Node} node */
  const isPassed = (node) => /^(Numeric|String|Boolean|Nil)Literal$/.test(node.type);

  /** @param {any} holder @param {string | number} key @param {boolean} isCopied see below */
  function place(holder, key, isCopied, isLast = false) {
    const node = holder[key];
    if (node.type !== "Identifier") return isPassed(node) ? ON : inside(node);
    if (node.name !== name) return isConstant(node.name) ? ON : STOP;
    // `a + f()` reads a local `a` after f has run, `g(a, f())` copies it before.
    if (value.type === "Identifier" && !isCopied && !isConstant(value.name)) return STOP;
    const isCut = isLast && isMulti(value);
    holder[key] = isCut ? { type: "Parenthesized", expression: value } : value;
    return DONE;
  }

  /** What is done with the parts comes after them. */
  const closed = (result) => (result === ON ? STOP : result);

  /** @param {Node} node */
  function inside(node) {
    switch (node.type) {
      case "BinaryExpression": {
        const left = place(node, "left", false);
        return closed(left === ON ? place(node, "right", true) : left);
      }
      case "LogicalExpression":
        return closed(place(node, "left", false));
      case "UnaryExpression":
        return closed(place(node, "argument", true));
      case "Parenthesized":
        return closed(place(node, "expression", false));
      case "MemberExpression":
        return closed(place(node, "base", true));
      case "IndexExpression": {
        const base = place(node, "base", false);
        return closed(base === ON ? place(node, "index", true) : base);
      }
      case "CallExpression": {
        const base = place(node, "base", true);
        return closed(base === ON ? list(node.arguments) : base);
      }
      default:
        return STOP;
    }
  }

  function list(/** @type {Node[]} */ nodes) {
    for (let at = 0; at < nodes.length; at += 1) {
      const result = place(nodes, at, true, at === nodes.length - 1);
      if (result !== ON) return result;
    }
    return STOP;
  }

  return { place, list };
}

/** Whether the value has found its place in the statement, which is changed then. */
function isPlaced(/** @type {Node} */ statement, name, value, isConstant) {
  const { place, list } = createPlacer(name, value, isConstant);
  switch (statement.type) {
    case "ReturnStatement":
      return list(statement.arguments) === DONE;
    case "LocalStatement":
      return list(statement.init) === DONE;
    case "AssignmentStatement":
      // What is assigned to may be evaluated first.
      if (statement.variables.some(({ type }) => type !== "Identifier")) return false;
      return list(statement.init) === DONE;
    case "CallStatement":
      return place(statement, "expression", true) === DONE;
    case "IfStatement":
      return place(statement.clauses[0], "condition", true) === DONE;
    default:
      return false;
  }
}

/** `local t` and then `t = x`, as one statement. */
function foldDeclaration(/** @type {Node} */ node, /** @type {Node | undefined} */ next, counts) {
  const isBare = node.type === "LocalStatement" && node.variables.length === 1;
  if (!isBare || node.init.length > 0 || !next) return undefined;
  const given = lone([next], "AssignmentStatement");
  const [{ name }] = node.variables;
  if (given?.node.variables[0].name !== name || countNames(given.value).has(name)) return undefined;
  forget(counts, name);
  return assign(node, given.value);
}

/** `local t = x` whose only use is in the statement that comes next. */
function foldUse(/** @type {Node} */ node, /** @type {Node | undefined} */ next, facts) {
  const isOne = node.type === "LocalStatement" && node.variables.length === 1;
  if (!isOne || node.init.length !== 1 || !next) return undefined;
  const [{ name }] = node.variables;
  if (!isTemporary(facts.counts, name)) return undefined;
  return isPlaced(next, name, node.init[0], facts.isConstant) ? next : undefined;
}

/** @param {Node[]} body @param {{ counts: Counts, isConstant: (name: string) => boolean }} facts */
function foldBody(body, facts) {
  const { counts } = facts;
  /** @type {Node[]} */
  const out = [];
  // From the end on, so that what one statement became meets the one before it.
  for (const node of [...body].reverse()) {
    let first = foldAssignments(node, counts);
    for (;;) {
      const next = out[0];
      const both =
        foldReturns(first, next) ??
        foldDeclaration(first, next, counts) ??
        foldUse(first, next, facts);
      if (!both) break;
      if (next) out.shift();
      first = foldAssignments(both, counts);
    }
    out.unshift(first);
  }
  return out;
}

/** @param {Node} chunk */
export function foldTemporaries(chunk) {
  const facts = { counts: countNames(chunk), isConstant: findConstants(chunk) };
  return rewrite(chunk, (node) =>
    Array.isArray(node.body) ? { ...node, body: foldBody(node.body, facts) } : node,
  );
}
