// SPDX-License-Identifier: MIT
// A build step on a bundle's JavaScript: a function that is called in one place only is written out
// there. The source stays cut into small functions; on Espruino each costs 7 variables and each call
// 4 to 8 µs. A `return` in the middle leaves a `do … while (false)`: Espruino has no labels.

import ts from "typescript";

const f = ts.factory;

/**
 * Inlines until nothing is left to inline. Of a function in `passed` every negative result is a number
 * in its text, or was looked at by an `if (x < 0) return x;` of its own: where the caller would pass
 * such a result on at once, the function's `return` becomes the caller's. Functions in `apart` stay:
 * rare code inside a hot function is skipped token by token, each time.
 */
export function inlineOnce(text, passed = new Set(), apart = new Set()) {
  for (let round = 0; round < 200; round++) {
    const next = step(text, round, passed, apart);
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
const isDeclaration = (node) => ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node);
/** `++` or `--`. */
const isStep = (node) =>
  (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
  (node.operator === ts.SyntaxKind.PlusPlusToken ||
    node.operator === ts.SyntaxKind.MinusMinusToken);
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

/** Names of functions at the top level, which nothing else in a bundle has: esbuild sees to it. */
let functionNames = new Set();

/** One function inlined, or undefined when there is none. */
function step(text, round, passed, apart) {
  const file = parse(text);
  const functions = new Map();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement)) functions.set(statement.name.text, statement);
  }
  functionNames = new Set(functions.keys());
  const uses = new Map([...functions.keys()].map((name) => [name, []]));
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || !uses.has(node.text) || !isName(node)) return;
    if (functions.get(node.text).name !== node) uses.get(node.text).push(node);
  });
  for (const [name, places] of uses) {
    const declaration = functions.get(name);
    if (places.length !== 1 || apart.has(name)) continue;
    const call = places[0].parent;
    if (!ts.isCallExpression(call) || call.expression !== places[0]) continue;
    const site = siteOf(call);
    if (site === undefined || !canInline(declaration, site.kind)) continue;
    if (inside(call, declaration)) continue;
    return replace(text, file, declaration, call, site, round, passed.has(name));
  }
  for (const [name, places] of uses) {
    const written = places.length === 2 && shortOf(functions.get(name), places, file);
    if (written) return apply(text, written);
  }
  return undefined;
}

/**
 * The edits that write a function of one short expression out where it is called, twice: as long as the
 * function with its calls, and its variables are saved. Undefined where it is none.
 */
function shortOf(declaration, places, file) {
  const [statement] = declaration.body.statements;
  if (declaration.parameters.length !== 1 || !ts.isReturnStatement(statement)) return undefined;
  const { expression } = statement;
  const name = declaration.parameters[0].name.text;
  const inner = [];
  walk(expression, (n) => {
    if (ts.isIdentifier(n) && n.text === name && isName(n)) inner.push(n);
  });
  if (inner.length !== 1 || expression.getText(file).length > 28) return undefined;
  const edits = [[declaration.getStart(file), declaration.end, ""]];
  for (const { parent: call } of places) {
    const [argument] = ts.isCallExpression(call) ? call.arguments : [];
    const isStill =
      argument &&
      places.includes(call.expression) &&
      (settled(argument) || isCallerLocal(argument) || isSteady(argument, declaration, file));
    if (!isStill) return undefined;
    const whole = expression.getText(file);
    const from = inner[0].getStart(file) - expression.getStart(file);
    const value = whole.slice(0, from) + argument.getText(file) + whole.slice(from + name.length);
    edits.push([call.getStart(file), call.end, `(${value})`]);
  }
  return edits;
}

function apply(text, edits) {
  for (const [from, to, by] of edits.sort((a, b) => b[0] - a[0])) {
    text = text.slice(0, from) + by + text.slice(to);
  }
  return text;
}

