// SPDX-License-Identifier: MIT
// Short names: for local variables, which may share a name wherever none is used in the reach of the
// other, and for fields that the caller names. Globals and all other fields keep theirs.

import { isName } from "./fold.mjs";
import { resolve } from "./scopes.mjs";
import { walk } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */
/** @typedef {import("./scopes.mjs").Binding} Binding */

const FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
const LATER = `${FIRST}0123456789`;

/** Names from the shortest on. */
function* names() {
  let level = [...FIRST];
  for (;;) {
    for (const name of level) if (isName(name) && name !== "_") yield name;
    level = level.flatMap((start) => [...LATER].map((letter) => start + letter));
  }
}

const isUsedIn = (uses, reach) => uses.some((step) => step > reach.start && step < reach.end);

/** Whether two variables of one name would be taken for each other. */
function clash(/** @type {Binding} */ a, /** @type {Binding} */ b) {
  if (a.group === b.group && a.frame === b.frame) return true;
  // The later one hides the other as far as it reaches.
  return a.start < b.start ? isUsedIn(a.uses, b) : isUsedIn(b.uses, a);
}

/** @param {Node} chunk changed in place */
export function renameLocals(chunk) {
  const { bindings, globals } = resolve(chunk);
  /** @type {Map<string, Binding[]>} */
  const taken = new Map();
  const give = (binding, name) => {
    taken.set(name, [...(taken.get(name) ?? []), binding]);
    for (const node of binding.nodes) node.name = name;
  };
  const isFree = (binding, name) =>
    !isUsedIn(globals.get(name) ?? [], binding) &&
    !(taken.get(name) ?? []).some((other) => clash(binding, other));

  for (const binding of bindings.filter((one) => one.fixed)) give(binding, binding.name);
  const open = bindings.filter((one) => !one.fixed);
  for (const binding of open.sort((a, b) => b.nodes.length - a.nodes.length)) {
    for (const name of names()) {
      if (!isFree(binding, name)) continue;
      give(binding, name);
      break;
    }
  }
}

/** The identifier nodes that name fields. @param {Node} chunk */
function fieldNodes(chunk) {
  /** @type {Node[]} */
  const nodes = [];
  walk(chunk, (node) => {
    if (node.type === "MemberExpression") nodes.push(node.identifier);
    if (node.type === "TableKeyString") nodes.push(node.key);
  });
  return nodes;
}

/**
 * @param {Node} chunk changed in place
 * @param {RegExp | Set<string> | undefined} fields which names may change
 */
export function renameFields(chunk, fields) {
  if (!fields) return;
  const isOpen = (name) => (fields instanceof Set ? fields.has(name) : name.search(fields) >= 0);
  /** @type {Map<string, Node[]>} */
  const open = new Map();
  const kept = new Set();
  for (const node of fieldNodes(chunk)) {
    if (isOpen(node.name)) open.set(node.name, [...(open.get(node.name) ?? []), node]);
    else kept.add(node.name);
  }
  const source = names();
  const next = () => {
    for (;;) {
      const name = /** @type {string} */ (source.next().value);
      if (!kept.has(name)) return name;
    }
  };
  for (const nodes of [...open.values()].sort((a, b) => b.length - a.length)) {
    const name = next();
    for (const node of nodes) node.name = name;
  }
}
