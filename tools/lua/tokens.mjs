// SPDX-License-Identifier: MIT
// A syntax tree as the fewest tokens that mean the same: parentheses only where precedence asks for
// them, a semicolon only in front of a parenthesis.

import { numeral, quoted } from "./literals.mjs";

/** @typedef {import("./tree.mjs").Node} Node */

const LEVELS = {
  ...{ or: 1, and: 2, "<": 3, ">": 3, "<=": 3, ">=": 3, "~=": 3, "==": 3 },
  ...{ "..": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "^": 12 },
};
const UNARY = 11;
const HIGHEST = 13;
const isRightAssociative = (operator) => operator === ".." || operator === "^";

/** @param {Node} node */
function levelOf(node) {
  if (node.operator === undefined) return HIGHEST;
  return node.type === "UnaryExpression" ? UNARY : LEVELS[node.operator];
}

/** The tokens of a tree. @param {Node} chunk @returns {string[]} */
export function tokensOf(chunk) {
  /** @type {string[]} */
  const out = [];
  const put = (...tokens) => void out.push(...tokens);

  /** @param {Node[]} nodes @param {(node: Node) => void} [one] */
  function list(nodes, one = expression) {
    nodes.forEach((node, index) => {
      if (index > 0) put(",");
      one(node);
    });
  }

  /** @param {Node} node @param {boolean} [inParentheses] */
  function expression(node, inParentheses = false) {
    if (inParentheses) put("(");
    write(node);
    if (inParentheses) put(")");
  }

  /** What can be called or indexed as it stands. @param {Node} node */
  function base(node) {
    const types = ["Identifier", "MemberExpression", "IndexExpression", "CallExpression"];
    expression(node, ![...types, "Parenthesized"].includes(node.type));
  }

  function binary({ operator, left, right }) {
    const level = LEVELS[operator];
    const isRight = isRightAssociative(operator);
    expression(left, levelOf(left) < level || (isRight && levelOf(left) === level));
    put(operator);
    const mustWrap = levelOf(right) < level || (!isRight && levelOf(right) === level);
    // An operator before its operand cannot be torn from it, whatever stands in front.
    expression(right, mustWrap && right.type !== "UnaryExpression");
  }

  function call(node) {
    base(node.base);
    const [first] = node.arguments;
    const isBare = node.arguments.length === 1 && /^(String|Table)/.test(first.type);
    if (isBare) return expression(first);
    put("(");
    list(node.arguments);
    put(")");
  }

  function field(node) {
    if (node.type === "TableKeyString") put(node.key.name, "=");
    if (node.type === "TableKey") {
      put("[");
      expression(node.key);
      put("]", "=");
    }
    expression(node.value);
  }

  function body(node) {
    put("(");
    list(node.parameters);
    put(")");
    block(node.body);
    put("end");
  }

  /** @param {Node} node */
  function write(node) {
    switch (node.type) {
      case "Identifier":
        return put(node.name);
      case "NumericLiteral":
        return put(numeral(node));
      case "StringLiteral":
        return put(quoted(node.value));
      case "BooleanLiteral":
      case "NilLiteral":
      case "VarargLiteral":
        return put(node.raw);
      case "Parenthesized":
        return expression(node.expression, true);
      case "BinaryExpression":
      case "LogicalExpression":
        return binary(/** @type {any} */ (node));
      case "UnaryExpression":
        put(node.operator);
        return expression(node.argument, levelOf(node.argument) < UNARY);
      case "MemberExpression":
        base(node.base);
        return put(node.indexer, node.identifier.name);
      case "IndexExpression":
        base(node.base);
        put("[");
        expression(node.index);
        return put("]");
      case "CallExpression":
        return call(node);
      case "TableConstructorExpression":
        put("{");
        list(node.fields, field);
        return put("}");
      case "FunctionDeclaration":
        put("function");
        return body(node);
      default:
        throw new Error(`${node.type} is not part of Lua 5.1`);
    }
  }

  /** @param {Node[]} nodes */
  function block(nodes) {
    for (const node of nodes) {
      const start = out.length;
      statement(node);
      // Otherwise the parenthesis would call what stands before it.
      if (out[start] === "(" && node !== nodes[0]) out.splice(start, 0, ";");
    }
  }

  function assignment(node) {
    list(node.variables);
    if (node.init.length > 0) put("=");
    list(node.init);
  }

  function loop(node) {
    block(node.body);
    put("end");
  }

  /** @param {Node} node */
  function statement(node) {
    switch (node.type) {
      case "LocalStatement":
        put("local");
        return assignment(node);
      case "AssignmentStatement":
        return assignment(node);
      case "CallStatement":
        return expression(node.expression);
      case "FunctionDeclaration":
        put(...(node.isLocal ? ["local", "function"] : ["function"]));
        expression(node.identifier);
        return body(node);
      case "ReturnStatement":
        put("return");
        return list(node.arguments);
      case "BreakStatement":
        return put("break");
      case "DoStatement":
        put("do");
        return loop(node);
      case "WhileStatement":
        put("while");
        expression(node.condition);
        put("do");
        return loop(node);
      case "RepeatStatement":
        put("repeat");
        block(node.body);
        put("until");
        return expression(node.condition);
      case "IfStatement":
        for (const clause of node.clauses) {
          put(clause.type.replace("Clause", "").toLowerCase());
          if (clause.condition) {
            expression(clause.condition);
            put("then");
          }
          block(clause.body);
        }
        return put("end");
      case "ForNumericStatement":
        put("for", node.variable.name, "=");
        list([node.start, node.end, node.step].filter(Boolean));
        put("do");
        return loop(node);
      case "ForGenericStatement":
        put("for");
        list(node.variables);
        put("in");
        list(node.iterators);
        put("do");
        return loop(node);
      default:
        throw new Error(`${node.type} is not part of Lua 5.1`);
    }
  }

  block(chunk.body);
  return out;
}
