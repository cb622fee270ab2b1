// SPDX-License-Identifier: MIT
// A table of what is malformed: the seeds, and a few hundred streams from the grammar, always the same
// ones, each with the Statuses a client may close with. Every engine has to read it the same.

import fc from "fast-check";
import { Limit } from "../../src/limits/small.js";
import { octetsOf } from "../words.js";
import type { Dialogue, Step } from "../bundle/transcript.js";
import { judge } from "./judge.js";
import { stream } from "./grammar.js";
import { seeds } from "./seeds.js";
import type { Status } from "../../src/status.js";

/** Octets that close a connection. */
export interface Row {
  name: string;
  octets: string;
  statuses: Status[];
}

/** Rows of the grammar, and the longest of them: a program that holds them has to fit a board. */
const ROWS = 300;
const LONGEST = 100;
/** Rows of one dialogue. */
const PAGE = 60;

const full = {
  name: "more QoS 2 messages than the table of a device holds",
  octets: Array.from({ length: Limit.RECEIVED + 1 }, (_, i) => octetsOf(`PUBLISH ${i + 1} q2 a x`)),
};

const statusesOf = (octets: string) => judge(octets, Limit.RECEIVED).statuses;

function rows(): Row[] {
  const named = [...seeds, { ...full, octets: full.octets.join("") }].map(({ name, octets }) => ({
    name,
    octets,
    statuses: statusesOf(octets),
  }));
  const made = new Set<string>();
  for (const octets of fc.sample(stream, { seed: 311, numRuns: 4000 })) {
    if (octets.length <= LONGEST && made.size < ROWS && statusesOf(octets).length > 0) {
      made.add(octets);
    }
  }
  const more = [...made].map((octets, i) => ({
    name: `stream ${i}`,
    octets,
    statuses: statusesOf(octets),
  }));
  return [...named, ...more].filter(({ statuses }) => statuses.length > 0);
}

export const table = rows();

/** The table as dialogues: for each row a connection, which it ends. */
export const pages: (Dialogue & { rows: Row[] })[] = [];
for (let at = 0; at < table.length; at += PAGE) {
  const page = table.slice(at, at + PAGE);
  pages.push({
    title: `rows ${at} to ${at + page.length - 1}`,
    options: { clientId: "c", keepAlive: 0, reconnect: { min: 1, max: 1 } },
    steps: page.flatMap(({ octets }): Step[] => [
      ["says", octetsOf("CONNACK") + octets],
      ["passes", 3],
    ]),
    rows: page,
  });
}
