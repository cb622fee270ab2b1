// SPDX-License-Identifier: MIT
// Fewer `local` statements and blocks, and local variables for functions of libraries that are used often.
// All work on a tree whose local variables all have names of their own (`distinguish`).

import { resolve } from "./scopes.mjs";
import { identifier, isMulti, rewrite, walk } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */

/** What NodeMCU's Lua 5.1 allows a function. */
export const MAX_LOCALS = 50;
export const MAX_UPVALUES = 60;

/** Names that no text can have, so that statements can be moved without a look at scopes. */
export function distinguish(/** @type {Node} */ chunk) {
  resolve(chunk).bindings.forEach((binding, index) => {
    if (binding.fixed) return;
    for (const node of binding.nodes) node.name = `${binding.name}#${index}`;
  });
}

/** @param {Node} chunk */
export function fits(chunk) {
  const fitsIn = (frame) => frame.locals <= MAX_LOCALS && frame.upvalues.size <= MAX_UPVALUES;
  return resolve(chunk).frames.every(fitsIn);
}

const isLocal = (/** @type {Node} */ node) => node.type === "LocalStatement" || node.isLocal;
const isLeaving = (/** @type {Node} */ node) => /^(Return|Break)Statement$/.test(node.type);

/**
 * `do … end` that limits nothing, because nothing local is in it or it is the last of a block around it, as
 * its statements alone.
 * @param {Node} chunk
 */
export function openBlocks(chunk) {
  const open = (/** @type {Node[]} */ body) =>
    body.flatMap((node, at) => {
      const isOpen =
        node.type === "DoStatement" &&
        (at === body.length - 1 || !node.body.some((one) => isLocal(one) || isLeaving(one)));
      return isOpen ? node.body : [node];
    });
  return rewrite(chunk, (node) =>
    Array.isArray(node.body) ? { ...node, body: open(node.body) } : node,
  );
}

const nil = () => ({ type: "NilLiteral", value: null, raw: "nil" });

/** Variables get nil without being told. @param {Node} statement */
function dropNils(statement) {
  const { init, variables } = statement;
  const last = () => init.at(-1);
  while (last()?.type === "NilLiteral" && init.length <= variables.length) {
    if (init.length > 1 && isMulti(init.at(-2))) return;
    init.pop();
  }
}

/** The first statement with the second one's variables, if that means the same. */
function joined(/** @type {Node} */ first, /** @type {Node} */ second) {
  const missing = first.variables.length - first.init.length;
  if (missing < 0 || second.init.length > second.variables.length) return undefined;
  const isOpen = first.init.length > 0 && isMulti(first.init.at(-1));
  if (isOpen && (missing > 0 || second.init.length === 0)) return undefined;
  const isPadded = second.init.length > 0;
  // `local ` and a space, less a comma here and there, against `nil,` for each.
  if (isPadded && missing > 1) return undefined;
  const names = new Set(first.variables.map((variable) => variable.name));
  let isFree = true;
  for (const value of second.init) walk(value, (node) => (isFree &&= !names.has(node.name)));
  if (!isFree) return undefined;
  const padding = isPadded ? Array.from({ length: missing }, nil) : [];
  return {
    type: "LocalStatement",
    variables: [...first.variables, ...second.variables],
    init: [...first.init, ...padding, ...second.init],
  };
}

/** @param {Node[]} body */
function joinIn(body) {
  /** @type {Node[]} */
  const out = [];
  for (const node of body) {
    if (node.type === "LocalStatement") dropNils(node);
    out.push(node);
    // What two statements became can be joined with the one before.
    while (out.length > 1) {
      const [before, last] = /** @type {[Node, Node]} */ (out.slice(-2));
      if (before.type !== "LocalStatement" || last.type !== "LocalStatement") break;
      const both = joined(before, last);
      if (!both) break;
      out.splice(-2, 2, both);
    }
  }
  return out;
}

/** `local a = 1 local b = 2` as `local a, b = 1, 2`. @param {Node} chunk */
export function joinLocals(chunk) {
  return rewrite(chunk, (node) =>
    Array.isArray(node.body) ? { ...node, body: joinIn(node.body) } : node,
  );
}

/** The path of a global or of its field: `type`, `string.byte`. @param {Node} node */
function pathOf(node, isGlobal) {
  if (node.type === "Identifier") return isGlobal(node) ? node.name : undefined;
  if (node.type !== "MemberExpression" || node.indexer !== "." || !isGlobal(node.base)) return;
  return `${node.base.name}.${node.identifier.name}`;
}

/** Where each path is used, without those that the text assigns to. */
function usesOf(/** @type {Node} */ chunk, /** @type {string[]} */ paths) {
  const { bindingOf } = resolve(chunk);
  const isGlobal = (node) => node.type === "Identifier" && !bindingOf.has(node);
  /** @type {Map<string, Set<Node>>} */
  const uses = new Map(paths.map((path) => [path, new Set()]));
  const assigned = new Set();
  /** Names that are no variables: of fields, and of parameters, which `bindingOf` knows. */
  const names = new Set();
  walk(chunk, (node) => {
    if (node.type === "MemberExpression") names.add(node.identifier);
    if (node.type === "TableKeyString") names.add(node.key);
    const targets = node.type === "AssignmentStatement" ? node.variables : [];
    const own = node.type === "FunctionDeclaration" && node.identifier ? [node.identifier] : [];
    for (const target of [...targets, ...own]) assigned.add(pathOf(target, isGlobal));
    const path = names.has(node) ? undefined : pathOf(node, isGlobal);
    if (path) uses.get(path)?.add(node);
  });
  for (const path of paths) {
    if (assigned.has(path) || assigned.has(path.split(".")[0])) uses.delete(path);
  }
  return uses;
}

/** What a path saves as a variable of one or two letters: `local name=path` is paid once. */
const saving = (path, count) => count * (path.length - 1.5) - path.length - 3.5;

/**
 * Reads fields of libraries once, at the top of the chunk, where that makes the text shorter and
 * keeps within NodeMCU's limits.
 * @param {Node} chunk @param {string[]} paths such as `string.byte`, or `type`
 */
export function hoist(chunk, paths) {
  const ranked = [...usesOf(chunk, paths)]
    .map(([path, nodes]) => ({ path, nodes, saved: saving(path, nodes.size) }))
    .filter(({ saved }) => saved > 0)
    .sort((a, b) => b.saved - a.saved);
  for (; ranked.length > 0; ranked.pop()) {
    const nameOf = new Map(ranked.flatMap(({ path, nodes }) => [...nodes].map((n) => [n, path])));
    const variables = ranked.map(({ path }) => identifier(`${path}#`));
    const init = ranked.map(({ path }) => {
      const [base, field] = path.split(".");
      if (field === undefined) return identifier(base);
      const member = { base: identifier(base), identifier: identifier(field) };
      return { type: "MemberExpression", indexer: ".", ...member };
    });
    const body = chunk.body.map((node) => mark(node, nameOf));
    const top = { type: "LocalStatement", variables, init };
    const changed = { type: "Chunk", body: [top, ...body] };
    if (fits(changed)) return changed;
  }
  return chunk;
}

/** A copy in which the given nodes are variables. @param {Node} node @returns {any} */
function mark(node, nameOf) {
  if (nameOf.has(node)) return identifier(`${nameOf.get(node)}#`);
  const copy = (value) => {
    if (Array.isArray(value)) return value.map(copy);
    return value !== null && typeof value?.type === "string" ? mark(value, nameOf) : value;
  };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, copy(value)]));
}
