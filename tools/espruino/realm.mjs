// SPDX-License-Identifier: MIT
// The built-in objects of a context: V8's, without what Espruino lacks. What has to stay, because V8
// cannot delete it or cannot live without it, is named here and found by language.mjs instead.

import vm from "node:vm";
import { MISSING_GLOBALS, MISSING_METHODS, MISSING_STATICS } from "./missing.mjs";

const BUILT_IN =
  `Array ArrayBuffer DataView Date Error Function JSON Math Number Object Promise RegExp
  String TypeError Float32Array Float64Array Int8Array Int16Array Int32Array Uint8Array
  Uint8ClampedArray Uint16Array Uint32Array`.split(/\s+/);

/** The firmware's error of its own kind: no Error, but it has a message. */
const INTERNAL_ERROR = `(function () {
  function InternalError(message) { this.message = message; }
  InternalError.prototype.toString = function () { return "InternalError: " + this.message; };
  return InternalError;
})()`;

/**
 * `indexOf`, and `includes` with it, as the firmware (2v29) has it: at the end of a string the mere
 * beginning of what is searched is found as well, where the string is not the shorter one.
 */
const INDEX_OF = `(function (String) {
  var indexOf = String.prototype.indexOf;
  String.prototype.indexOf = function (text, from) {
    var at = indexOf.call(this, text, from);
    text = "" + text;
    if (at >= 0 || text.length > this.length) return at;
    at = this.length - text.length + 1;
    if (from > at) at = from;
    for (; at < this.length; at++) {
      if (text.slice(0, this.length - at) === "" + this.slice(at)) return at;
    }
    return -1;
  };
  String.prototype.includes = function (text, from) {
    return this.indexOf(text, from) >= 0;
  };
})`;

/** Takes from a context what V8 has and Espruino lacks; returns what is left of the built-ins. */
export function createRealm(context) {
  const realm = vm.runInContext(`({ ${BUILT_IN.join(",")} })`, context);
  realm.TypedArray = Object.getPrototypeOf(realm.Uint8Array);
  realm.listOf = (items) => {
    const list = new realm.Array();
    list.push(...items);
    return list;
  };
  for (const [name, members] of Object.entries(MISSING_METHODS)) {
    for (const member of members) Reflect.deleteProperty(realm[name].prototype, member);
  }
  // Constants of numbers and typed arrays cannot be deleted: those are left to language.mjs.
  for (const [name, members] of Object.entries(MISSING_STATICS)) {
    // Without these V8 would give errors no stack.
    if (name === "Error") continue;
    const holder = name.endsWith("Array") && name !== "Array" ? realm.TypedArray : realm[name];
    for (const member of members) Reflect.deleteProperty(holder, member);
  }
  const remove = vm.runInContext("(function (name) { delete globalThis[name]; })", context);
  for (const name of MISSING_GLOBALS) remove(name);
  vm.runInContext(INDEX_OF, context)(realm.String);
  realm.InternalError = vm.runInContext(INTERNAL_ERROR, context);
  return realm;
}

/** What `print` shows of a value: plain objects and lists as JSON, the rest as text. */
export function shown(value) {
  if (typeof value !== "object" || value === null) return String(value);
  try {
    const isPlain = Array.isArray(value) || String(value) === "[object Object]";
    return isPlain ? JSON.stringify(value) : String(value);
  } catch {
    return "{ ... }";
  }
}
