// SPDX-License-Identifier: MIT
// Choices between two values as one expression. TypeScriptToLua writes `c ? x : y` as an `if`, unless
// types tell that Lua takes x for true; here what a value is made of tells it.

import { isMulti } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */

const COMPARISONS = new Set(["==", "~=", "<", "<=", ">", ">="]);
const NUMERIC = new Set(["+", "-", "*", "/", "%", "^", "..", "#"]);
const OPPOSITES = { "==": "~=", "~=": "==" };

const isLiteral = (/** @type {Node} */ node, /** @type {boolean} */ value) =>
  node.type === "BooleanLiteral" && node.value === value;

/** Whether a value is neither nil nor false, by what it is made of. @param {Node} node */
const isTrue = (node) =>
  /^(Numeric|String)Literal$|^Table|^Function/.test(node.type) ||
  NUMERIC.has(node.operator) ||
  isLiteral(node, true);

/** Whether a value is true or false and never nil. @param {Node} node @returns {boolean} */
function isBoolean(node) {
  if (node.type === "LogicalExpression") return isBoolean(node.left) && isBoolean(node.right);
  return (
    COMPARISONS.has(node.operator) || node.operator === "not" || node.type === "BooleanLiteral"
  );
}

/** @param {Node} node @returns {Node} */
function negated(node) {
  const operator = OPPOSITES[node.operator];
  if (operator) return { ...node, operator };
  // The opposite of `<` is no `>=` where there is no number.
  return { type: "UnaryExpression", operator: "not", argument: node };
}

const logical = (operator, left, right) => ({ type: "LogicalExpression", operator, left, right });

/**
 * `x` where the condition holds, otherwise `y`, as one expression if there is a safe one.
 * @param {Node} condition @param {Node} x @param {Node} y @returns {Node | undefined}
 */
function choose(condition, x, y) {
  if (isBoolean(condition)) {
    if (isLiteral(x, true)) return isLiteral(y, false) ? condition : logical("or", condition, y);
    if (isLiteral(y, false)) return logical("and", condition, x);
    if (isLiteral(x, false)) {
      return isLiteral(y, true) ? negated(condition) : logical("and", negated(condition), y);
    }
    if (isLiteral(y, true)) return logical("or", negated(condition), x);
  }
  const isNot = condition.operator === "not";
  if (isTrue(x) && !(isNot && isTrue(y))) return logical("or", logical("and", condition, x), y);
  if (!isTrue(y)) return undefined;
  return logical("or", logical("and", isNot ? condition.argument : negated(condition), y), x);
}

/** The only statement of a block, if it is of a type and has one value. */
export function lone(/** @type {Node[]} */ body, /** @type {string} */ type) {
  const [node] = body;
  if (body.length !== 1 || node?.type !== type) return undefined;
  const values = type === "ReturnStatement" ? node.arguments : node.init;
  const isPlain = type === "ReturnStatement" || node.variables[0].type === "Identifier";
  const isOne = values.length === 1 && (node.variables?.length ?? 1) === 1;
  return isOne && isPlain ? { node, value: values[0] } : undefined;
}

export const assign = (node, value) => ({ ...node, init: [value] });

/** There is one place less where a name stands. */
export const forget = (counts, name) => counts.set(name, counts.get(name) - 1);

/** `if c then t = x else t = y end` as one assignment. @param {Node} node @returns {Node} */
export function foldAssignments(node, counts) {
  if (node.type !== "IfStatement" || node.clauses.length !== 2) return node;
  const [first, second] = node.clauses;
  if (second.type !== "ElseClause") return node;
  const [x, y] = [first, second].map(({ body }) => lone(body, "AssignmentStatement"));
  if (!x || !y || x.node.variables[0].name !== y.node.variables[0].name) return node;
  const value = choose(first.condition, x.value, y.value);
  if (!value) return node;
  forget(counts, x.node.variables[0].name);
  return assign(x.node, value);
}

/** `if c then return x end return y`, and with `else`, as one return. */
export function foldReturns(/** @type {Node} */ node, /** @type {Node | undefined} */ next) {
  if (node.type !== "IfStatement") return undefined;
  const [first, second, third] = node.clauses;
  const rest = second ? second.type === "ElseClause" && !next && second.body : next && [next];
  if (!rest || third) return undefined;
  const [x, y] = [first.body, rest].map((body) => lone(body, "ReturnStatement"));
  // A call would hand on all its values.
  if (!x || !y || isMulti(x.value) || isMulti(y.value)) return undefined;
  const value = choose(first.condition, x.value, y.value);
  return value && { ...x.node, arguments: [value] };
}
