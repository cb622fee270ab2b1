// SPDX-License-Identifier: MIT
// Makes a run that fails shorter, as far as that is cheap: steps are left out, in halves, quarters, …
// and one by one, while the same thing still fails.

import { type Outcome, runScenario } from "./run.js";
import type { Scenario } from "./script.js";

/** What failed, without the numbers that change when steps are left out. */
export function kindOf(failure: string | undefined): string | undefined {
  return failure
    ?.split("\n")[0]!
    .replace(/\d+/g, "N")
    .replace(/["‹(].*/, "")
    .slice(0, 40);
}

/** The scenario without the steps that it does not need to fail in the same way. */
export function shrink(scenario: Scenario, first: Outcome = runScenario(scenario)): Scenario {
  const kind = kindOf(first.failure);
  let best = scenario;
  for (let size = Math.ceil(best.steps.length / 2); size > 0;) {
    let isShorter = false;
    for (let at = best.steps.length - size; at >= 0; at -= size) {
      const steps = [...best.steps.slice(0, at), ...best.steps.slice(at + size)];
      const shorter = { ...best, steps };
      if (kindOf(runScenario(shorter).failure) !== kind) continue;
      best = shorter;
      isShorter = true;
    }
    if (size > 1) size = Math.floor(size / 2);
    else if (!isShorter) break;
  }
  return best;
}

/** What failed, for a person: the scenario, its dialogue, and the sentence. */
export function report(scenario: Scenario): string {
  const { failure, lines } = runScenario(scenario, true);
  const long = lines.length > 160;
  return [
    `options  ${JSON.stringify(scenario.options)}`,
    `server   ${JSON.stringify(scenario.server)}`,
    `steps    ${JSON.stringify(scenario.steps)}`,
    "",
    "     ms",
    ...(long ? [...lines.slice(0, 40), "      …", ...lines.slice(-110)] : lines),
    "",
    failure ?? "nothing fails",
  ].join("\n");
}
