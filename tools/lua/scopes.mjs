// SPDX-License-Identifier: MIT
// What each name of a Lua text stands for, and what a function asks of Lua's compiler: how many
// local variables are active at once and how many upvalues it has, counted as lparser.c counts them.

import { children } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */
/**
 * @typedef {{ node: Node, parent: Frame | undefined, active: number, locals: number,
 *   upvalues: Set<Binding> }} Frame a function, or the chunk; `locals` is the most at once
 * @typedef {{ name: string, frame: Frame, start: number, end: number, group: Node,
 *   nodes: Node[], uses: number[], fixed: boolean }} Binding
 *   visible from `start` to `end`, in steps of the walk; `group` is the statement that made it;
 *   `fixed` where the language gives the name
 */

/** The hidden variables of a `for` loop: index, limit and step, or function, state and control. */
const HIDDEN = 3;

/** @param {Node} chunk */
export function resolve(chunk) {
  /** @type {Binding[]} */
  const bindings = [];
  /** @type {Frame[]} */
  const frames = [];
  /** Steps at which a global is used. @type {Map<string, number[]>} */
  const globals = new Map();
  /** @type {Map<Node, Binding>} */
  const bindingOf = new Map();
  /** @type {Binding[]} */
  let visible = [];
  /** @type {any} */
  let frame;
  let step = 0;

  function claim(count) {
    frame.active += count;
    frame.locals = Math.max(frame.locals, frame.active);
  }

  /** @param {Node[]} identifiers @param {Node} group */
  function declare(identifiers, group, fixed = false) {
    step += 1;
    for (const node of identifiers) {
      const binding = { name: node.name, frame, start: step, end: 0, group, fixed };
      Object.assign(binding, { nodes: [node], uses: [] });
      bindings.push(/** @type {any} */ (binding));
      visible.push(/** @type {any} */ (binding));
      bindingOf.set(node, /** @type {any} */ (binding));
    }
    claim(identifiers.length);
  }

  function use(node) {
    step += 1;
    const binding = visible.findLast((one) => one.name === node.name);
    if (!binding) {
      globals.set(node.name, [...(globals.get(node.name) ?? []), step]);
      return;
    }
    binding.nodes.push(node);
    binding.uses.push(step);
    bindingOf.set(node, binding);
    // Functions between here and there hand an upvalue on, and have it themselves.
    for (let at = frame; at !== binding.frame; at = at.parent) at.upvalues.add(binding);
  }

  /** What is declared while `inside` runs ends with it. */
  function scope(inside) {
    const [before, active] = [visible.length, frame.active];
    inside();
    step += 1;
    for (const binding of visible.splice(before)) binding.end = step;
    frame.active = active;
  }

  function enter(node, inside) {
    frame = { node, parent: frame, active: 0, locals: 0, upvalues: new Set() };
    frames.push(frame);
    scope(inside);
    frame = frame.parent;
  }

  const visitAll = (nodes) => nodes.forEach(visit);
  const block = (nodes) => scope(() => visitAll(nodes));

  function visitFunction(node) {
    if (node.identifier && node.isLocal) declare([node.identifier], node);
    else if (node.identifier) visit(node.identifier);
    enter(node, () => {
      const isMethod = node.identifier?.indexer === ":";
      if (isMethod) declare([{ type: "Identifier", name: "self" }], node, true);
      declare(
        node.parameters.filter((one) => one.type === "Identifier"),
        node,
      );
      // Lua 5.1 makes a hidden `arg` beside `...`.
      if (node.parameters.at(-1)?.type === "VarargLiteral") claim(1);
      visitAll(node.body);
    });
  }

  function visitFor(node, heads, variables) {
    visitAll(heads);
    scope(() => {
      claim(HIDDEN);
      declare(variables, node);
      visitAll(node.body);
    });
  }

  /** @param {Node} node */
  function visit(node) {
    switch (node.type) {
      case "Identifier":
        return use(node);
      case "MemberExpression":
        return visit(node.base);
      case "TableKeyString":
        return visit(node.value);
      case "LocalStatement":
        visitAll(node.init);
        return declare(node.variables, node);
      case "FunctionDeclaration":
        return visitFunction(node);
      case "ForNumericStatement":
        return visitFor(node, [node.start, node.end, node.step].filter(Boolean), [node.variable]);
      case "ForGenericStatement":
        return visitFor(node, node.iterators, node.variables);
      case "RepeatStatement":
        // The condition sees the variables of the body.
        return scope(() => visitAll([...node.body, node.condition]));
      case "WhileStatement":
      case "DoStatement":
      case "IfClause":
      case "ElseifClause":
      case "ElseClause":
        if (node.condition) visit(node.condition);
        return block(node.body);
      case "GotoStatement":
      case "LabelStatement":
        return;
      default:
        return visitAll(children(node));
    }
  }

  enter(chunk, () => visitAll(chunk.body));
  return { bindings, frames, globals, bindingOf };
}
