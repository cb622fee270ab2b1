// SPDX-License-Identifier: MIT
// Passes on a chunk of Lua before it is minified. `inlineSmall` writes functions that only return
// an expression out where they are called, `inlineOnce` those called once, `inPlace` those that are a
// value once: a function costs octets, heap and a local variable. `nest` deals with NodeMCU's Lua 5.1,
// which has 50 local variables a function.

import { MAX_UPVALUES } from "./locals.mjs";
import { resolve } from "./scopes.mjs";
import { children, parse, walk } from "./tree.mjs";

/** @typedef {import("./tree.mjs").Node} Node */

function applyEdits(text, edits) {
  for (const [from, to, by] of edits.sort((a, b) => b[0] - a[0])) {
    text = text.slice(0, from) + by + text.slice(to);
  }
  return text;
}

/** A step again and again, until it finds nothing to do and answers undefined. */
function untilDone(text, step) {
  for (let round = 0; round < 300; round++) {
    const next = step(text);
    if (next === undefined) return text;
    text = next;
  }
  return text;
}

/** Bindings of the chunk itself that are functions and nothing else, by declaration. */
function functionsOf(text) {
  const chunk = parse(text);
  const resolved = resolve(chunk);
  const found = new Map();
  for (const node of chunk.body) {
    if (node.type !== "FunctionDeclaration" || node.identifier?.type !== "Identifier") continue;
    const binding = resolved.bindingOf.get(node.identifier);
    if (binding) found.set(binding, found.has(binding) ? undefined : node);
  }
  for (const [binding, node] of found) if (!node) found.delete(binding);
  return { chunk, resolved, found };
}

const isSimple = (node) =>
  node.type === "Identifier" || node.type.endsWith("Literal") || isPath(node);

/** `a.b.c` of a name. */
function isPath(node) {
  if (node.type !== "MemberExpression" || node.indexer !== ".") return false;
  return node.base.type === "Identifier" || isPath(node.base);
}

/** Expressions that need no parentheses anywhere. */
const isClosed = (node) => isSimple(node) || node.type === "CallExpression";

/**
 * Also drops functions that nothing uses.
 * @param {string} text
 */
export function inlineSmall(text) {
  return untilDone(text, inlineOne);
}

