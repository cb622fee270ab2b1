// SPDX-License-Identifier: MIT
// One rule for each piece of syntax that Espruino refuses, or accepts and runs differently. Every
// rule has a snippet in the tests, which run it on the real interpreters.

import { checkRegExp } from "./regexp.mjs";
import { children, isFunction } from "./scopes.mjs";

/**
 * @typedef {import("./scopes.mjs").Node} Node
 * @typedef {{ say(where: Node | number, message: string): void, parents: Node[], source: string }} At
 */

const RESERVED = new Set(
  `break case catch class const continue debugger default delete do else extends false finally for
  function if in instanceof let new null of return static super switch this throw true try typeof
  undefined var void while`.split(/\s+/),
);

/** Classes of the firmware: `super` finds nothing in them. */
const BUILT_IN =
  /^(Array|ArrayBuffer|Boolean|DataView|Date|Error|Function|Number|Object|Promise|RegExp|String|.*Error|.*\dArray)$/;

const nameOf = (key) => (key.type === "Identifier" ? key.name : String(key.value));

/** The nearest function around, or undefined. */
const functionAround = (parents) => parents.findLast(isFunction);

/** A value that a class's instances may share: fields are evaluated once, with the class. */
function isShareable(node) {
  const bad = /^(This|Super|Array|Object|New|Call|Assignment|Update|Arrow|Await|Yield)/;
  if (node.type === "FunctionExpression") return true;
  return !bad.test(node.type) && children(node).every(isShareable);
}

/** Members of classes. @param {Node} node @param {At} at */
function member(node, { say }) {
  if (node.computed) return say(node.key, "computed names in classes are not supported");
  if (node.key.type === "PrivateIdentifier")
    return say(node.key, "private members are not supported");
  if (node.key.type === "Literal")
    return say(node.key, "a class's member cannot have a quoted name");
  if (RESERVED.has(node.key.name)) {
    say(node.key, `a class's member cannot be called ${node.key.name}`);
  }
  if (node.static && node.kind === "set") say(node, "a static setter is never called");
}

