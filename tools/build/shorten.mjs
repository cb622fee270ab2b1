// SPDX-License-Identifier: MIT
// Build steps on a bundle's JavaScript that make it shorter and change nothing else: functions of the
// module become arrow functions in one list of variables, block variables become `var`, and names of
// properties that are read often are kept in a variable. Measured on Espruino: an arrow function takes
// as many variables of memory as a function and a `let` inside a block more time than a `var`;
// `x[l]` with `l = "length"` costs 0.5 µs more than `x.length`.

import ts from "typescript";

const parse = (text) =>
  ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2015, true, ts.ScriptKind.JS);

function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function applyEdits(text, edits) {
  for (const [from, to, by] of edits.sort((a, b) => b[0] - a[0])) {
    text = text.slice(0, from) + by + text.slice(to);
  }
  return text;
}

const usesThis = (node) => {
  let found = false;
  walk(node, (n) => {
    if (n.kind === ts.SyntaxKind.ThisKeyword) found = true;
  });
  return found;
};

/** Functions at the top level as arrow functions; those that need their `this` stay. */
export function toArrows(text) {
  const file = parse(text);
  const edits = [];
  for (const statement of file.statements) {
    if (!ts.isFunctionDeclaration(statement) || usesThis(statement)) continue;
    const parameters = statement.parameters.map((p) => p.getText(file)).join(", ");
    edits.push([
      statement.getStart(file),
      statement.end,
      `const ${statement.name.text} = (${parameters}) => ${statement.body.getText(file)};`,
    ]);
  }
  return applyEdits(text, edits);
}

/**
 * `let` and `const` inside functions as `var`. Refused where that could change what a name means: a
 * name declared twice in one function, one block inside the other.
 */
export function toVars(text) {
  const file = parse(text);
  const edits = [];
  walk(file, (node) => {
    if (!ts.isVariableDeclarationList(node) || !(node.flags & ts.NodeFlags.BlockScoped)) return;
    if (functionOf(node) === undefined) return;
    for (const declaration of node.declarations) {
      const twin = shadowed(declaration);
      if (twin) {
        throw new Error(
          `${declaration.name.getText(file)} is declared in a block and again in one around it: ` +
            "give one of them another name.",
        );
      }
    }
    const start = node.getStart(file);
    const keyword = node.flags & ts.NodeFlags.Const ? "const" : "let";
    edits.push([start, start + keyword.length, "var"]);
  });
  return applyEdits(text, edits);
}

const isFunction = (node) =>
  ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node);

function functionOf(node) {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return at;
  return undefined;
}

/** Whether a block around a declaration's own, in the same function, declares the same name. */
function shadowed(declaration) {
  const name = declaration.name.text;
  const own = functionOf(declaration);
  let found = own.parameters.some((p) => p.name.text === name);
  walk(own.body, (node) => {
    if (node === declaration || !ts.isVariableDeclaration(node) || node.name.text !== name) return;
    if (functionOf(node) !== own) return;
    const block = blockOf(node);
    for (let at = blockOf(declaration).parent; at && at !== own.parent; at = at.parent) {
      if (at === block) found = true;
    }
  });
  return found;
}

function blockOf(node) {
  let at = node.parent;
  while (
    !ts.isBlock(at) &&
    !ts.isForStatement(at) &&
    !ts.isForOfStatement(at) &&
    !ts.isForInStatement(at)
  ) {
    at = at.parent;
  }
  return at;
}

/** Declarations at the top level that follow one another, as one `let`. */
export function joinDeclarations(text) {
  text = declareAssigned(text);
  const file = parse(text);
  const edits = [];
  let before;
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) before = undefined;
    else {
      const start = statement.getStart(file);
      const list = statement.declarationList;
      const first = list.declarations[0].getStart(file);
      if (before === undefined) edits.push([start, first, "let "]);
      else edits.push([before.declarationList.end, first, ","]);
      before = statement;
    }
  }
  return applyEdits(text, edits);
}

/** Statements at the top level that give bare declared variables their first values, as declarations. */
function declareAssigned(text) {
  const file = parse(text);
  const lists = file.statements.filter(ts.isVariableStatement).map((s) => s.declarationList);
  const bare = new Set();
  for (const { declarations } of lists) {
    for (const d of declarations) if (d.initializer === undefined) bare.add(d.name.text);
  }
  const moved = new Set();
  const edits = [];
  for (const statement of file.statements) {
    if (!ts.isExpressionStatement(statement)) continue;
    const names = assignedIn(statement.expression);
    if (names === undefined || !names.every((name) => bare.has(name))) continue;
    for (const name of names) moved.add(name);
    const start = statement.getStart(file);
    edits.push([start, start, "let "]);
  }
  for (const { declarations } of lists) {
    const kept = declarations.filter((d) => d.initializer || !moved.has(d.name.text));
    if (kept.length === declarations.length) continue;
    const written = kept.map((d) => d.getText(file)).join(",");
    const { parent } = declarations[0].parent;
    edits.push([parent.getStart(file), parent.end, written && `let ${written};`]);
  }
  return applyEdits(text, edits);
}