function inside(node, ancestor) {
  for (let at = node; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** Whether a function's body may stand elsewhere; with functions of its own only as the last thing. */
function canInline(declaration, kind) {
  let ok = true;
  walk(declaration.body, (node) => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || (isFunction(node) && kind !== "tail"))
      ok = false;
    // A `return` out of a `try` cannot be told from going on.
    if (ts.isTryStatement(node) && contains(node, ts.isReturnStatement)) ok = false;
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

/** Whether an expression means the same before and after any call: constants and functions only. */
function settled(node) {
  return (
    (ts.isIdentifier(node) && functionNames.has(node.text)) ||
    (ts.isBinaryExpression(node) &&
      node.operatorToken.kind !== ts.SyntaxKind.EqualsToken &&
      settled(node.left) &&
      settled(node.right)) ||
    ts.isNumericLiteral(node) ||
    ts.isStringLiteral(node) ||
    ts.isRegularExpressionLiteral(node)
  );
}

const inBlock = (statement) => ts.isBlock(statement.parent) || ts.isSourceFile(statement.parent);

/** Not at the top level, where locals would become the module's. */
function inOwnFunction(node) {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return true;
  return false;
}

function replace(text, file, declaration, call, site, round, isPassing) {
  const suffix = `_${round}`;
  const locals = new Set(declaration.parameters.map((p) => p.name.text));
  const assigned = new Set();
  walk(declaration.body, (node) => {
    if (isDeclaration(node)) locals.add(node.name.text);
    if (
      (ts.isBinaryExpression(node) &&
        node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
        node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) ||
      isStep(node)
    ) {
      const target = node.left ?? node.operand;
      if (ts.isIdentifier(target)) assigned.add(target.text);
    }
  });
  const result = `result${suffix}`;
  const done = `done${suffix}`;
  const before = [];
  const stands = new Map();
  declaration.parameters.forEach((parameter, i) => {
    const argument = call.arguments[i];
    const name = parameter.name.text;
    if (
      argument &&
      !assigned.has(name) &&
      (settled(argument) || isCallerLocal(argument) || isSteady(argument, declaration, file))
    ) {
      stands.set(name, argument.getText(file));
    } else {
      before.push(`let ${name}${suffix} = ${argument ? argument.getText(file) : "undefined"};`);
    }
  });
  for (const argument of call.arguments.slice(declaration.parameters.length)) {
    if (!ts.isIdentifier(argument) && !settled(argument)) before.push(`${argument.getText(file)};`);
  }
  const tail = site.kind === "tail";
  const wanted = site.kind === "lift";
  const passing = wanted && isPassing ? passedOn(call, site.statement) : undefined;

  const assign = (name, value) =>
    f.createExpressionStatement(f.createAssignment(f.createIdentifier(name), value));
  /** What stands in place of a `return` in tail position. */
  const give = (expression) =>
    expression === undefined
      ? []
      : [wanted ? assign(result, expression) : f.createExpressionStatement(expression)];
  /** A `return` that the caller would pass on at once is one of its own. */
  const isPassed = (node) =>
    passing !== undefined &&
    node.expression !== undefined &&
    (numberOf(node.expression) < 0 || isGuarded(node));
  const returns = (node) => contains(node, (n) => ts.isReturnStatement(n) && !isPassed(n));

  let body = [...declaration.body.statements];
  let loops = false;
  const [end] = body.slice(-1);
  const isDirect =
    wanted &&
    inBlock(site.statement) &&
    end !== undefined &&
    ts.isReturnStatement(end) &&
    end.expression !== undefined &&
    !isPassed(end) &&
    !body.slice(0, -1).some(returns);
  const flat = tail || isDirect ? body : flatten(body, returns, give, isPassed);
  const isFlat = flat !== undefined;
  if (isFlat) body = flat;

  const rename = (context) => {
    const visit = (inLoop) => (node) => {
      // `{ name }` keeps the property's name.
      if (ts.isShorthandPropertyAssignment(node) && locals.has(node.name.text)) {
        const { text: name } = node.name;
        const value = stands.get(name) ?? name + suffix;
        return f.createPropertyAssignment(name, f.createIdentifier(value));
      }
      if (ts.isIdentifier(node) && node.parent && isName(node) && locals.has(node.text)) {
        if (stands.has(node.text)) return f.createIdentifier(stands.get(node.text));
        return f.createIdentifier(node.text + suffix);
      }
      if (ts.isReturnStatement(node) && !isFlat && !isPassed(node)) {
        const parts = give(node.expression && ts.visitNode(node.expression, visit(inLoop)));
        if (inLoop) {
          loops = true;
          parts.push(assign(done, f.createNumericLiteral(1)));
        }
        parts.push(f.createBreakStatement());
        return f.createBlock(parts);
      }
      if (isLoop(node)) {
        const has = !isFlat && returns(node);
        const inner = ts.visitEachChild(node, visit(true), context);
        if (!has) return inner;
        const leave = f.createIfStatement(f.createIdentifier(done), f.createBreakStatement());
        return f.createBlock([inner, leave]);
      }
      return ts.visitEachChild(node, visit(inLoop), context);
    };
    return (node) => ts.visitNode(node, visit(false));
  };
  const { transformed } = ts.transform(f.createBlock(body, true), [rename]);
  const printer = ts.createPrinter();
  const print = (node) => printer.printNode(ts.EmitHint.Unspecified, node, file);
  const made = [...transformed[0].statements];
  const value = isDirect ? `(${print(made.pop().expression)})` : result;
  const written = made.map(print).join("\n");
  const whole = site.statement.getText(file);
  const from = call.getStart(file) - site.statement.getStart(file);
  const standing =
    whole.slice(0, from) + value + whole.slice(from + call.end - call.getStart(file));
  let block;
  if (tail) {
    const ends = body.length > 0 && ts.isReturnStatement(body[body.length - 1]);
    block = `{ ${before.join("\n")}\n${written}\n${ends ? "" : "return;"} }`;
  } else if (isDirect) block = `${before.join("\n")}\n${written}\n${standing}`;
  else {
    const inner = isFlat ? `{ ${written} }` : `do { ${written} } while (false);`;
    block = `${wanted ? `let ${result};` : ""}${loops ? `let ${done};` : ""}\n${before.join("\n")}\n${inner}`;
    if (wanted) block += `\n${standing}`;
    if (!inBlock(site.statement)) block = `{ ${block} }`;
  }
  const edits = [
    [declaration.getStart(file), declaration.end, ""],
    [site.statement.getStart(file), passing ? passing.end : site.statement.end, block],
  ];
  return apply(text, edits);
}

/** The value of a literal number with or without a sign; NaN for everything else. */
function numberOf(node) {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  return ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken
    ? -numberOf(node.operand)
    : NaN;
}

/** Whether it is the `return x;` of an `if (x < 0) return x;`. */
function isGuarded(node) {
  let at = node.parent;
  if (at && ts.isBlock(at)) at = at.parent;
  return at !== undefined && ts.isIfStatement(at) && tests(at, node.expression.getText());
}

/** Whether a statement is `if (name < 0) return name;`. */
function tests(statement, name) {
  if (!ts.isIfStatement(statement) || statement.elseStatement) return false;
  const { expression, thenStatement } = statement;
  const returned = ts.isBlock(thenStatement) ? thenStatement.statements[0] : thenStatement;
  return (
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind === ts.SyntaxKind.LessThanToken &&
    expression.left.getText() === name &&
    expression.right.getText() === "0" &&
    ts.isReturnStatement(returned) &&
    returned.expression?.getText() === name
  );
}

/** The caller's `if (x < 0) return x;` behind an `x = call();`. */
function passedOn(call, statement) {
  let name;
  if (ts.isVariableStatement(statement)) {
    const { declarations } = statement.declarationList;
    const last = declarations[declarations.length - 1];
    if (last.initializer === call) name = last.name.text;
  } else if (
    ts.isExpressionStatement(statement) &&
    ts.isBinaryExpression(statement.expression) &&
    statement.expression.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    statement.expression.right === call
  ) {
    name = statement.expression.left.getText();
  }
  if (name === undefined || !inBlock(statement)) return undefined;
  const { statements } = statement.parent;
  const next = statements[statements.indexOf(statement) + 1];
  return next !== undefined && tests(next, name) ? next : undefined;
}

const statementsOf = (node) =>
  node === undefined ? [] : ts.isBlock(node) ? node.statements : [node];

/**
 * Statements in which each `return` stands last, with what follows an `if` that returns in its
 * other branch; undefined where one is in a loop, or both branches go on.
 */
function flatten(statements, returns, give, isPassed) {
  const made = [];
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i];
    if (!returns(statement)) made.push(statement);
    else if (ts.isReturnStatement(statement)) return [...made, ...give(statement.expression)];
    else if (ts.isBlock(statement)) {
      const rest = statements.slice(i + 1);
      const inner = flatten([...statement.statements, ...rest], returns, give, isPassed);
      return inner && [...made, ...inner];
    } else if (ts.isIfStatement(statement)) {
      const rest = statements.slice(i + 1);
      let then = statementsOf(statement.thenStatement);
      let other = statementsOf(statement.elseStatement);
      if (rest.length > 0) {
        if (leaves(then)) other = [...other, ...rest];
        else if (leaves(other)) then = [...then, ...rest];
        else return undefined;
      }
      then = flatten(then, returns, give, isPassed);
      other = flatten(other, returns, give, isPassed);
      if (then === undefined || other === undefined) return undefined;
      return [
        ...made,
        f.createIfStatement(
          statement.expression,
          f.createBlock(then),
          other.length > 0 ? f.createBlock(other) : undefined,
        ),
      ];
    } else return undefined;
  }
  return made;
}

/** Whether the end of the statements is never reached. */
function leaves(statements) {
  const last = statements[statements.length - 1];
  if (last === undefined) return false;
  if (ts.isReturnStatement(last)) return true;
  if (ts.isBlock(last)) return leaves(last.statements);
  return (
    ts.isIfStatement(last) &&
    last.elseStatement !== undefined &&
    leaves(statementsOf(last.thenStatement)) &&
    leaves(statementsOf(last.elseStatement))
  );
}

/**
 * Whether an argument is a variable that does not change while the function runs: it calls nothing but
 * methods of the firmware's `E`, or the variable is assigned in one place, when a client is made.
 */
function isSteady(argument, declaration, file) {
  if (!ts.isIdentifier(argument)) return false;
  const assigns = (within) => {
    let count = 0;
    walk(within, (n) => {
      const target = ts.isBinaryExpression(n) ? n.left : (n.operand ?? n);
      const changes = ts.isBinaryExpression(n)
        ? n.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
          n.operatorToken.kind <= ts.SyntaxKind.LastAssignment
        : isStep(n);
      if (changes && ts.isIdentifier(target) && target.text === argument.text) count += 1;
    });
    return count;
  };
  if (assigns(declaration) > 0) return false;
  const calls = contains(
    declaration.body,
    (n) =>
      ts.isCallExpression(n) &&
      !(ts.isPropertyAccessExpression(n.expression) && n.expression.expression.getText() === "E"),
  );
  return !calls || assigns(file) === 1;
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
    if (isDeclaration(n) && n.name.getText() === node.text) local = true;
  });
  return local;
}