function inlineOne(text) {
  const { chunk, resolved, found } = functionsOf(text);
  for (const [binding, node] of found) {
    const declared = binding.nodes[0] !== node.identifier ? binding.nodes[0] : undefined;
    const isUsed = binding.nodes.some(
      (use) => use !== node.identifier && use !== declared && !inside(use, node),
    );
    if (isUsed) continue;
    const edits = [[node.range[0], node.range[1], ""]];
    if (declared) edits.push(...withoutName(text, resolved, declared));
    return applyEdits(text, edits);
  }
  const calls = new Map();
  walk(chunk, (node) => {
    if (node.type === "CallExpression" && node.base.type === "Identifier") {
      calls.set(node.base, node);
    }
  });
  for (const [binding, node] of found) {
    const [statement, ...more] = node.body;
    if (statement?.type !== "ReturnStatement" || more.length > 0) continue;
    if (statement.arguments.length !== 1) continue;
    const [expression] = statement.arguments;
    const uses = binding.nodes.filter((use) => use !== node.identifier);
    const declared = binding.nodes[0] !== node.identifier ? binding.nodes[0] : undefined;
    const places = uses.filter((use) => use !== declared);
    if (places.length < 1 || !places.every((use) => calls.has(use))) continue;
    if (
      places.length > 1 &&
      !isShort(
        text,
        node,
        expression,
        places.map((use) => calls.get(use)),
      )
    ) {
      continue;
    }
    if (places.some((use) => inside(use, node))) continue;
    const parameters = node.parameters.map((p) => resolved.bindingOf.get(p));
    // What it reads must mean the same where it is called: only its parameters and the chunk's names.
    const free = [];
    walk(expression, (n) => {
      if (n.type === "Identifier" && resolved.bindingOf.has(n)) {
        const one = resolved.bindingOf.get(n);
        if (!parameters.includes(one)) free.push(one);
      }
    });
    if (free.some((one) => one.frame.parent)) continue;
    const counts = parameters.map((p) => p.nodes.filter((n) => n !== p.nodes[0]).length);
    const replaced = places.map((use) => {
      const call = calls.get(use);
      const given = call.arguments;
      const fits = parameters.every((_p, i) => {
        const argument = given[i];
        if (argument === undefined) return true;
        return isSimple(argument) || counts[i] === 1 || (counts[i] === 0 && isSimple(argument));
      });
      // A name of the chunk may be another one's where the call stands.
      const isClear = free.every((one) => isVisible(resolved, use, one));
      if (!fits || !isClear || given.length > parameters.length) return undefined;
      const edits = [];
      parameters.forEach((p, i) => {
        const argument = given[i];
        // In brackets: a field of it may be asked for where it is known to be there.
        const written = argument === undefined ? "(nil)" : text.slice(...argument.range);
        const safe = argument === undefined || isClosed(argument) ? written : `(${written})`;
        for (const n of p.nodes.slice(1)) {
          edits.push([n.range[0] - expression.range[0], n.range[1] - expression.range[0], safe]);
        }
      });
      const body = applyEdits(text.slice(...expression.range), edits);
      return [call.range[0], call.range[1], isClosed(expression) ? body : `(${body})`];
    });
    if (replaced.some((one) => one === undefined)) continue;
    // One call inside another's arguments: the outer one is written out in the next round.
    const apart = replaced.filter(
      (one) => !replaced.some((o) => o !== one && o[0] <= one[0] && o[1] >= one[1]),
    );
    const all = apart.length === replaced.length;
    const edits = [...apart];
    if (all) {
      edits.push([node.range[0], node.range[1], ""]);
      if (declared) edits.push(...withoutName(text, resolved, declared));
    }
    return applyEdits(text, edits);
  }
  return undefined;
}

/** Octets of a text once its names are short and its spaces gone, roughly. */
const shortened = (text) =>
  text.replace(/\b(?!and|or|not|nil)[A-Za-z_]\w*/g, "a").replace(/\s/g, "").length;

/** Whether an expression that is written out at each call takes no more octets than a function. */
function isShort(text, node, expression, calls) {
  const body = shortened(text.slice(...expression.range));
  const given = calls.map((call) => shortened(text.slice(...call.range)));
  const whole = shortened(text.slice(...node.range)) + given.reduce((a, b) => a + b);
  return (
    calls.reduce((sum, call, i) => sum + body + given[i] - 3 - call.arguments.length, 0) <= whole
  );
}

const inside = (node, outer) => node.range[0] >= outer.range[0] && node.range[1] <= outer.range[1];

/** Whether a binding of the chunk is what its name means at a use of another name. */
function isVisible(resolved, use, binding) {
  for (const other of resolved.bindings) {
    if (other === binding || other.name !== binding.name) continue;
    const step =
      resolved.bindingOf.get(use).uses[resolved.bindingOf.get(use).nodes.indexOf(use) - 1];
    if (other.start <= step && step <= other.end) return false;
  }
  return true;
}

/** The edits that take a name out of its `local a, b` without values. */
function withoutName(text, resolved, identifier) {
  const { group } = resolved.bindingOf.get(identifier);
  const kept = group.variables.filter((one) => one !== identifier).map((one) => one.name);
  const by = kept.length > 0 ? `local ${kept.join(", ")}` : "";
  return [[group.range[0], group.range[1], by]];
}

/**
 * Functions that are called in one place, as a statement, as what is returned or as the value of one
 * variable, are written out there: a function costs octets, and on a board some 200 octets of heap.
 * @param {string} text
 * @param {Set<string>} [passed] functions of which every negative result is a number in its text, or was
 *   looked at by an `if x < 0 then return x end` of its own: where the caller would pass such a result on at
 *   once, the function's `return` becomes the caller's
 */
export function inlineOnce(text, passed = new Set()) {
  return untilDone(text, (before) => inlineCall(before, passed));
}

