// SPDX-License-Identifier: MIT
// A syntax tree as the shortest Lua text: spaces only where two tokens would run together, and lines
// broken between tokens if wanted.

import { tokensOf } from "./tokens.mjs";

/** @typedef {import("./tree.mjs").Node} Node */

/** Whether two tokens would be read as something else without a space between. */
function mustSpace(/** @type {string} */ left, /** @type {string} */ right) {
  // A number takes whatever letters, digits and dots follow.
  if (/^\.?\d/.test(left)) return /^[\w.]/.test(right);
  if (/\w$/.test(left)) return /^\w/.test(right);
  return (left.endsWith("-") && right[0] === "-") || (left.endsWith(".") && right[0] === ".");
}

/**
 * @param {Node} chunk
 * @param {number} [width] the most characters of a line; a token that is longer is an error
 */
export function print(chunk, width = Infinity) {
  let text = "";
  let line = "";
  let last = "";
  const tokens = tokensOf(chunk);
  for (let index = 0; index < tokens.length;) {
    let piece = /** @type {string} */ (tokens[index]);
    // Lua 5.1 refuses a call whose parenthesis begins a line.
    for (index += 1; tokens[index] === "("; index += 1) piece += "(";
    const space = mustSpace(last, piece) ? " " : "";
    if (line !== "" && line.length + space.length + piece.length > width) {
      text += `${line}\n`;
      line = piece;
    } else {
      line += space + piece;
    }
    if (line.length > width) throw new Error(`A token is longer than ${width}: ${line}`);
    last = piece;
  }
  return text + line;
}