/**
 * Without variables that are assigned and never read: what they are assigned stays, where it may do
 * anything. `names` are variables of the module that no function has a local of; `pure` are those
 * among them whose only value is computed for nothing.
 */
export function dropUnread(text, names, pure) {
  const file = parse(text);
  const read = new Set();
  const writes = [];
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || !names.has(node.text)) return;
    const { parent } = node;
    const isWrite =
      ts.isBinaryExpression(parent) &&
      parent.left === node &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    if (isWrite) writes.push([node.text, parent]);
    else read.add(node.text);
  });
  const edits = [];
  for (const [name, { left, right, parent }] of writes) {
    if (read.has(name)) continue;
    if (pure.has(name)) edits.push([parent.getStart(file), parent.end]);
    else edits.push([left.getStart(file), right.getStart(file)]);
  }
  return apply(
    text,
    edits.map(([from, to]) => [from, to, ""]),
  );
}

/**
 * Functions that only the named one calls, inside it: it runs rarely, and what is local to it is let
 * go of then. Functions that are handed on as values stay.
 */
export function moveInto(text, name) {
  const file = parse(text);
  const target = file.statements.find((s) => ts.isFunctionDeclaration(s) && s.name.text === name);
  if (target === undefined) return text;
  const moved = file.statements.filter((s) => {
    if (!ts.isFunctionDeclaration(s) || s === target) return false;
    let uses = 0;
    let ok = true;
    walk(file, (node) => {
      if (!ts.isIdentifier(node) || node.text !== s.name.text || !isName(node)) return;
      if (node === s.name) return;
      uses += 1;
      const { parent } = node;
      if (!inside(node, target) || !ts.isCallExpression(parent) || parent.expression !== node)
        ok = false;
    });
    return ok && uses > 0;
  });
  const at = target.body.statements[0].getStart(file);
  const written = moved
    .map((s) => {
      const parameters = s.parameters.map((p) => p.getText(file)).join(", ");
      return `const ${s.name.text} = (${parameters}) => ${s.body.getText(file)};\n`;
    })
    .join("");
  return apply(text, [...moved.map((s) => [s.getStart(file), s.end, ""]), [at, at, written]]);
}