function inlineCall(text, passed) {
  const before = excess(text);
  const { chunk, resolved, found } = functionsOf(text);
  const changed = assigned(chunk, resolved);
  const sites = new Map();
  walk(chunk, (node) => {
    const site = siteOf(node);
    if (site) sites.set(site.call.base, site);
  });
  for (const [binding, node] of found) {
    const declared = binding.nodes[0] !== node.identifier ? binding.nodes[0] : undefined;
    const uses = binding.nodes.filter((use) => use !== node.identifier && use !== declared);
    const site = uses.length === 1 ? sites.get(uses[0]) : undefined;
    if (!site || inside(uses[0], node)) continue;
    if (site.call.arguments.length > node.parameters.length) continue;
    const kept = node.parameters.map((one) => changed.has(resolved.bindingOf.get(one)));
    const isPassed = passed.has(binding.name) && isPassedOn(text, chunk, site);
    const body = bodyFor(text, node, site, kept, isPassed);
    if (body === undefined || !isClearAt(resolved, node, uses[0])) continue;
    const edits = [
      [node.range[0], node.range[1], ""],
      [site.node.range[0], site.node.range[1], body],
    ];
    if (declared) edits.push(...withoutName(text, resolved, declared));
    const written = applyEdits(text, edits);
    if (excess(written) <= before) return written;
  }
  return undefined;
}

/** A statement that is a call, or returns one, or gives its value to one variable. */
function siteOf(node) {
  const call =
    node.type === "CallStatement"
      ? node.expression
      : node.type === "ReturnStatement" && node.arguments.length === 1
        ? node.arguments[0]
        : (node.type === "LocalStatement" || node.type === "AssignmentStatement") &&
            node.variables.length === 1 &&
            node.variables[0].type === "Identifier" &&
            node.init.length === 1
          ? node.init[0]
          : undefined;
  const isCall = call?.type === "CallExpression" && call.base.type === "Identifier";
  return isCall ? { node, call } : undefined;
}

const ownReturns = (node) => {
  const found = [];
  const visit = (n) => {
    if (n.type === "ReturnStatement") found.push(n);
    if (n.type !== "FunctionDeclaration") for (const child of children(n)) visit(child);
  };
  for (const statement of node.body) visit(statement);
  return found;
};

/**
 * The function's body as it stands at the site, or undefined where it cannot stand there. `kept` says
 * of each parameter whether it is given another value.
 */
function bodyFor(text, node, { node: statement, call }, kept, isPassed) {
  const last = node.body.at(-1);
  const negative = isPassed ? negativeReturns(node) : [];
  const returns = ownReturns(node).filter((one) => one === last || !negative.includes(one));
  const given = call.arguments.map((one) => text.slice(...one.range));
  const names = node.parameters.map((one) => one.name);
  if (names.some((name) => name === undefined)) return undefined;
  const pairs = names
    .map((name, i) => [name, given[i] ?? "nil", kept[i]])
    .filter(([name, value, isKept]) => isKept || name !== value);
  // `a(b, c(d))`: what is given is evaluated before any of the names means something else.
  const mixes = pairs.some(([, one]) =>
    pairs.some(([name]) => new RegExp(`\\b${name}\\b`).test(one)),
  );
  const head =
    pairs.length < 1
      ? ""
      : mixes
        ? `local ${pairs.map(([a]) => a).join(", ")} = ${pairs.map(([, b]) => b).join(", ")}`
        : pairs.map(([a, b]) => `local ${a} = ${b}`).join("\n");
  const from = node.body[0]?.range[0] ?? 0;
  const to = last?.range[1] ?? 0;
  if (statement.type === "ReturnStatement") {
    const ends = last?.type === "ReturnStatement";
    return `do ${head}\n${text.slice(from, to)}${ends ? "" : "\nreturn"} end`;
  }
  if (returns.length > 1 || (returns.length === 1 && returns[0] !== last)) return undefined;
  if (statement.type === "CallStatement") {
    // A variable that nobody takes is no more than that.
    const isIdle = returns.length > 0 && last.arguments[0]?.type === "Identifier";
    if (returns.length > 0 && !isIdle) return undefined;
    return `do ${head}\n${text.slice(from, isIdle ? last.range[0] : to)} end`;
  }
  const [value] = statement.variables;
  if (returns.length !== 1 || last.arguments.length !== 1) return undefined;
  if (names.includes(value.name) || localsOf(node).has(value.name)) return undefined;
  const result = text.slice(...last.arguments[0].range);
  const before = text.slice(from, last.range[0]);
  const variable = statement.type === "LocalStatement" ? `local ${value.name}\n` : "";
  return `${variable}do ${head}\n${before}${value.name} = ${result} end`;
}

