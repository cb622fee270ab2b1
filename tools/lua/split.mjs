// SPDX-License-Identifier: MIT
// Cuts a chunk of Lua into files that are loaded one after the other, for boards on which the compiler
// needs more memory than the program: NodeMCU collects no garbage while it compiles, so what it needs
// grows with the length of a file. Works on the syntax tree of any chunk, also of a minified one.
//
// Local variables of the chunk are shared by way of two tables that each file is given. What an earlier
// file has made is read from the first one into a local variable, at the top; that table is gone when
// all files are loaded. What only a later file makes stays a field of the second one, and so does what
// functions assign to.

import { distinguish, joinLocals } from "./locals.mjs";
import { print } from "./print.mjs";
import { renameLocals } from "./rename.mjs";
import { resolve } from "./scopes.mjs";
import { identifier, isMulti, parse, rewrite, walk } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node @typedef {import("./scopes.mjs").Binding} Binding */

const SHARED = "shared#";
const LATE = "late#";

/** @param {string} table @param {string} key @returns {Node} */
const field = (table, key) => ({
  type: "MemberExpression",
  indexer: ".",
  base: identifier(table),
  identifier: identifier(key),
});

/** a, b, …, z, A, …, Z, aa, …: as names of fields, none of which is a word of Lua. */
function keyOf(index) {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const tail = letters[index % letters.length];
  return index < letters.length ? tail : `_${tail}${Math.floor(index / letters.length)}`;
}

/** Statements in groups of at most `size` octets, where a statement is not longer by itself. */
function grouped(/** @type {Node[]} */ statements, size) {
  /** @type {Node[][]} */
  const groups = [];
  let room = 0;
  for (const statement of statements) {
    const [from, to] = /** @type {[number, number]} */ (statement.range);
    const length = to - from;
    if (length > room || groups.length < 1) {
      groups.push([]);
      room = size;
    }
    groups.at(-1)?.push(statement);
    room -= length;
  }
  return groups;
}

/** The variables of a declaration that get a value: with a call at its end all may. @param {Node} node */
function given({ init, variables }) {
  return init.length > 0 && isMulti(init.at(-1)) ? variables : variables.slice(0, init.length);
}

/** What is assigned to by a statement itself. @param {Node} node @returns {Node[]} */
function targetsOf(node) {
  if (node.type === "LocalStatement") return given(node);
  if (node.type === "AssignmentStatement") return node.variables;
  return node.type === "FunctionDeclaration" && node.identifier ? [node.identifier] : [];
}

/**
 * For each local variable of the chunk the groups that use it and those that assign to it;
 * `isMoving` where a function does.
 */
function usesOf(/** @type {Node[][]} */ groups, bindingOf) {
  /** @type {Map<Binding, { used: Set<number>, made: Set<number>, isMoving: boolean }>} */
  const uses = new Map();
  const of = (binding) => {
    if (!uses.has(binding))
      uses.set(binding, { used: new Set(), made: new Set(), isMoving: false });
    return /** @type {any} */ (uses.get(binding));
  };
  groups.forEach((statements, group) => {
    for (const statement of statements) {
      const top = new Set(targetsOf(statement));
      walk(statement, (node) => {
        const binding = bindingOf.get(node);
        if (binding && !binding.frame.parent) of(binding).used.add(group);
        for (const target of targetsOf(node)) {
          const made = bindingOf.get(target);
          if (!made || made.frame.parent) continue;
          if (top.has(target)) of(made).made.add(group);
          else of(made).isMoving = true;
        }
      });
    }
  });
  return uses;
}

/** A statement of the chunk as one that declares nothing. @param {Node} node @returns {Node[]} */
function undeclared(node) {
  if (node.type === "FunctionDeclaration") return [{ ...node, isLocal: false }];
  if (node.type !== "LocalStatement") return [node];
  if (node.init.length < 1) return [];
  return [{ type: "AssignmentStatement", variables: given(node), init: node.init }];
}

/** `local a, b = …`, or nothing where there is nothing to declare. */
const declare = (names, init = []) =>
  names.length > 0 ? [{ type: "LocalStatement", variables: names.map(identifier), init }] : [];

/** One group as a file of its own. */
function fileOf(statements, group, { uses, bindingOf, keys, nameOf }) {
  const [own, imported, exported, late] = [[], [], [], []];
  /** @type {Set<Binding>} */
  const fields = new Set();
  for (const [binding, { used, made, isMoving }] of uses) {
    const [only] = made;
    if (isMoving || made.size !== 1 || group < only) {
      if (used.has(group)) fields.add(binding);
    } else if (group > only) {
      if (used.has(group)) imported.push(binding);
    } else {
      own.push(binding);
      if (Math.max(...used) > group) exported.push(binding);
      if (Math.min(...used) < group) late.push(binding);
    }
  }
  const changed = statements.flatMap(undeclared).map((statement) =>
    rewrite(statement, (node) => {
      const binding = bindingOf.get(node);
      return binding && fields.has(binding) ? field(LATE, keys.get(binding)) : node;
    }),
  );
  const stores = [
    ...exported.map((binding) => [field(SHARED, keys.get(binding)), nameOf.get(binding)]),
    ...late.map((binding) => [field(LATE, keys.get(binding)), nameOf.get(binding)]),
  ];
  const store = {
    type: "AssignmentStatement",
    variables: stores.map(([target]) => target),
    init: stores.map(([, name]) => identifier(name)),
  };
  const isEnd = changed.at(-1)?.type === "ReturnStatement";
  return {
    type: "Chunk",
    body: [
      ...declare([SHARED, LATE], [{ type: "VarargLiteral", value: "...", raw: "..." }]),
      ...declare(
        imported.map((one) => nameOf.get(one)),
        imported.map((binding) => field(SHARED, keys.get(binding))),
      ),
      ...declare(own.map((one) => nameOf.get(one))),
      ...changed.slice(0, isEnd ? -1 : undefined),
      ...(stores.length > 0 ? [store] : []),
      ...(isEnd ? changed.slice(-1) : []),
    ],
  };
}

/** The file that loads the others: compiled ones where they are. */
const loader = (name, count) =>
  `local a,b,c={},{} for i=1,${count} do local n="${name}-"..i\n` +
  `local f=loadfile(n..".lc")or assert(loadfile(n..".lua"))c=f(a,b)f=nil collectgarbage()end return c`;

/**
 * @param {string} text a chunk that ends with `return`
 * @param {object} options
 * @param {string} options.name of the files, without a number and an ending
 * @param {number} options.size the most octets of a file, as far as no function is longer
 * @param {number} options.width the most characters of a line
 * @returns {Record<string, string>} texts by name: `name.lua` loads `name-1.lua`, …
 */
export function split(text, { name, size, width }) {
  const chunk = parse(text);
  distinguish(chunk);
  const groups = grouped(chunk.body, size);
  const { bindingOf, bindings } = resolve(chunk);
  const shared = bindings.filter(({ frame }) => !frame.parent);
  const keys = new Map(shared.map((binding, index) => [binding, keyOf(index)]));
  // Now, because each file gives its own names.
  const nameOf = new Map(shared.map((binding) => [binding, binding.name]));
  const uses = usesOf(groups, bindingOf);
  const files = groups.map((statements, group) => {
    const file = joinLocals(fileOf(statements, group, { uses, bindingOf, keys, nameOf }));
    renameLocals(file);
    return print(file, width);
  });
  return {
    [`${name}.lua`]: loader(name, files.length),
    ...Object.fromEntries(files.map((file, at) => [`${name}-${at + 1}.lua`, file])),
  };
}
