// SPDX-License-Identifier: MIT
// A smaller Lua text of the same meaning, for every Lua that NodeMCU has: 5.1 with floats, 5.1 with
// integers only, 5.3. What it relies on is said where it is done: in fold.mjs and locals.mjs.

import { fold } from "./fold.mjs";
import { distinguish, hoist, joinLocals, openBlocks } from "./locals.mjs";
import { print } from "./print.mjs";
import { renameFields, renameLocals } from "./rename.mjs";
import { foldTemporaries } from "./temporaries.mjs";
import { parse } from "./tree.mjs";

/**
 * @param {string} text Lua 5.1: octets, one character each
 * @param {object} [options]
 * @param {number | undefined} [options.width] the most characters of a line; NodeMCU's console takes 255
 * @param {RegExp | Set<string> | undefined} [options.fields] names of fields that may change; the
 *   caller knows that no string is used to reach them
 * @param {string[]} [options.hoist] fields of libraries, such as `string.byte`, that may be read
 *   once at the top of the chunk, before anything else runs
 * @returns {string} ASCII
 */
export function minify(text, { width, fields, hoist: paths = [] } = {}) {
  const make = (/** @type {string[]} */ hoisted) => {
    let chunk = fold(parse(text));
    distinguish(chunk);
    chunk = joinLocals(hoist(foldTemporaries(openBlocks(chunk)), hoisted));
    renameFields(chunk, fields);
    renameLocals(chunk);
    return print(chunk, width);
  };
  const plain = make([]);
  const hoisted = paths.length > 0 ? make(paths) : plain;
  return hoisted.length < plain.length ? hoisted : plain;
}
