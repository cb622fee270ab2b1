// SPDX-License-Identifier: MIT
// A run for the built bundles: what happens to the client is written down while the client in source
// runs on V8, with everything it sends and tells, and happens again on another engine. Faults that a
// made-up network there has not are left out; what is cut, said, called and reacted stays.

import { type Call, type Scenario, scenarioOf, type Step } from "./script.js";
import { closes, flows, passes, type Sim, simOpen, simStep } from "./sim.js";
import type { Tape } from "./world.js";

const LEFT_OUT = ["jams", "refuses", "late", "stale", "takes", "dies"];
/** Longer runs are slow on an interpreter. */
const MOST_STEPS = 50;

/** Sources that fail leave a link that has to be closed, which ports do at different times. */
function calm<C extends Call>(call: C): C {
  const copy = [...call] as C;
  if (copy[0] === "parts") copy[5] = -1;
  return copy;
}

function stepsFor(scenario: Scenario): Step[] {
  const steps: Step[] = [];
  for (const step of scenario.steps) {
    if (LEFT_OUT.includes(step[0]) || (step[0] === "on" && step[1] === "pull")) continue;
    if (step[0] === "on") {
      const [kind, event, throws, ...calls] = step;
      steps.push([kind, event, throws, ...calls.map(calm)]);
    } else steps.push(calm(step as Call) as Step);
  }
  return steps.slice(0, MOST_STEPS);
}

/** A run of V8 as a tape. */
export function tapeOf(
  seed: number,
  world: Scenario["world"],
): { scenario: Scenario; tape: Tape; failure: string | undefined } {
  const made = scenarioOf(seed, world);
  const scenario = { ...made, steps: stepsFor(made) };
  const tape: Tape = { steps: [], lines: [], sent: "", isLossy: false };
  const sim = simOpen(scenario, false, tape);
  const print = console.error;
  console.error = () => {};
  try {
    for (const step of scenario.steps) simStep(sim, step);
    comesToAnEnd(sim);
  } finally {
    console.error = print;
  }
  const { refused, skipped, inFlight } = sim.program.client.stats();
  tape.lines.push(`stats ${refused} ${skipped} ${inFlight}`);
  return { scenario, tape, failure: sim.model.failure };
}

function comesToAnEnd(sim: Sim): void {
  sim.world.server.isMute = false;
  for (let i = 0; i < 40; i++) {
    while (flows(sim)) if (sim.model.failure !== undefined) return;
    passes(sim, 500);
  }
  simStep(sim, ["end"]);
  closes(sim);
}
