// SPDX-License-Identifier: MIT
// The titles of tests as they stand in the source, without running them: those of `it` and `test`, and the
// labels of the rows that `each` puts into one. Says of each whether it runs everywhere: not where `skip`,
// `todo`, `skipIf` or `runIf` is in its way, nor inside a function of ours that may leave it out.

import ts from "typescript";

/** What may stand behind `it`, `test` and `describe` and takes no run away. */
const HARMLESS = new Set(["each", "for", "concurrent", "sequential"]);

/** `it.each(rows)` taken apart: the name it begins with, the names behind it, what `each` was given. */
function chainOf(node) {
  if (ts.isIdentifier(node)) return { root: node.text, names: [], rows: [] };
  if (ts.isPropertyAccessExpression(node)) {
    const chain = chainOf(node.expression);
    return { ...chain, names: [...chain.names, node.name.text] };
  }
  if (ts.isCallExpression(node)) {
    const chain = chainOf(node.expression);
    return { ...chain, rows: [...chain.rows, ...node.arguments] };
  }
  return { root: "", names: [], rows: [] };
}

/** The text of a literal, with `…` where something is computed; undefined where it is none. */
function textOf(node) {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
}

/** The labels of rows: texts, or the first text of each row. Names are looked up in the same file. */
function labelsOf(node, tables) {
  if (ts.isIdentifier(node)) {
    const table = tables.get(node.text);
    return table === undefined ? [] : labelsOf(table, tables);
  }
  if (!ts.isArrayLiteralExpression(node)) return [];
  return node.elements.flatMap((row) => {
    if (ts.isSpreadElement(row)) return labelsOf(row.expression, tables);
    const label = ts.isArrayLiteralExpression(row) ? row.elements[0] : row;
    const text = textOf(label);
    return text === undefined ? [] : [{ text, node: label }];
  });
}

/** The calls around a node that were given the function it stands in, from the inside out. */
function around(node) {
  const calls = [];
  for (let inner = node, outer = node.parent; outer; inner = outer, outer = outer.parent) {
    if (ts.isCallExpression(outer) && outer.arguments.includes(inner)) calls.push(outer);
  }
  return calls;
}

const isHarmless = (names) => names.every((name) => HARMLESS.has(name));

/** The titles that one whole call of `it` or `test` makes, with the nodes they stand at. */
function titlesOfCall(call, chain, tables) {
  const title = textOf(call.arguments[0]);
  if (title === undefined) return [];
  const calls = around(call);
  const always = [call, ...calls].every((each) => {
    const { root, names } = each === call ? chain : chainOf(each.expression);
    return isHarmless(names) && (each === call || root === "describe");
  });
  const suite = calls[0]?.arguments.map(textOf).find((text) => text !== undefined) ?? "";
  const labels = chain.rows.flatMap((rows) => labelsOf(rows, tables));
  // A label that the title does not show is not part of it.
  if (labels.length === 0 || !/%[sjo]/.test(title))
    return [{ suite, title, always, node: call.arguments[0] }];
  return labels.map(({ text, node }) => {
    return { suite, title: title.replace(/%[sjo]/, () => text), always, node };
  });
}

/**
 * The titles of the tests in `text`.
 * @returns {{ suite: string, title: string, line: number, always: boolean }[]} `suite` is what
 * the innermost `describe` is called; `always` is whether the test runs everywhere
 */
export function titlesOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const tables = new Map();
  const titles = [];
  function visit(node) {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
      tables.set(node.name.text, node.initializer);
    if (ts.isCallExpression(node)) {
      const chain = chainOf(node.expression);
      const isWhole = !(ts.isCallExpression(node.parent) && node.parent.expression === node);
      if (isWhole && (chain.root === "it" || chain.root === "test"))
        titles.push(...titlesOfCall(node, chain, tables));
    }
    ts.forEachChild(node, visit);
  }
  visit(file);
  return titles.map(({ node, ...title }) => {
    return { ...title, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1 };
  });
}
