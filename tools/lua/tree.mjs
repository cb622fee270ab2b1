// SPDX-License-Identifier: MIT
// The syntax tree of a Lua text, as luaparse makes it with three things mended: the parentheses that
// cut a call or `...` down to one value are a node of their own, every call is a CallExpression, and
// the children of a node come in the order of the source.

import luaparse from "luaparse";

/** @typedef {{ type: string, range?: [number, number] } & Record<string, any>} Node */

/** @param {any} value */
export const isNode = (value) => value !== null && typeof value?.type === "string";

/** The nodes directly below. @param {Node} node @returns {Node[]} */
export const children = (node) => Object.values(node).flat().filter(isNode);

/** Calls `enter` for a node and all below. @param {Node} node @param {(node: Node) => void} enter */
export function walk(node, enter) {
  enter(node);
  for (const child of children(node)) walk(child, enter);
}

/**
 * Replaces each node by what `change` makes of it, the inner ones first.
 * @param {Node} node @param {(node: Node) => Node} change @returns {Node}
 */
export function rewrite(node, change) {
  for (const [key, value] of Object.entries(node)) {
    if (Array.isArray(value)) {
      node[key] = value.map((item) => (isNode(item) ? rewrite(item, change) : item));
    } else if (isNode(value)) {
      node[key] = rewrite(value, change);
    }
  }
  return change(node);
}

/** Whether an expression gives any number of values at the end of a list. @param {Node} node */
export const isMulti = (node) => node.type === "CallExpression" || node.type === "VarargLiteral";

export const identifier = (name) => ({ type: "Identifier", name });

const GAP = /(?:\s|--\[(=*)\[[^]*?\]\1\]|--[^\n]*)*/y;

/** What follows an offset, past spaces and comments. */
function after(text, offset) {
  GAP.lastIndex = offset;
  GAP.test(text);
  return GAP.lastIndex;
}

/** The list whose last item can be many values, and the offset past that list. @param {Node} node */
function openList(node) {
  switch (node.type) {
    case "CallExpression":
      return node.arguments;
    case "ReturnStatement":
      return node.arguments;
    case "LocalStatement":
    case "AssignmentStatement":
      return node.init.length < node.variables.length ? node.init : undefined;
    case "ForGenericStatement":
      return node.iterators;
    case "TableConstructorExpression":
      return node.fields.at(-1)?.type === "TableValue" ? [node.fields.at(-1).value] : undefined;
  }
}

/** Puts a node where parentheses stand around the last item of a list: luaparse drops them. */
function keepParentheses(node, text) {
  const list = openList(node);
  const last = list?.at(-1);
  if (!last || !isMulti(last)) return;
  const next = after(text, last.range[1]);
  const own = node.type === "CallExpression" && next + 1 === node.range[1];
  if (text[next] !== ")" || own) return;
  const wrapped = { type: "Parenthesized", expression: last };
  if (node.type === "TableConstructorExpression") node.fields.at(-1).value = wrapped;
  else list[list.length - 1] = wrapped;
}

/**
 * @param {string} text octets, one character each
 * @param {"5.1" | "5.3"} [version] whose grammar
 * @returns {Node}
 */
export function parse(text, version = "5.1") {
  const options = { luaVersion: version, comments: false, encodingMode: "pseudo-latin1" };
  const chunk = luaparse.parse(text, { ...options, ranges: true, locations: true });
  return rewrite(chunk, (node) => {
    if (node.type === "TableCallExpression") {
      node = { ...node, type: "CallExpression", arguments: [node.arguments].flat() };
    } else if (node.type === "StringCallExpression") {
      const { argument, ...rest } = node;
      node = { ...rest, type: "CallExpression", arguments: [argument] };
    }
    keepParentheses(node, text);
    return node;
  });
}
