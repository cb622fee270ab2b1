// SPDX-License-Identifier: MIT
// What each file of a plan is on the board, while it is flashed, and the sentence for whoever is left with
// it.

/** In front of the name while a file is not yet in its place. In front, so that `.lua` stays the end. */
export const BESIDE = "~";

/**
 * untouched: as before. beside: as before, and perhaps half of the new one beside it. leaving, coming, back: a
 * command was sent that the board ends by itself, and not answered; coming takes the place of the old one, back
 * that of none. gone: removed. half: being written in its place. new: verified.
 * @typedef {"untouched" | "beside" | "leaving" | "gone" | "half" | "coming" | "back" | "new"} State
 */

const list = (names) => names.join(", ");
const are = (names) => (names.length > 1 ? "are" : "is");

/** @type {[State[], (names: string[]) => string][]} */
const SENTENCES = [
  [["new"], (names) => `${list(names)} ${are(names)} new and verified`],
  [["coming"], (names) => `${list(names)} is the old one or the new one, not half of it`],
  [["back"], (names) => `${list(names)} is removed, or the new one, not half of it`],
  [["leaving"], (names) => `${list(names)} is the old one, or removed`],
  [["half"], (names) => `${list(names)} is half-written, or not verified`],
  [["gone"], (names) => `${list(names)} ${are(names)} removed`],
  [["untouched", "beside"], (names) => `${list(names)} ${are(names)} as before`],
  [
    ["beside"],
    (names) =>
      `${list(names.map((name) => BESIDE + name))} may be there, which nothing runs and the next ` +
      "flash replaces",
  ],
];

/** What the board does at its next start, by the state of what starts by itself. @type {Record<State, string>} */
const STARTS = {
  untouched: "It starts what it started before.",
  beside: "It starts what it started before.",
  leaving: "It starts what it started before, or nothing.",
  gone: "It starts nothing by itself.",
  half: "What starts by itself may be half-written: it may fail at its start.",
  coming: "It starts by itself, the old program or the new one.",
  back: "It starts the new program, or nothing.",
  new: "It starts the new program.",
};

/** The same, by what is around it. @param {State} boot @param {State[]} others */
function startOf(boot, others) {
  if (STARTS[boot] !== STARTS.untouched) return STARTS[boot];
  if (others.some((state) => /^(gone|half)$/.test(state))) {
    return "What starts by itself is the old file, which may miss what is removed.";
  }
  return others.some((state) => /^(coming|new)$/.test(state))
    ? "What starts by itself is the old file, with modules that are new."
    : STARTS.untouched;
}

/** @param {readonly string[]} names in their order; what starts by itself is the last one */
export function createLedger(names) {
  /** @type {Map<string, State>} */
  const states = new Map(names.map((name) => [name, "untouched"]));
  const stateOf = (/** @type {string} */ name) => states.get(name) ?? "untouched";
  return {
    set: (/** @type {string} */ name, /** @type {State} */ state) => void states.set(name, state),
    /** What is on the board now. */
    told() {
      const parts = SENTENCES.map(([wanted, sentence]) => {
        const found = names.filter((name) => wanted.includes(stateOf(name)));
        return found.length > 0 ? sentence(found) : "";
      }).filter((part) => part !== "");
      const [boot = "untouched", ...others] = names.map((name) => stateOf(name)).reverse();
      return `On the board now: ${parts.join("; ")}. ${startOf(boot, others)}`;
    },
  };
}
