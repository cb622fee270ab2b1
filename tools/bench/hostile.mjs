// SPDX-License-Identifier: MIT
// What a server that means harm costs each engine: the attacks of tools/hostile, over a network and a
// clock that are made up. Memory is counted in one run, time in others that count nothing.

import { fileURLToPath } from "node:url";
import { engines } from "../engines.mjs";
import { attacks, settingsOf } from "../hostile/attacks.mjs";
import { digits, median } from "./rows.mjs";

const WORLD = fileURLToPath(new URL("../hostile/world", import.meta.url));
const ROUNDS = 3;

/** [title of the engine, heading, the unit of its memory]. */
const COLUMNS = [
  ["the source on V8", "V8", "octets"],
  ["the Espruino interpreter, 8-bit strings", "Espruino", "variables"],
  ["Lua 5.1", "Lua 5.1", "octets"],
  ["Lua 5.3", "Lua 5.3", "octets"],
  ["NodeMCU's Lua machine", "NodeMCU", "octets"],
];

async function measureAttack(engine, attack) {
  const run = (counts) =>
    engine.run({ settings: settingsOf(attack, counts), world: WORLD, call: "attack" }, () => {});
  // A collection takes long where the heap is large.
  const found = await run(engine.title.includes("V8") ? 6 : 20);
  if (found.fail.length > 0) throw new Error(`${attack.title}: ${found.fail.join(", ")}`);
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push((await run(0)).ms);
  const packets = found.chunks * (attack.per ?? 1);
  return {
    status: found.status,
    seconds: found.seconds,
    opens: found.opens,
    held: found.most - found.before,
    // A figure for many packets, none for a few.
    us:
      packets >= 1000 && attack.everyMs === undefined
        ? (median(times) * 1000) / packets
        : undefined,
  };
}

/** @returns {Promise<object>} for each attack what each engine that is there made of it */
export async function measureHostile(say) {
  const all = Object.values(engines).flat();
  const there = COLUMNS.map(([title, heading, unit]) => ({
    heading,
    unit,
    engine: all.find((engine) => engine.title === title),
  })).filter(({ engine }) => engine.run);
  const rows = [];
  for (const attack of attacks) {
    const cells = [];
    for (const { engine } of there) cells.push(await measureAttack(engine, attack));
    rows.push({ title: attack.title, cells });
  }
  say("a server that means harm measured");
  return { columns: there.map(({ heading, unit }) => ({ heading, unit })), rows };
}

/** The Status, when it came on the clock of the world, or that the connection was kept. */
function outcome({ status, seconds, opens }) {
  if (opens > 3) return `${opens} connections in ${seconds} s`;
  if (status === 0) return "connection kept";
  return seconds > 0 ? `\`${status}\` after ${seconds} s` : `\`${status}\``;
}

const line = (cells) => `| ${cells.join(" | ")} |`;

/** `texts` columns of words, then figures. */
function table(head, texts, rows) {
  const marks = head.map((_, i) => (i < texts ? "---" : "---:"));
  return [line(head), line(marks), ...rows.map(line)].join("\n");
}

/** The part of docs/benchmarks.md. */
export function hostilePage(part) {
  if (part === undefined) return "Not measured yet: `npm run bench -- hostile`.\n";
  const { columns, rows } = part;
  // The limits of Node are others than those of a board.
  const of = (name) => columns.findIndex(({ heading }) => (heading === "V8") === name);
  const [large, small] = [of(true), of(false)];
  const said = ({ cells }, at) => (at < 0 ? "–" : outcome(cells[at]));
  const memory = rows.map((row) => {
    const inNode = said(row, large);
    const onBoard = said(row, small);
    const is = inNode === onBoard || small < 0 ? inNode : `${onBoard}; in Node ${inNode}`;
    return [row.title, is, ...row.cells.map(({ held }) => digits(Math.max(0, held)))];
  });
  const time = rows
    .filter(({ cells }) => cells.some(({ us }) => us !== undefined))
    .map((row) => [row.title, ...row.cells.map(({ us }) => digits(us))]);
  return `A server that may send what it likes, measured ${part.when} (${part.machine}). \`test/hostile\` holds the bounds.

### Memory held at most, beyond what was there

${table(["the server sends", "what comes of it", ...columns.map(({ heading, unit }) => `${heading}, ${unit}`)], 2, memory)}

Counted about twenty times on the way and inside of handlers, each time behind a collection of garbage; the chunk
that is read, up to 1,400 octets, is counted in. On V8, counted by the heap of the whole process, most is code that
it compiles on the way, and garbage of the counting itself. Seconds are those of the made-up clock, with keep alive at 60 s and answers
waited for 20 s. Limits of Node are larger (\`src/limits/large.ts\`).

### Time for a packet, µs

${table(["the server sends", ...columns.map(({ heading }) => heading)], 1, time)}

Of this machine, what makes the packets counted in; medians of ${ROUNDS} rounds. It does not grow with the number of packets: what is
looked through for each one are lists whose lengths have limits.
`;
}
