// SPDX-License-Identifier: MIT
// A build step on a bundle's JavaScript: a function that is called in one place only is written out
// there. The source stays cut into small functions; on Espruino each costs 7 variables and each call
// 4 to 8 µs. A `return` in the middle leaves a `do … while (false)`: Espruino has no labels.

import ts from "typescript";

const f = ts.factory;

/** Inlines until nothing is left to inline. */
export function inlineOnce(text) {
  for (let round = 0; round < 200; round++) {
    const next = step(text, round);
    if (next === undefined) return text;
    text = next;
  }
  return text;
}

function parse(text) {
  return ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2015, true, ts.ScriptKind.JS);
}

const isFunction = (node) =>
  ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node);
const isLoop = (node) =>
  ts.isForStatement(node) ||
  ts.isForOfStatement(node) ||
  ts.isForInStatement(node) ||
  ts.isWhileStatement(node) ||
  ts.isDoStatement(node);

/** Whether an identifier names a variable (and is no property name). */
function isName(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  return !(ts.isPropertyAssignment(parent) && parent.name === node);
}

function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** One function inlined, or undefined when there is none. */
function step(text, round) {
  const file = parse(text);
  const functions = new Map();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement)) functions.set(statement.name.text, statement);
  }
  const uses = new Map([...functions.keys()].map((name) => [name, []]));
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || !uses.has(node.text) || !isName(node)) return;
    if (functions.get(node.text).name !== node) uses.get(node.text).push(node);
  });
  for (const [name, places] of uses) {
    const declaration = functions.get(name);
    if (places.length !== 1 || !canInline(declaration)) continue;
    const call = places[0].parent;
    if (!ts.isCallExpression(call) || call.expression !== places[0]) continue;
    const site = siteOf(call);
    if (site === undefined) continue;
    if (inside(call, declaration)) continue;
    return replace(text, file, declaration, call, site, round);
  }
  return undefined;
}

function inside(node, ancestor) {
  for (let at = node; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

function canInline(declaration) {
  let ok = true;
  walk(declaration.body, (node) => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || ts.isTryStatement(node) || isFunction(node)) {
      ok = false;
    }
  });
  return ok;
}

/** The statement a call can be lifted out of, with how; undefined when it is not evaluated first. */
function siteOf(call) {
  let node = call;
  for (;;) {
    const { parent } = node;
    if (ts.isExpressionStatement(parent)) break;
    if (ts.isReturnStatement(parent)) break;
    if (ts.isVariableDeclaration(parent)) {
      const list = parent.parent;
      if (list.declarations[0] !== parent || !ts.isVariableStatement(list.parent)) return undefined;
      const statement = list.parent;
      return inBlock(statement) && inOwnFunction(statement)
        ? { statement, kind: "lift" }
        : undefined;
    }
    if (ts.isIfStatement(parent) && parent.expression === node) break;
    if (ts.isParenthesizedExpression(parent) || ts.isPrefixUnaryExpression(parent)) node = parent;
    else if (ts.isPropertyAccessExpression(parent)) node = parent;
    else if (ts.isConditionalExpression(parent) && parent.condition === node) node = parent;
    else if (ts.isBinaryExpression(parent)) {
      const operator = parent.operatorToken.kind;
      if (parent.left === node && operator !== ts.SyntaxKind.EqualsToken) node = parent;
      else if (
        parent.right === node &&
        operator === ts.SyntaxKind.EqualsToken &&
        ts.isIdentifier(parent.left)
      ) {
        node = parent;
      } else if (parent.right === node && settled(parent.left) && !isShort(operator)) node = parent;
      else return undefined;
    } else if (ts.isCallExpression(parent) && parent.expression !== node) {
      if (!ts.isIdentifier(parent.expression)) return undefined;
      const before = parent.arguments.slice(0, parent.arguments.indexOf(node));
      if (!before.every(settled)) return undefined;
      node = parent;
    } else return undefined;
  }
  const statement = node.parent;
  if (!inOwnFunction(statement)) return undefined;
  // An `if` in an else branch may not be lifted out of in front of its condition.
  if (ts.isReturnStatement(statement) && node === call) return { statement, kind: "tail" };
  if (ts.isExpressionStatement(statement) && node === call) return { statement, kind: "plain" };
  return { statement, kind: "lift" };
}

const isShort = (operator) =>
  operator === ts.SyntaxKind.AmpersandAmpersandToken || operator === ts.SyntaxKind.BarBarToken;

/** Whether an expression means the same before and after any call: constants only. */
function settled(node) {
  return (
    ts.isNumericLiteral(node) || ts.isStringLiteral(node) || ts.isRegularExpressionLiteral(node)
  );
}

const inBlock = (statement) => ts.isBlock(statement.parent) || ts.isSourceFile(statement.parent);

/** Not at the top level, where locals would become the module's. */
function inOwnFunction(node) {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return true;
  return false;
}

