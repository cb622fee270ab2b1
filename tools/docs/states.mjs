// SPDX-License-Identifier: MIT
// docs/session.md: the session's states as a diagram, and what each event does, from
// src/session/transitions.ts.

import { exportsOf } from "./source.mjs";

const STATES = ["OFFLINE", "CONNECTING", "ONLINE", "ENDING", "ENDED"];
const transitions = () => Object.entries(exportsOf("src/session/transitions.ts").TRANSITIONS);

/** Which events lead from one state to another, as a diagram that GitHub draws. */
export function stateDiagram() {
  const arrows = STATES.flatMap((from) =>
    STATES.filter((to) => to !== from).map((to) => {
      const events = transitions()
        .filter(([, row]) => row[from]?.[0] === to)
        .map(([event]) => event);
      return events.length < 1 ? "" : `    ${from} --> ${to} : ${events.join("<br/>")}\n`;
    }),
  );
  return (
    "```mermaid\nstateDiagram-v2\n    direction TB\n    [*] --> OFFLINE : connect(options)\n" +
    `${arrows.join("")}    ENDED --> [*]\n\`\`\``
  );
}

/** A cell: where it goes, where that is elsewhere, and what it does. */
function cell(state, outcome) {
  if (outcome === null) return "·";
  const [to, ...does] = outcome;
  const what = does.join(", ");
  return to === state ? what : `**${to}**${what === "" ? "" : `: ${what}`}`;
}

/** Every event in every state. */
export function transitionTable() {
  const rows = transitions().map(
    ([event, row]) => `| ${event} | ${STATES.map((s) => cell(s, row[s])).join(" | ")} |`,
  );
  return [
    `| event | ${STATES.join(" | ")} |`,
    `| --- |${" --- |".repeat(STATES.length)}`,
    ...rows,
  ].join("\n");
}
