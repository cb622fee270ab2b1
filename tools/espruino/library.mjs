// SPDX-License-Identifier: MIT
// Rules about the library: members of built-in objects that Espruino lacks, and calls that it takes
// and answers differently. What type a value has is not known here; so a method is refused when no
// class of Espruino has it, and the program itself does not define one of that name.

import { MISSING_CALLS, MISSING_STATICS } from "./missing.mjs";
import { checkRegExp } from "./regexp.mjs";
import { children } from "./scopes.mjs";

/** @typedef {import("./scopes.mjs").Node} Node */

const isText = (node) => node?.type === "Literal" && typeof node.value === "string";

/** The name after the dot, also where it is written in brackets. @param {Node} node */
function propertyOf(node) {
  if (node.type !== "MemberExpression") return undefined;
  if (!node.computed) return node.property.name;
  return isText(node.property) ? node.property.value : undefined;
}

/**
 * Names of members the program gives to objects of its own.
 * @param {Node} node
 * @param {Set<string>} names
 */
function collectMembers(node, names = new Set()) {
  if (/^(Property|PropertyDefinition|MethodDefinition)$/.test(node.type) && !node.computed) {
    names.add(node.key.name ?? String(node.key.value));
  }
  if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
    const name = propertyOf(node.left);
    if (name !== "length" || node.left.object.type === "ThisExpression") names.add(name);
  }
  for (const child of children(node)) collectMembers(child, names);
  return names;
}

/** Classes of the program, with what their static members are called. @param {Node} program */
function collectClasses(program) {
  /** @type {Map<string, { above: string | undefined, statics: Set<string>, sup: Set<string> }>} */
  const classes = new Map();
  const usesSuper = (node) =>
    (node.type === "MemberExpression" && node.object.type === "Super") ||
    children(node).some(usesSuper);
  const visit = (node) => {
    if (node.type === "ClassDeclaration" && node.id) {
      const members = node.body.body.filter((one) => one.key?.type === "Identifier");
      const names = (list) => new Set(list.map((one) => one.key.name));
      classes.set(node.id.name, {
        above: node.superClass?.name,
        statics: names(members.filter((one) => one.static)),
        sup: names(members.filter((one) => one.value && usesSuper(one.value))),
      });
    }
    children(node).forEach(visit);
  };
  visit(program);
  return classes;
}

/** @param {Node} call @param {(where: Node | number, message: string) => void} say */
function checkCall(call, say) {
  const { callee, arguments: list } = call;
  if (callee.type === "Identifier" && callee.name === "RegExp") checkMade(call, say);
  if (callee.type !== "MemberExpression") return;
  const name = propertyOf(callee);
  const [first, second] = list;
  if (name === "split" && second) say(second, "split does not know a limit");
  if (name === "replace" || name === "replaceAll") {
    if (isText(first) && /Function/.test(second?.type)) {
      say(second, `${name} calls no function when it looks for a string`);
    }
    if (isText(second) && /\$[$&`']/.test(second.value)) {
      say(second, `${name} knows $1 to $9 and nothing else after a $`);
    }
  }
  if (callee.object.name === "JSON" && name === "stringify" && second && second.value !== null) {
    say(second, "JSON.stringify ignores its second argument");
  }
}

/** @param {Node} call new RegExp("…") */
function checkMade(call, say) {
  const [pattern, flags] = call.arguments;
  if (!isText(pattern)) return;
  for (const { message } of checkRegExp(pattern.value, isText(flags) ? flags.value : "")) {
    say(pattern, message);
  }
}

/**
 * Reports what the library does not have or does differently.
 * @param {Node} program
 * @param {(where: Node | number, message: string) => void} say
 */
export function checkLibrary(program, say) {
  const own = collectMembers(program);
  const classes = collectClasses(program);

  function inherited(name, member) {
    const known = classes.get(name);
    if (!known || known.statics.has(member)) return false;
    for (let at = known.above; at; at = classes.get(at)?.above) {
      if (classes.get(at)?.statics.has(member)) return true;
    }
    return false;
  }

  /** @param {Node} node a MemberExpression @param {Node} parent */
  function checkMember(node, parent) {
    const name = propertyOf(node);
    if (name === undefined) return;
    const from = node.object.type === "Identifier" ? node.object.name : undefined;
    if (from && Object.hasOwn(MISSING_STATICS, from) && MISSING_STATICS[from].includes(name)) {
      say(node, `${from}.${name} does not exist`);
    } else if (from && inherited(from, name)) {
      say(node, `static members are not inherited: ${from} has no ${name}`);
    } else if (
      parent.callee === node &&
      MISSING_CALLS.has(name) &&
      !own.has(name) &&
      !from?.match(/^(Object|Promise)$/)
    ) {
      say(node.property, `no object has a method ${name}`);
    }
    const isPrototype =
      node.object.type === "MemberExpression" && propertyOf(node.object) === "prototype";
    if (
      isPrototype &&
      /^(call|apply|bind)$/.test(propertyOf(parent) ?? "") &&
      parent.object === node
    ) {
      const holder = node.object.object.name;
      const builtIn = /^(Array|String|Function|Number|Date|RegExp|Promise|.*\dArray)$/;
      if (builtIn.test(holder))
        say(node, `${holder}.prototype.${name} cannot be read, write [].${name} or "".${name}`);
    }
  }

  function visit(node, parent) {
    if (node.type === "MemberExpression") checkMember(node, parent);
    if (node.type === "CallExpression" || node.type === "NewExpression") checkCall(node, say);
    const target =
      node.type === "AssignmentExpression"
        ? node.left
        : node.type === "UpdateExpression"
          ? node.argument
          : undefined;
    if (
      target?.type === "MemberExpression" &&
      propertyOf(target) === "length" &&
      !own.has("length")
    ) {
      say(target, "the length of an array cannot be set");
    }
    if (node.type === "ClassDeclaration" && node.superClass) {
      const above = classes.get(node.superClass.name);
      for (const name of classes.get(node.id.name)?.sup ?? []) {
        if (name !== "constructor" && above?.sup.has(name)) {
          say(node, `super.${name} of a method that calls super itself calls itself for ever`);
        }
      }
    }
    for (const child of children(node)) visit(child, node);
  }
  visit(program, program);
}
