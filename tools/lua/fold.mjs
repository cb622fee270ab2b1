// SPDX-License-Identifier: MIT
// Smaller expressions of the same value: chains of `..` without parentheses, `a ~= b`, sums of integer
// constants, `t.name` for `t["name"]`. A variable that an integer constant is added to is taken to
// hold an integer, or `(x + 1) - 1` would not be x.

import { rewrite } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */

const KEYWORDS = new Set(
  `and break do else elseif end false for function goto if in local nil not or repeat return then
   true until while`.split(/\s+/),
);

/** Whether a text can stand as a name. */
export const isName = (/** @type {string} */ text) =>
  /^[A-Za-z_]\w*$/.test(text) && !KEYWORDS.has(text);

const LIMIT = 2 ** 31;
/** Lua's compiler goes one level deeper for each operand of a chain, and has 200 of them. */
const CHAIN_LIMIT = 100;

/** The value of an integer constant. @param {Node} node @returns {number | undefined} */
function integerOf(node) {
  if (node.type === "UnaryExpression" && node.operator === "-") {
    const value = integerOf(node.argument);
    return value === undefined ? undefined : -value;
  }
  const isInteger = node.type === "NumericLiteral" && /^(\d+|0x[\da-f]+)$/i.test(node.raw);
  return isInteger && node.value < LIMIT ? node.value : undefined;
}

const isWhole = (node) => integerOf(node) !== undefined;

/** @param {number} value @returns {Node} */
function integer(value) {
  if (value < 0) return { type: "UnaryExpression", operator: "-", argument: integer(-value) };
  return { type: "NumericLiteral", value, raw: String(value) };
}

const binary = (operator, left, right) => ({ type: "BinaryExpression", operator, left, right });

/** Whether a sum or product can be a fraction or text on its face. @param {Node} node @returns {boolean} */
function isDoubtful(node) {
  if (node.type === "UnaryExpression") return node.operator === "not" || isDoubtful(node.argument);
  if (node.type !== "BinaryExpression")
    return /^(String|Numeric)/.test(node.type) && !isWhole(node);
  return !/^[-+*%]$/.test(node.operator) || isDoubtful(node.left) || isDoubtful(node.right);
}

/** `left ± amount`. @param {Node} left @param {number} amount */
function plus(left, amount) {
  if (amount === 0) return left;
  return binary(amount < 0 ? "-" : "+", left, integer(Math.abs(amount)));
}

/** @param {Node} node @returns {Node} */
function foldSum(node) {
  const { operator, left, right } = node;
  const constant = integerOf(right);
  if (constant === undefined) return node;
  const amount = operator === "-" ? -constant : constant;
  const first = integerOf(left);
  if (first !== undefined) {
    return Math.abs(first + amount) < LIMIT ? integer(first + amount) : node;
  }
  const isSum = left.type === "BinaryExpression" && /^[-+]$/.test(left.operator);
  const inner = isSum ? integerOf(left.right) : undefined;
  if (inner !== undefined && !isDoubtful(left.left)) {
    const total = amount + (left.operator === "-" ? -inner : inner);
    return Math.abs(total) < LIMIT ? plus(left.left, total) : node;
  }
  return amount !== 0 && constant < 0 ? plus(left, amount) : node;
}

/** The operands of a chain of `..`, wherever its parentheses are. @param {Node} node @returns {Node[]} */
function operands(node) {
  return node.operator === ".." ? [node.left, node.right].flatMap(operands) : [node];
}

/** @param {Node} node @returns {Node} */
function foldChain(node) {
  /** @type {Node[]} */
  const parts = [];
  for (const part of operands(node)) {
    const before = parts.at(-1);
    if (before?.type === "StringLiteral" && part.type === "StringLiteral") {
      parts[parts.length - 1] = { ...before, value: before.value + part.value };
    } else {
      parts.push(part);
    }
  }
  if (parts.length > CHAIN_LIMIT) return node;
  return parts.reduceRight((rest, part) => binary("..", part, rest));
}

/** @param {Node} node @returns {Node} */
function foldKey(node) {
  const key = node.type === "TableKey" ? node.key : node.index;
  if (key?.type !== "StringLiteral" || !isName(key.value)) return node;
  const name = { type: "Identifier", name: key.value };
  if (node.type === "TableKey") return { type: "TableKeyString", key: name, value: node.value };
  return { type: "MemberExpression", indexer: ".", identifier: name, base: node.base };
}

/** `not (a == b)` and `not (a ~= b)`. @param {Node} node @returns {Node} */
function foldNot(node) {
  const opposite = { "==": "~=", "~=": "==" }[node.argument.operator];
  const isNot = node.operator === "not" && node.argument.type === "BinaryExpression";
  return isNot && opposite ? { ...node.argument, operator: opposite } : node;
}

/** What is never done. @param {Node} node @returns {Node} */
function foldNever(node) {
  const [{ condition }, ...more] = node.clauses;
  const isNever = condition.operator === "not" && condition.argument.value === true;
  return isNever && more.length < 1 ? { type: "DoStatement", body: [] } : node;
}

/** @param {Node} chunk */
export function fold(chunk) {
  return rewrite(chunk, (node) => {
    if (node.type === "IfStatement") return foldNever(node);
    if (node.type === "UnaryExpression") return foldNot(node);
    if (node.type === "TableKey" || node.type === "IndexExpression") return foldKey(node);
    if (node.type !== "BinaryExpression") return node;
    if (node.operator === "..") return foldChain(node);
    return node.operator === "+" || node.operator === "-" ? foldSum(node) : node;
  });
}
