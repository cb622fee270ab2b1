// SPDX-License-Identifier: MIT
// What happens around a simulated board, and when: lines of a text, each with seconds, a verb and what it
// is about. Everything behind # is a comment.
//
//   5   set soil 12          a quantity is this from now on
//   8   unplug bme280        a part is off its wires, and on them again
//   12  plug bme280
//   14  wifi off             the access point is gone, and there again
//   18  wifi on
//   20  input motion 1       what is on an input

/** @typedef {{ seconds: number, verb: string, words: string[] }} Step */

const VERBS = {
  set: ([name, value], { world }) => world.set(name, Number(value)),
  unplug: ([name], { board }) => board.unplug(name),
  plug: ([name], { board }) => board.plug(name),
  wifi: ([what], { board }) => board.wifi(what === "on"),
  input: ([name, level], { board }) => board.input(name, Number(level)),
};

const FORMS = {
  set: /^\w+ -?\d+(\.\d+)?$/,
  unplug: /^[\w-]+$/,
  plug: /^[\w-]+$/,
  wifi: /^(on|off)$/,
  input: /^[\w-]+ [01]$/,
};

/** @param {string} text @returns {Step[]} what is no step is thrown, with its line */
export function parseScript(text) {
  const steps = [];
  text.split(/\r?\n/).forEach((whole, at) => {
    const line = whole.replace(/#.*/, "").trim();
    if (line === "") return;
    const [seconds, verb, ...words] = line.split(/\s+/);
    const isGood = /^\d+(\.\d+)?$/.test(seconds) && FORMS[verb]?.test(words.join(" "));
    if (!isGood) {
      throw new Error(
        `line ${at + 1}, "${line}": expected seconds, then ${Object.keys(VERBS).join(", ")}`,
      );
    }
    steps.push({ seconds: Number(seconds), verb, words });
  });
  return steps;
}

/**
 * Plays a script from now on.
 * @param {Step[]} steps
 * @param {{ world: any, board: any, say?: (line: string) => void }} stage
 * @returns {() => void} ends it
 */
export function play(steps, stage) {
  const timers = steps.map(({ seconds, verb, words }) =>
    setTimeout(() => {
      stage.say?.([verb, ...words].join(" "));
      VERBS[verb](words, stage);
    }, seconds * 1000),
  );
  return () => timers.forEach(clearTimeout);
}
