// SPDX-License-Identifier: MIT
// Names and when they exist. Espruino runs source text from top to bottom: a function, a class or a
// variable is there once its definition was passed, and nothing is hoisted. So a use is refused
// that is executed above the definition; one in a function that only runs later is fine.

/**
 * @typedef {import("acorn").Node & Record<string, any>} Node
 * @typedef {{ kind: string, at: number, node: Node, scope: Scope, value?: Node | undefined }} Binding
 *   `at` is the offset past the definition: from there on the name exists
 * @typedef {{ parent: Scope | undefined, frame: Frame, node: Node, names: Map<string, Binding>,
 *   loop: boolean }} Scope `loop` marks the head of a `for`, whose variables are made only once
 * @typedef {{ node: Node, parent: Frame | undefined, immediate: boolean, uses: Use[] }} Frame
 *   a function body, or the program; `immediate` when it runs where it stands
 * @typedef {{ binding: Binding, node: Node, frame: Frame, certain: boolean, called: boolean,
 *   loops: Node[] }} Use `certain` when it is executed whenever its frame is
 */

export const isFunction = (node) =>
  node.type === "FunctionDeclaration" ||
  node.type === "FunctionExpression" ||
  node.type === "ArrowFunctionExpression";

/** The nodes directly below, in the order of the source. @param {Node} node @returns {Node[]} */
export function children(node) {
  const list = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "loc") continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item && typeof item.type === "string") list.push(item);
    }
  }
  return list.sort((a, b) => a.start - b.start);
}

/** Identifiers that a pattern binds. @param {Node | null} pattern @returns {Node[]} */
function bound(pattern) {
  if (!pattern) return [];
  if (pattern.type === "Identifier") return [pattern];
  if (pattern.type === "Property") return bound(pattern.value);
  if (pattern.type === "AssignmentPattern") return bound(pattern.left);
  return children(pattern).flatMap(bound);
}

/** @param {Scope} scope; the rest describes the binding */
function declare(scope, kind, identifier, at, value) {
  const there = scope.names.get(identifier.name);
  if (there && there.at <= at) return;
  scope.names.set(identifier.name, {
    kind,
    at,
    node: identifier,
    scope,
    value: value ?? undefined,
  });
}

/** @param {Scope} scope @param {Node} declaration @param {number | undefined} at */
function declareVariables(scope, declaration, at) {
  for (const item of declaration.declarations) {
    for (const name of bound(item.id)) {
      // `var` makes its variable before it computes the value: `var x = x || {}` works.
      const past = declaration.kind === "var" ? item.id.end : item.end;
      declare(scope, declaration.kind, name, at ?? past, item.init);
    }
  }
}

/** What belongs to the whole function: `var` anywhere, and functions, also those in blocks. */
function declareHoisted(scope, node) {
  for (const child of children(node)) {
    if (child.type === "FunctionDeclaration") {
      declare(scope, "function", child.id, child.end, child);
    } else if (child.type === "VariableDeclaration" && child.kind === "var") {
      const isHead = node.left === child;
      declareVariables(scope, child, isHead ? child.end : undefined);
    }
    if (!isFunction(child) && child.type !== "ClassBody") declareHoisted(scope, child);
  }
}

/** What belongs to a block: `let`, `const` and classes among its statements. */
function declareBlock(scope, statements) {
  for (const statement of statements) {
    if (statement.type === "ClassDeclaration") {
      declare(scope, "class", statement.id, statement.end, statement);
    } else if (statement.type === "VariableDeclaration" && statement.kind !== "var") {
      declareVariables(scope, statement, undefined);
    }
  }
}

/** @param {Frame} frame @param {Node} node @param {Scope | undefined} parent @returns {Scope} */
const scopeOpen = (frame, node, parent) => ({
  parent,
  frame,
  node,
  names: new Map(),
  loop: false,
});

/**
 * The scope a node opens for what is inside it, or undefined when it opens none.
 * @param {Node} node
 * @param {Scope | undefined} parent
 * @param {Frame} frame the frame inside the node
 * @returns {Scope | undefined}
 */
export function scopeOf(node, parent, frame) {
  const scope = scopeOpen(frame, node, parent);
  if (node.type === "Program") {
    declareHoisted(scope, node);
    declareBlock(scope, node.body);
  } else if (isFunction(node)) {
    if (node.type === "FunctionExpression" && node.id) declare(scope, "self", node.id, -1, node);
    for (const name of node.params.flatMap(bound)) declare(scope, "parameter", name, -1);
    if (node.body.type === "BlockStatement") declareHoisted(scope, node.body);
  } else if (node.type === "BlockStatement" || node.type === "StaticBlock") {
    declareBlock(scope, node.body);
  } else if (node.type === "SwitchStatement") {
    declareBlock(
      scope,
      node.cases.flatMap((one) => one.consequent),
    );
  } else if (/^For/.test(node.type)) {
    const head = node.type === "ForStatement" ? node.init : node.left;
    scope.loop = true;
    if (head?.type === "VariableDeclaration" && head.kind !== "var") {
      declareVariables(scope, head, node.type === "ForStatement" ? undefined : head.end);
    }
  } else if (node.type === "CatchClause") {
    for (const name of bound(node.param)) declare(scope, "parameter", name, -1);
  } else {
    return undefined;
  }
  return scope;
}

/** @param {Scope | undefined} scope @param {string} name @returns {Binding | undefined} */
export function lookUp(scope, name) {
  for (let at = scope; at; at = at.parent) {
    const binding = at.names.get(name);
    if (binding) return binding;
  }
  return undefined;
}

/** Whether code of `inner` runs where it stands, seen from `outer`. */
export function runsAtOnce(inner, outer) {
  let frame = inner;
  while (frame && frame !== outer) {
    if (!frame.immediate) return false;
    frame = frame.parent;
  }
  return frame === outer;
}