function replace(text, file, declaration, call, site, round) {
  const suffix = `_${round}`;
  const locals = new Set(declaration.parameters.map((p) => p.name.text));
  const assigned = new Set();
  let returns = 0;
  walk(declaration.body, (node) => {
    if (ts.isVariableDeclaration(node)) locals.add(node.name.text);
    if (ts.isReturnStatement(node)) returns += 1;
    if (
      (ts.isBinaryExpression(node) &&
        node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
        node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) ||
      ts.isPrefixUnaryExpression(node) ||
      ts.isPostfixUnaryExpression(node)
    ) {
      const target = node.left ?? node.operand;
      if (ts.isIdentifier(target)) assigned.add(target.text);
    }
  });
  const result = `result${suffix}`;
  const done = `done${suffix}`;
  const statements = [];
  const stands = new Map();
  declaration.parameters.forEach((parameter, i) => {
    const argument = call.arguments[i];
    const name = parameter.name.text;
    if (argument && !assigned.has(name) && (settled(argument) || isCallerLocal(argument))) {
      stands.set(name, argument.getText(file));
    } else {
      statements.push(`let ${name}${suffix} = ${argument ? argument.getText(file) : "undefined"};`);
    }
  });
  for (const argument of call.arguments.slice(declaration.parameters.length)) {
    if (!ts.isIdentifier(argument) && !settled(argument))
      statements.push(`${argument.getText(file)};`);
  }
  let loops = false;
  const tail = site.kind === "tail";
  const wanted = site.kind === "lift";
  const body = declaration.body.statements;
  const last = body[body.length - 1];
  const endsOnly = returns === 1 && last && ts.isReturnStatement(last);

  const rename = (context) => {
    const visit = (inLoop) => (node) => {
      if (ts.isIdentifier(node) && isName(node) && locals.has(node.text)) {
        if (stands.has(node.text)) return f.createIdentifier(stands.get(node.text));
        return f.createIdentifier(node.text + suffix);
      }
      if (ts.isReturnStatement(node) && !tail) {
        const value = node.expression && ts.visitNode(node.expression, visit(inLoop));
        const parts = [];
        if (value && wanted) {
          parts.push(
            f.createExpressionStatement(f.createAssignment(f.createIdentifier(result), value)),
          );
        } else if (value) parts.push(f.createExpressionStatement(value));
        if (inLoop) {
          loops = true;
          parts.push(
            f.createExpressionStatement(
              f.createAssignment(f.createIdentifier(done), f.createNumericLiteral(1)),
            ),
          );
        }
        if (!endsOnly) parts.push(f.createBreakStatement());
        return f.createBlock(parts);
      }
      if (isLoop(node)) {
        const has = contains(node, ts.isReturnStatement);
        const inner = ts.visitEachChild(node, visit(true), context);
        if (!has || tail) return inner;
        const leave = f.createIfStatement(f.createIdentifier(done), f.createBreakStatement());
        return f.createBlock([inner, leave]);
      }
      return ts.visitEachChild(node, visit(inLoop), context);
    };
    return (node) => ts.visitNode(node, visit(false));
  };
  const { transformed } = ts.transform(declaration.body, [rename]);
  const printer = ts.createPrinter();
  const written = transformed[0].statements
    .map((s) => printer.printNode(ts.EmitHint.Unspecified, s, file))
    .join("\n");
  let block;
  if (tail) block = `{ ${statements.join("\n")}\n${written}\n${endsOnly ? "" : "return;"} }`;
  else {
    const inner = endsOnly || returns === 0 ? `{ ${written} }` : `do { ${written} } while (false);`;
    block = `${wanted ? `let ${result};` : ""}${loops ? `let ${done};` : ""}\n${statements.join("\n")}\n${inner}`;
    if (wanted) {
      const { statement } = site;
      const from = call.getStart(file) - statement.getStart(file);
      const whole = statement.getText(file);
      block += `\n${whole.slice(0, from)}${result}${whole.slice(from + (call.end - call.getStart(file)))}`;
    }
    if (!inBlock(site.statement)) block = `{ ${block} }`;
  }
  const edits = [
    [declaration.getStart(file), declaration.end, ""],
    [site.statement.getStart(file), site.statement.end, block],
  ].sort((a, b) => b[0] - a[0]);
  for (const [from, to, by] of edits) text = text.slice(0, from) + by + text.slice(to);
  return text;
}

function contains(node, test) {
  let found = false;
  walk(node, (n) => {
    if (test(n)) found = true;
  });
  return found;
}

/** An identifier that is a local or parameter of the function around it, and is never assigned. */
function isCallerLocal(node) {
  if (!ts.isIdentifier(node)) return false;
  let at = node.parent;
  while (at && !isFunction(at)) at = at.parent;
  if (!at) return false;
  let local = at.parameters.some((p) => p.name.text === node.text);
  walk(at, (n) => {
    if (ts.isVariableDeclaration(n) && n.name.getText() === node.text) local = true;
  });
  return local;
}
