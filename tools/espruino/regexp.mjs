// SPDX-License-Identifier: MIT
// What Espruino's regular expressions do not do. They are walked as text, without a parse: an
// unknown construct is taken literally and silently matches something else, so each one is refused.

const FLAGS = {
  d: "the flag d is a syntax error",
  m: "the flag m has no effect: ^ and $ stand for the whole string",
  s: "the flag s is a syntax error (and . matches line feeds without it)",
  u: "the flag u has no effect",
  v: "the flag v is a syntax error",
  y: "the flag y has no effect",
};

/**
 * What an escape does instead of what it says.
 * @param {string} next the character after the backslash
 * @param {boolean} inSet
 */
function escapeProblem(next, inSet) {
  if (/[1-9]/.test(next)) return "back references throw";
  if (next === "u") return "\\u is taken for the letter u";
  if (next === "c") return "\\c is taken for the letter c";
  if (next === "p" || next === "P" || next === "k") return `\\${next} is taken for a letter`;
  if (next === "b" && !inSet) return "\\b stands for backspace, not for a word's edge";
  if (next === "B") return "\\B is taken for the letter B";
  return undefined;
}

/**
 * Walks a set and returns where it ends.
 * @param {string} pattern
 * @param {number} open where "[" is
 * @param {(at: number, text: string) => void} say
 */
function scanSet(pattern, open, say) {
  let at = open + 1;
  if (pattern[at] === "^") at += 1;
  for (; at < pattern.length && pattern[at] !== "]"; at += 1) {
    if (pattern[at] === "/") say(at, "a / in a set ends the expression: write \\/");
    if (pattern[at] > "\x7f") say(at, "beyond ASCII a set holds octets, not characters");
    if (pattern[at] !== "\\") continue;
    const problem = escapeProblem(pattern[at + 1] ?? "", true);
    if (problem) say(at, problem);
    at += 1;
  }
  return at;
}

/**
 * Reads a pattern as Espruino would.
 * @param {string} pattern the source between the slashes
 * @param {string} flags
 * @returns {{ at: number, message: string }[]} `at` is an offset into the pattern, −1 for a flag
 */
export function checkRegExp(pattern, flags) {
  /** @type {{ at: number, message: string }[]} */
  const found = [];
  const say = (at, message) => found.push({ at, message: `in a regular expression ${message}` });
  for (const flag of flags) if (flag in FLAGS) say(-1, FLAGS[flag]);
  const alternatives = [0];
  let depth = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === "\\") {
      const problem = escapeProblem(pattern[at + 1] ?? "", false);
      if (problem) say(at, problem);
      at += 1;
    } else if (character === "[") {
      at = scanSet(pattern, at, say);
    } else if (character === "(") {
      if (depth > 0) say(at, "groups in groups get each other's text");
      depth += 1;
      if (pattern[at + 1] === "?") {
        say(at, "(?…) is taken literally: no look-around, no group without capture or with a name");
        at += 1;
      }
    } else if (character === ")") {
      depth -= 1;
      if (/[*+?{]/.test(pattern[at + 1] ?? "")) {
        say(at + 1, "a group cannot be repeated");
        at += 1;
      }
    } else if (character === "?") {
      say(at, "? is taken literally: nothing is optional or lazy");
    } else if (character === "{" && /^\{\d+(,\d*)?\}/.test(pattern.slice(at))) {
      say(at, "{…} is taken literally: no counted repetition");
    } else if (character === "|") {
      if (depth > 0) say(at, "| in a group ends the whole alternative, not the group's");
      else alternatives.push(at + 1);
    } else if (character > "\x7f" && /[*+]/.test(pattern[at + 1] ?? "")) {
      say(at, "only the last octet of a character beyond ASCII is repeated");
    }
  }
  // Where ^ fails the search ends, and the alternatives after it are not tried.
  const free = alternatives.findLastIndex((at) => pattern[at] !== "^");
  const bound = alternatives.find((at, index) => index < free && pattern[at] === "^");
  if (bound !== undefined) say(bound, "an alternative with ^ hides those without that follow it");
  return found;
}
