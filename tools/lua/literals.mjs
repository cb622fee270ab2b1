// SPDX-License-Identifier: MIT
// Literals of Lua in their shortest form, as ASCII, and never of another kind than they were.

/** @typedef {import("./tree.mjs").Node} Node */

const ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "\x07": "\\a" };
Object.assign(ESCAPES, { "\b": "\\b", "\f": "\\f", "\v": "\\v" });

/** A string literal. What is no printable ASCII is escaped, so that the text is ASCII. */
export function quoted(/** @type {string} */ value) {
  const count = (mark) => value.split(mark).length;
  const quote = count('"') > count("'") ? "'" : '"';
  const inner = value.replace(/[^ !#-&(-[\]-~]/g, (octet, at) => {
    if (octet === "'" || octet === '"') return octet === quote ? `\\${octet}` : octet;
    // Three digits if a digit follows, which would be read as part of the escape.
    const code = String(octet.charCodeAt(0));
    return ESCAPES[octet] ?? `\\${/\d/.test(value[at + 1] ?? "") ? code.padStart(3, "0") : code}`;
  });
  return quote + inner + quote;
}

/** The shortest literal of the same kind: a float stays a float, an integer an integer. */
export function numeral(/** @type {Node} */ node) {
  const raw = node.raw.toLowerCase();
  // Beyond 31 bits the machines differ in what they make of a literal.
  if (/^(\d+|0x[\da-f]+)$/.test(raw)) return node.value < 2 ** 31 ? String(node.value) : raw;
  if (raw.startsWith("0x")) return raw;
  const plain = String(node.value);
  const options = [raw, plain, plain.replace(/^0\./, "."), `${plain}.`]
    .concat(node.value.toExponential())
    .map((text) => text.replace("e+", "e"))
    .filter((text) => /[.e]/.test(text) && Number(text) === node.value);
  return options.reduce((best, text) => (text.length < best.length ? text : best));
}
