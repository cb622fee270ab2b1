// SPDX-License-Identifier: MIT
// `npm run chaos`: many seeded runs of the client in a world that is made up, or one of them again as
// a dialogue; with --mutations, that runs see what they should. What a run is: test/chaos/README.md.

import { parseArgs } from "node:util";
import { chaosOpen } from "../test/chaos/build.mjs";
import { mutations } from "../test/chaos/mutations.mjs";
import { findMutation } from "../test/chaos/mutate.mjs";

const HELP = `npm run chaos [-- options]
  --world faithful|hostile   the server is correct, or says anything (default: both)
  --seeds N                  so many runs (default: 100000 in all)
  --from S                   the first seed (default: 0)
  --seed S                   one run, shortened if it fails, as a dialogue
  --whole                    with --seed: not shortened
  --mutations                lines of the client are changed, one at a time; each has to be noticed`;

const { values } = parseArgs({
  options: {
    world: { type: "string" },
    seeds: { type: "string", default: "100000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
    whole: { type: "boolean", default: false },
    mutations: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** How much is shown of different failures. */
const SHOWN = 5;

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
}

/** One seed, to be read. */
function replay(chaos, seed, world) {
  let scenario = chaos.scenarioOf(seed, world);
  const first = chaos.runScenario(scenario);
  if (first.failure !== undefined && !values.whole) scenario = chaos.shrink(scenario, first);
  console.log(`seed ${seed}, ${world}\n${chaos.report(scenario)}`);
  return first.failure === undefined;
}

/** Many seeds of a world; returns how many failed. */
function runMany(chaos, world, from, count) {
  const began = Date.now();
  const kinds = new Map();
  const seen = {};
  let failed = 0;
  for (let seed = from; seed < from + count; seed++) {
    const outcome = chaos.runSeed(seed, world);
    for (const [name, number] of Object.entries(outcome.seen)) {
      seen[name] = (seen[name] ?? 0) + number;
    }
    if (outcome.failure !== undefined) {
      failed += 1;
      const kind = chaos.kindOf(outcome.failure);
      if (!kinds.has(kind)) kinds.set(kind, []);
      kinds.get(kind).push(seed);
    }
    if (seed % 500 === 0) progress(`${world}: seed ${seed}, ${failed} failed`);
  }
  progress("");
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${world}: ${count} seeds from ${from} in ${seconds} s, ${failed} failed`);
  const what = Object.entries(seen).map(([name, number]) => `${number} ${name}`);
  console.log(`  ${what.join(", ")}`);
  const found = [...kinds].sort((a, b) => b[1].length - a[1].length);
  for (const [kind, seeds] of found) {
    console.log(`  ${seeds.length} × ${kind}: seeds ${seeds.slice(0, 5).join(", ")}`);
  }
  for (const [, seeds] of found.slice(0, SHOWN)) {
    console.log("");
    replay(chaos, seeds[0], world);
  }
  return failed;
}

async function runMutations() {
  let missed = 0;
  for (const mutation of mutations) {
    const { world, seed, failure, seconds } = await findMutation(mutation);
    if (failure === undefined) missed += 1;
    const what = failure === undefined ? "NOT NOTICED" : `${world} seed ${seed}: ${failure}`;
    console.log(`${mutation.name.padEnd(46)} ${seconds} s  ${what.slice(0, 90)}`);
  }
  console.log(`${mutations.length} mutations, ${missed} not noticed`);
  return missed;
}

async function main() {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { world } = values;
  if (world !== undefined && world !== "faithful" && world !== "hostile") {
    console.error(`There is no world "${world}": faithful and hostile are.`);
    return 1;
  }
  if (values.mutations) return runMutations();
  const chaos = await chaosOpen();
  if (values.seed !== undefined) {
    return replay(chaos, Number(values.seed), world ?? "faithful") ? 0 : 1;
  }
  const worlds = world ? [world] : ["faithful", "hostile"];
  const count = Math.ceil(Number(values.seeds) / worlds.length);
  let failed = 0;
  for (const one of worlds) failed += runMany(chaos, one, Number(values.from), count);
  return failed;
}

process.exitCode = (await main()) > 0 ? 1 : 0;