/** Whether the statement behind a site is `if x < 0 then return x end`, with what the site gave its value. */
function isPassedOn(text, chunk, { node }) {
  const name = node.variables?.[0].name;
  let isFound = false;
  walk(chunk, ({ body }) => {
    const next = Array.isArray(body) ? body[body.indexOf(node) + 1] : undefined;
    if (next && body.includes(node)) {
      const written = text.slice(...next.range).replace(/\s+/g, " ");
      isFound = written === `if ${name} < 0 then return ${name} end`;
    }
  });
  return isFound;
}

/** The returns that give a number below 0, as their text or an `if x < 0` around them tells. */
function negativeReturns(node) {
  const found = ownReturns(node).filter(
    ({ arguments: [value] }) => value?.operator === "-" && value.argument.type === "NumericLiteral",
  );
  walk(node, ({ type, condition, body }) => {
    if (type !== "IfClause" || condition.operator !== "<" || condition.right.value !== 0) return;
    const [first] = body;
    const isSame = first?.arguments?.[0]?.name === condition.left.name && condition.left.name;
    if (first?.type === "ReturnStatement" && isSame) found.push(first);
  });
  return found;
}

/** Every name that is declared in a function. */
function localsOf(node) {
  const names = new Set();
  walk(node, (n) => {
    if (n.type === "LocalStatement") for (const one of n.variables) names.add(one.name);
    if (n.type === "ForGenericStatement") for (const one of n.variables) names.add(one.name);
    if (n.type === "ForNumericStatement") names.add(n.variable.name);
    if (n.type === "FunctionDeclaration") for (const one of n.parameters) names.add(one.name);
  });
  return names;
}

/** Whether the chunk's names that a function uses mean the same at another place. */
function isClearAt(resolved, node, use) {
  let isClear = true;
  walk(node, (n) => {
    const binding = n.type === "Identifier" ? resolved.bindingOf.get(n) : undefined;
    if (binding && !binding.frame.parent && !isVisible(resolved, use, binding)) isClear = false;
  });
  return isClear;
}

/** Bindings that are given a value again somewhere. @param {any} chunk @param {any} resolved */
function assigned(chunk, resolved) {
  const found = new Set();
  walk(chunk, (node) => {
    const targets =
      node.type === "AssignmentStatement"
        ? node.variables
        : node.type === "FunctionDeclaration" && !node.isLocal && node.identifier
          ? [node.identifier]
          : [];
    for (const target of targets) found.add(resolved.bindingOf.get(target));
  });
  return found;
}

/**
 * `local a = b`, where neither changes, is `b`.
 * @param {string} text
 */
export function dropCopies(text) {
  return untilDone(text, dropCopy);
}

function dropCopy(text) {
  const chunk = parse(text);
  const resolved = resolve(chunk);
  const changed = assigned(chunk, resolved);
  let edits;
  walk(chunk, (node) => {
    if (edits || node.type !== "LocalStatement" || node.variables.length !== 1) return;
    const [value] = node.init;
    if (node.init.length !== 1 || value.type !== "Identifier") return;
    const copy = resolved.bindingOf.get(node.variables[0]);
    const source = resolved.bindingOf.get(value);
    if (!source || changed.has(copy) || changed.has(source)) return;
    const uses = copy.nodes.slice(1);
    if (!uses.every((use) => isVisible(resolved, use, source))) return;
    edits = uses.map((use) => [use.range[0], use.range[1], source.name]);
    edits.push([node.range[0], node.range[1], ""]);
  });
  return edits && applyEdits(text, edits);
}