/** The variables that `a = …, b = …` assigns, or undefined where it is anything else. */
function assignedIn(node) {
  if (!ts.isBinaryExpression(node)) return undefined;
  const operator = node.operatorToken.kind;
  if (operator === ts.SyntaxKind.EqualsToken && ts.isIdentifier(node.left)) return [node.left.text];
  if (operator !== ts.SyntaxKind.CommaToken) return undefined;
  const left = assignedIn(node.left);
  const right = assignedIn(node.right);
  return left && right && [...left, ...right];
}

/**
 * Puts the declarations of the one `let` in front that the named functions mention most: the
 * interpreter looks names up in their order, and one that is the last of 130 takes 1 µs longer than
 * the first (measured).
 */
export function orderDeclarations(text, hot) {
  const file = parse(text);
  const list = file.statements.find(ts.isVariableStatement).declarationList;
  const counts = new Map(list.declarations.map((d) => [d.name.text, 0]));
  for (const { name, initializer } of list.declarations) {
    if (!hot.has(name.text)) continue;
    counts.set(name.text, counts.get(name.text) + 1);
    walk(initializer, (node) => {
      if (!ts.isIdentifier(node) || !counts.has(node.text) || !isVariable(node)) return;
      if (ownerOf(node, node.text) === undefined) {
        counts.set(node.text, counts.get(node.text) + 1);
      }
    });
  }
  const sorted = [...list.declarations].sort(
    (a, b) => counts.get(b.name.text) - counts.get(a.name.text),
  );
  const from = list.declarations[0].getStart(file);
  const written = sorted.map((d) => d.getText(file)).join(",");
  return text.slice(0, from) + written + text.slice(list.end);
}

/** `undefined` as a variable that has no value, of this name. */
export function aliasUndefined(text, variable) {
  const found = text.split("void 0").length - 1;
  return found * 4 < variable.length + 2
    ? text
    : text.replaceAll("void 0", variable).replace(/^let /, `let ${variable},`);
}

/** The names that are used most are the shortest: swaps names of the top level, two by two. */
export function sortNames(text) {
  const file = parse(text);
  const top = new Set();
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name } of statement.declarationList.declarations) top.add(name.text);
  }
  // By name, where it stands for the variable at the top, and in which functions it is something else.
  const uses = new Map([...top].map((name) => [name, []]));
  const own = new Map([...top].map((name) => [name, new Set()]));
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || !top.has(node.text) || !isVariable(node)) return;
    const owner = ownerOf(node, node.text);
    if (owner === undefined) uses.get(node.text).push(node);
    else own.get(node.text).add(owner);
  });
  const inside = (node, owners) => {
    for (let at = node; at; at = at.parent) if (owners.has(at)) return true;
    return false;
  };
  const renamed = new Map();
  const byUse = [...top].sort((a, b) => uses.get(b).length - uses.get(a).length);
  const free = new Set(top);
  const names = [...top].sort((a, b) => a.length - b.length);
  for (const name of byUse) {
    // The shortest name that means nothing else where this one is used.
    const short = names.find(
      (n) => free.has(n) && !uses.get(name).some((node) => inside(node, own.get(n))),
    );
    if (short === undefined) return text;
    free.delete(short);
    renamed.set(name, short);
  }
  const edits = [];
  for (const [name, nodes] of uses) {
    for (const node of nodes) edits.push([node.getStart(file), node.end, renamed.get(name)]);
  }
  return applyEdits(text, edits);
}

const isDeclaration = (node) => ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node);

/** Whether an identifier names a variable, and no property. */
function isVariable(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  return !(ts.isPropertyAssignment(parent) && parent.name === node);
}

/** The function around a node that has a variable, a function or a parameter of that name; or the catch clause. */
function ownerOf(node, name) {
  // The name of a function stands for it where the function stands, not among its own variables.
  const isNaming = ts.isFunctionDeclaration(node.parent) && node.parent.name === node;
  for (let at = isNaming ? node.parent.parent : node; at; at = at.parent) {
    if (ts.isCatchClause(at) && at.variableDeclaration?.name.text === name) return at;
    if (!isFunction(at)) continue;
    if (at.parameters.some((p) => p.name.text === name)) return at;
    if (ts.isFunctionExpression(at) && at.name?.text === name) return at;
    let found = false;
    walk(at.body, (n) => {
      if (!isDeclaration(n) || n.name.text !== name || functionOf(n) !== at) return;
      if (!ts.isCatchClause(n.parent)) found = true;
    });
    if (found) return at;
  }
  return undefined;
}

/**
 * Reads of the named properties through variables, where that is shorter. `names` maps each property
 * to a variable that nothing else in the text is called.
 */
export function aliasProperties(text, names) {
  const file = parse(text);
  const edits = [];
  const declared = [];
  for (const [property, variable] of Object.entries(names)) {
    const found = [];
    walk(file, (node) => {
      if (ts.isPropertyAccessExpression(node) && node.name.text === property) found.push(node);
    });
    const saved = found.length * (property.length + 1 - variable.length - 2);
    if (saved <= property.length + variable.length + 4) continue;
    declared.push(`${variable}="${property}"`);
    for (const node of found) {
      edits.push([node.expression.end, node.name.end, `[${variable}]`]);
    }
  }
  return declared.length < 1
    ? text
    : applyEdits(text, edits).replace(/^let /, `let ${declared.join(",")},`);
}