/** Text of strings and templates. @param {At} at @param {string} raw @param {number} start */
function text({ say }, raw, start) {
  for (const { index, 0: escape } of raw.matchAll(/\\(?:u\{|u[0-9a-fA-F]{4}|\r?\n|[^])/g)) {
    if (escape === "\\u{") say(start + index, "\\u{…} is not supported");
    else if (/^\\\r?\n/.test(escape)) say(start + index, "a continued line keeps its line feed");
    else if (escape.length === 6 && !escape.startsWith("\\u00")) {
      say(start + index, `${escape} is cut to its low octet on 8-bit builds, write the character`);
    }
  }
}

/** @type {Record<string, (node: Node, at: At) => void>} */
export const RULES = {
  ArrayPattern: (node, { say }) => say(node, "destructuring is not supported"),
  ObjectPattern: (node, { say }) => say(node, "destructuring is not supported"),
  AssignmentPattern: (node, { say }) => say(node, "default values are not supported"),
  RestElement: (node, { say }) => say(node, "rest parameters are not supported"),
  SpreadElement: (node, { say }) => say(node, "spread is not supported"),
  ChainExpression: (node, { say }) => say(node, "optional chaining is not supported"),
  AwaitExpression: (node, { say }) => say(node, "await is not supported"),
  YieldExpression: (node, { say }) => say(node, "generators are not supported"),
  LabeledStatement: (node, { say }) => say(node, "labels are not supported"),
  TaggedTemplateExpression: (node, { say }) => say(node, "tagged templates are not supported"),
  DebuggerStatement: (node, { say }) => say(node, "debugger stops the program for good"),
  WithStatement: (node, { say }) => say(node, "with is not supported"),
  MetaProperty: (node, { say }) =>
    say(node, `${node.meta.name}.${node.property.name} is not supported`),
  ImportExpression: (node, { say }) => say(node, "import is not supported"),
  ImportDeclaration: (node, { say }) => say(node, "import is not supported"),
  ExportNamedDeclaration: (node, { say }) => say(node, "export is not supported"),
  ExportDefaultDeclaration: (node, { say }) => say(node, "export is not supported"),
  ExportAllDeclaration: (node, { say }) => say(node, "export is not supported"),
  StaticBlock: (node, { say }) => say(node, "static blocks are not supported"),
  MethodDefinition: member,

  PropertyDefinition(node, at) {
    member(node, at);
    if (!node.value) at.say(node, "a field needs a value");
    else if (!node.static && !isShareable(node.value)) {
      at.say(node.value, "a field's value is made once, with the class, and has no this");
    }
  },

  Identifier(node, { say, parents, source }) {
    const parent = parents.at(-1);
    const isKey = /^(Property|MethodDefinition|PropertyDefinition)$/.test(parent?.type)
      ? parent.key === node && !parent.shorthand && !parent.computed
      : parent?.type === "MemberExpression" && parent.property === node && !parent.computed;
    const written = source.slice(node.start, node.end);
    if (/[^\w$]/.test(written)) say(node, "names are ASCII");
    if (!isKey && /^(of|static|let)$/.test(node.name)) say(node, `${node.name} is a reserved word`);
    if (node.name === "arguments" && functionAround(parents)?.type === "ArrowFunctionExpression") {
      say(node, "an arrow function has its own, empty arguments");
    }
  },

  Property(node, { say, parents }) {
    if (parents.at(-1)?.type !== "ObjectExpression") return;
    if (node.computed) say(node.key, "computed names in object literals are not supported");
    else if (
      node.kind !== "init" &&
      (node.key.type === "Literal" || RESERVED.has(nameOf(node.key)))
    ) {
      say(node.key, "an accessor needs a plain name");
    }
  },

  Literal(node, at) {
    if (node.bigint !== undefined) at.say(node, "BigInt is not supported");
    if (node.regex) {
      for (const { at: offset, message } of checkRegExp(node.regex.pattern, node.regex.flags)) {
        at.say(node.start + 1 + Math.max(offset, 0), message);
      }
    } else if (typeof node.value === "string") {
      text(at, node.raw, node.start);
    }
  },

  TemplateElement: (node, at) => text(at, at.source.slice(node.start, node.end), node.start),

  TemplateLiteral(node, { say, source }) {
    node.quasis.forEach((quasi) => {
      const raw = source.slice(quasi.start, quasi.end);
      const escaped = raw.search(/\\\$\{/);
      if (escaped >= 0) say(quasi.start + escaped, "\\${ in a template is not supported");
    });
    const braces = (inner) =>
      /^(Literal|TemplateElement)$/.test(inner.type)
        ? /[{}]/.test(source.slice(inner.start, inner.end))
        : children(inner).some(braces);
    for (const inner of node.expressions) {
      if (braces(inner)) say(inner, "a brace in a text inside ${…} ends or opens it");
    }
  },

  BinaryExpression(node, { say }) {
    if (node.operator === "**") say(node, "** is not supported");
  },

  AssignmentExpression(node, { say }) {
    if (/^(\*\*|\?\?|\|\||&&)=$/.test(node.operator))
      say(node, `${node.operator} is not supported`);
  },

  ForOfStatement(node, { say }) {
    if (node.await) say(node, "for await is not supported");
  },

  SwitchStatement(node, { say }) {
    const last = node.cases.at(-1);
    for (const one of node.cases) {
      if (!one.test && one !== last) say(one, "default has to be the last case");
    }
  },

  ReturnStatement(node, { say, parents, source }) {
    const block = parents.at(-1)?.body;
    const next = Array.isArray(block) ? block[block.indexOf(node) + 1] : undefined;
    if (!node.argument && next && !source.slice(node.start, node.end).endsWith(";")) {
      say(node, "return without a semicolon returns what stands on the next line");
    }
  },

  ExpressionStatement(node, { say, source }) {
    if (
      /^(\+\+|--)/.test(source.slice(node.start)) &&
      /[^;{}\s]\s*$/.test(source.slice(0, node.start))
    ) {
      say(node, "++ or -- belongs to the line above it: that needs a semicolon");
    }
  },

  Super(node, { say, parents }) {
    const method = parents.findLast((one) => one.type === "FunctionExpression");
    const owner = parents[parents.lastIndexOf(method) - 1];
    if (owner?.type !== "MethodDefinition") say(node, "super works in classes only");
  },
};

/** @param {Node} node @param {At} at */
function functionRule(node, { say }) {
  if (node.async) say(node, "async functions are not supported");
  if (node.generator) say(node, "generators are not supported");
}

/** @param {Node} node @param {At} at */
function classRule(node, { say }) {
  const above = node.superClass;
  if (above && above.type !== "Identifier") say(above, "a class extends a plain name only");
  else if (above && BUILT_IN.test(above.name)) say(above, `${above.name} cannot be extended`);
  const seen = (inner) =>
    inner.type === "Identifier" ? inner.name === node.id.name : children(inner).some(seen);
  if (node.type === "ClassExpression" && node.id && seen(node.body)) {
    say(node.id, "inside a class expression its name is unknown");
  }
}

for (const type of ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]) {
  RULES[type] = functionRule;
}
for (const type of ["ClassDeclaration", "ClassExpression"]) RULES[type] = classRule;