/**
 * A method that only hands what it is given to a function is that function: where this one has
 * parameters, it gets one more in front, for the record the method is called on.
 * @param {string} text
 */
export function unwrap(text) {
  return untilDone(text, unwrapOne);
}

function unwrapOne(text) {
  const { chunk, resolved, found } = functionsOf(text);
  const calls = new Map();
  const wrappers = [];
  walk(chunk, (node) => {
    if (node.type === "CallExpression") calls.set(node.base, node);
    if (node.type === "TableKeyString" || node.type === "TableKey") wrappers.push(node.value);
  });
  for (const node of wrappers) {
    const [statement, ...more] = node.type === "FunctionDeclaration" ? node.body : [];
    const call = statement?.type === "ReturnStatement" ? statement.arguments[0] : undefined;
    if (more.length > 0 || call?.type !== "CallExpression") continue;
    const binding = resolved.bindingOf.get(call.base);
    const target = found.get(binding);
    const given = node.parameters.slice(1);
    const isSame =
      call.arguments.length === given.length &&
      call.arguments.every((one, i) => one.name === given[i].name) &&
      target?.parameters.length >= given.length;
    if (!target || !isSame) continue;
    const edits = [[...node.range, binding.name]];
    if (target.parameters.length > 0) {
      const uses = binding.nodes.filter(
        (use) => use !== call.base && use !== target.identifier && use !== binding.nodes[0],
      );
      if (!uses.every((use) => calls.has(use))) continue;
      edits.push([target.parameters[0].range[0], target.parameters[0].range[0], "____, "]);
      for (const use of uses) {
        const [first] = calls.get(use).arguments;
        edits.push(
          first
            ? [first.range[0], first.range[0], "nil, "]
            : [use.range[1], use.range[1] + 2, "(nil)"],
        );
      }
    }
    return applyEdits(text, edits);
  }
  return undefined;
}

/**
 * A function that is a value in one place and is used nowhere else stands there.
 * @param {string} text
 * @param {Set<string>} [apart] functions that do not: where they are used they would be made each time
 */
export function inPlace(text, apart = new Set()) {
  return untilDone(text, (before) => placeOne(before, apart));
}

function placeOne(text, apart) {
  const before = excess(text);
  const { chunk, resolved, found } = functionsOf(text);
  const called = new Set();
  walk(chunk, (node) => {
    if (node.type === "CallExpression") called.add(node.base);
  });
  for (const [binding, node] of found) {
    const declared = binding.nodes[0] !== node.identifier ? binding.nodes[0] : undefined;
    const uses = binding.nodes.filter((use) => use !== node.identifier && use !== declared);
    if (uses.length !== 1 || called.has(uses[0]) || inside(uses[0], node)) continue;
    if (apart.has(binding.name)) continue;
    if (!isClearAt(resolved, node, uses[0])) continue;
    const from = node.identifier.range[1];
    const edits = [
      [...node.range, ""],
      [...uses[0].range, `function${text.slice(from, node.range[1])}`],
    ];
    if (declared) edits.push(...withoutName(text, resolved, declared));
    const placed = applyEdits(text, edits);
    if (excess(placed) <= before) return placed;
  }
  return undefined;
}

/** How many variables too many functions reach for; with a few to spare for what comes. */
function excess(text) {
  return resolve(parse(text)).frames.reduce(
    (sum, { node, upvalues }) =>
      node.type === "Chunk" ? sum : sum + Math.max(0, upvalues.size - MAX_UPVALUES + 4),
    0,
  );
}

/**
 * A loop that counts up to a bound which does not change is `for`.
 * @param {string} text
 */
export function countUp(text) {
  return untilDone(text, countOne);
}

