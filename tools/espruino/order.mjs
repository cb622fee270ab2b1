// SPDX-License-Identifier: MIT
// Walks a program in the order in which it runs and reports uses above their definition, also those
// made by a function that is called too early; closures over a loop's variable, of which Espruino
// makes only one; and names of V8 that are missing.

import { MISSING_GLOBALS } from "./missing.mjs";
import { children, isFunction, lookUp, runsAtOnce, scopeOf } from "./scopes.mjs";

/** @typedef {import("./scopes.mjs").Node} Node */

/** Methods that call their callback before they return. */
const AT_ONCE = new Set(
  "every filter find findIndex forEach map reduce replace some sort".split(" "),
);

/** Whether a function expression runs where it stands: `(function () {})()`, `list.map(() => 1)`. */
function isImmediate(node, parent) {
  if (parent?.type !== "CallExpression" && parent?.type !== "NewExpression") return false;
  if (parent.callee === node) return true;
  return parent.callee.type === "MemberExpression" && AT_ONCE.has(parent.callee.property.name);
}

/** Whether an identifier reads or writes a variable: it is no key, no label, no declaration. */
function isUse(node, parent) {
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
      return parent.value === node || parent.computed;
    case "VariableDeclarator":
      return parent.init === node;
    case "ClassDeclaration":
    case "ClassExpression":
      return parent.superClass === node;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return parent.body === node;
    case "AssignmentPattern":
      return parent.right === node;
    case "UnaryExpression":
      return parent.operator !== "typeof";
    case "ExportSpecifier":
      return parent.local === node;
    default:
      return !/^(Labeled|Break|Continue|Catch|Rest|ArrayPattern|ObjectPattern|Import)/.test(
        parent.type,
      );
  }
}

/** Whether a child is executed only sometimes. */
function isConditional(child, parent) {
  if (parent.type === "IfStatement" || parent.type === "ConditionalExpression") {
    return child !== parent.test;
  }
  if (parent.type === "LogicalExpression") return child === parent.right;
  if (parent.type === "SwitchStatement") return child !== parent.discriminant;
  if (/^(For|While)/.test(parent.type)) return child === parent.body || child === parent.update;
  return parent.type === "CatchClause";
}

/** Whether a statement may end its function, its loop or its block early. */
function mayLeave(node) {
  if (isFunction(node)) return false;
  return /^(Return|Throw|Break|Continue)/.test(node.type) || children(node).some(mayLeave);
}

/** Names the program asks `typeof` of: it knows that they may be missing. @param {Node} node */
function askedFor(node) {
  const { operator, argument } = node.type === "UnaryExpression" ? node : {};
  const name = operator === "typeof" && argument.type === "Identifier" ? [argument.name] : [];
  return [...name, ...children(node).flatMap(askedFor)];
}

/**
 * All uses of variables, and the frames they are in.
 * @param {Node} program
 * @param {(node: Node, message: string) => void} say
 */
function collectUses(program, say) {
  /** @type {import("./scopes.mjs").Use[]} */
  const uses = [];
  /** @type {Map<Node, import("./scopes.mjs").Frame>} */
  const frames = new Map();
  const asked = new Set(askedFor(program));

  function use(node, parent, scope, frame, certain, loops) {
    const binding = lookUp(scope, node.name);
    if (!binding) {
      if (MISSING_GLOBALS.has(node.name) && !asked.has(node.name))
        say(node, `${node.name} does not exist`);
      return;
    }
    const called = /^(Call|New)Expression$/.test(parent.type) && parent.callee === node;
    const made = { binding, node, frame, certain, called, loops };
    uses.push(made);
    for (let at = frame; at; at = at.immediate ? at.parent : undefined) at.uses.push(made);
  }

  function visit(node, parent, scope, frame, certain, loops) {
    if (node.type === "Identifier") {
      if (isUse(node, parent)) use(node, parent, scope, frame, certain, loops);
      return;
    }
    let inside = frame;
    if (isFunction(node) || node.type === "Program") {
      inside = { node, parent: frame, immediate: isImmediate(node, parent), uses: [] };
      frames.set(node, inside);
      if (!inside.immediate) [certain, loops] = [true, []];
    }
    const inner = scopeOf(node, scope, inside) ?? scope;
    if (/^(For|While|DoWhile)/.test(node.type)) loops = [...loops, node];
    let left = false;
    for (const child of children(node)) {
      const sure = certain && !left && !isConditional(child, node);
      visit(child, node, inner, inside, sure, loops);
      left = left || (/^(Program|BlockStatement)$/.test(node.type) && mayLeave(child));
    }
  }

  visit(program, undefined, undefined, undefined, true, []);
  return { uses, frames };
}

/** What a function certainly uses when it is called, by itself and by the functions it calls. */
function reach(frame, frames, seen = new Set()) {
  const found = new Set();
  if (seen.has(frame)) return found;
  seen.add(frame);
  for (const { binding, called, certain } of frame.uses) {
    if (!certain) continue;
    found.add(binding);
    const target = called && binding.value && frames.get(binding.value);
    if (target) for (const more of reach(target, frames, seen)) found.add(more);
  }
  return found;
}

/**
 * Reports what runs before it is defined.
 * @param {Node} program
 * @param {(node: Node, message: string) => void} say
 */
export function checkOrder(program, say) {
  const { uses, frames } = collectUses(program, say);
  for (const { binding, node, frame, called, loops } of uses) {
    const { kind, at, scope } = binding;
    const now = runsAtOnce(frame, scope.frame);
    if (scope.loop && /let|const/.test(kind) && !now) {
      say(node, `${node.name} is one variable for the whole loop, a closure sees its last value`);
    }
    const again = kind === "var" && loops.some((l) => l.start < binding.node.start && at <= l.end);
    if (now && node.start < at && !again) {
      say(node, `${node.name} is used above its definition, nothing is hoisted`);
      continue;
    }
    const target = called && binding.value && frames.get(binding.value);
    if (!target) continue;
    for (const other of reach(target, frames)) {
      if (node.start < other.at && runsAtOnce(frame, other.scope.frame)) {
        say(node, `${node.name} uses ${other.node.name}, which is defined below this call`);
      }
    }
  }
}