function countOne(text) {
  const chunk = parse(text);
  let edits;
  walk(chunk, (node) => {
    if (edits || node.type !== "DoStatement" || node.body.length !== 2) return;
    const [first, loop] = node.body;
    const last = loop.type === "WhileStatement" ? loop.body.at(-1) : undefined;
    const { condition } = loop;
    if (first.type !== "LocalStatement" || last?.type !== "AssignmentStatement") return;
    const name = first.variables[0].name;
    const bound = condition.right?.argument ?? condition.right;
    const isCount = condition.operator === "<" && condition.left.name === name;
    if (!isCount || bound?.type !== "Identifier") return;
    if (text.slice(...last.range) !== `${name} = ${name} + 1`) return;
    let isFixed = true;
    walk(loop, (n) => {
      if (n.type === "CallExpression" && n.base.type === "Identifier") isFixed = false;
      if (n.type !== "AssignmentStatement" || n === last) return;
      if (n.variables.some((one) => one.name === name || one.name === bound.name)) isFixed = false;
    });
    if (!isFixed) return;
    const end = text.slice(...condition.right.range);
    const body = text.slice(loop.body[0].range[0], last.range[0]);
    edits = [
      [
        ...node.range,
        `for ${name} = ${text.slice(...first.init[0].range)}, ${end} - 1 do ${body} end`,
      ],
    ];
  });
  return edits && applyEdits(text, edits);
}

/**
 * A chunk with more local variables than a function may have: variables that only hold state go into
 * the chunk and into a function in it, as many as one function may reach for; everything else into a
 * function in that one; what is still over becomes fields of a table, those with the fewest uses first.
 * @param {string} text
 * @param {number} outer locals that the chunk may have
 * @param {number} inner locals that the innermost function may have
 * @param {number} reach locals that may be around it
 * @returns {{ text: string, fields: string[] }} `fields` are the names they have in the table
 */
export function nest(text, outer, inner, reach = outer) {
  const { chunk, resolved, found } = functionsOf(text);
  const own = resolved.bindings.filter((one) => !one.frame.parent);
  if (own.length <= outer) return { text, fields: [] };
  const bare = chunk.body.filter((one) => one.type === "LocalStatement" && one.init.length < 1);
  const assigned = new Set();
  for (const { type, identifier } of chunk.body) {
    if (type === "FunctionDeclaration" && identifier)
      assigned.add(resolved.bindingOf.get(identifier));
  }
  const plain = bare
    .flatMap(({ variables }) => variables.map((one) => resolved.bindingOf.get(one)))
    .filter((one) => !assigned.has(one))
    .sort((a, b) => b.nodes.length - a.nodes.length);
  const out = new Set(plain.slice(0, reach - 1));
  const over = own.length - out.size - inner;
  const rest = own
    .filter((one) => !out.has(one) && (found.has(one) || plain.includes(one)))
    .sort((a, b) => a.nodes.length - b.nodes.length);
  if (rest.length < over) throw new Error(`${over - rest.length} local variables too many`);
  const fields = new Map(rest.slice(0, Math.max(0, over)).map((one) => [one, `apart_${one.name}`]));
  const edits = [];
  for (const [binding, field] of fields) {
    const definition = found.get(binding);
    for (const use of binding.nodes) {
      const isDefined = use === definition?.identifier;
      if (use === binding.nodes[0] && !isDefined) continue;
      const from = isDefined && definition.isLocal ? definition.range[0] : use.range[0];
      const word = from === use.range[0] ? "" : "function ";
      edits.push([from, use.range[1], `${word}APART.${field}`]);
    }
  }
  for (const statement of bare) {
    const kept = statement.variables
      .map((one) => resolved.bindingOf.get(one))
      .filter((one) => !out.has(one) && !fields.has(one))
      .map((one) => one.name);
    edits.push([...statement.range, kept.length > 0 ? `local ${kept.join(", ")}` : ""]);
  }
  const names = [...out].map((one) => one.name);
  const declare = (/** @type {string[]} */ list) =>
    list.length > 0 ? `local ${list.join(", ")}\n` : "";
  const within = (/** @type {string} */ body) => `return (function()\n${body}\nend)()`;
  const table = fields.size > 0 ? "local APART = {}\n" : "";
  const functions = within(applyEdits(text, edits));
  const [first, more] = [names.slice(0, outer - 1), names.slice(outer - 1)];
  const inside = more.length > 0 ? within(declare(more) + functions) : functions;
  return { text: declare(first) + table + inside, fields: [...fields.values()] };
}
