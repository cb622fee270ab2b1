// SPDX-License-Identifier: MIT
// Runs a fuzz target: a bounded number of times from a fixed seed in `npm test`, for a time from a new
// one in `npm run fuzz`. A case that fails is told as packets, with the command that runs it again.

import fc, { type IProperty } from "fast-check";
import { dump } from "./dump.js";

/** What `npm run fuzz` says: for how long, from which seed, one case of it. */
const given = {
  ms: Number(process.env["FUZZ_MS"] ?? 0),
  seed: Number(process.env["FUZZ_SEED"] ?? 20260101),
  path: process.env["FUZZ_PATH"],
  target: process.env["FUZZ_TARGET"],
};

/** The longest time a target may take by itself, beyond what vitest allows else. */
export const timeout = given.ms + 30000;

/** Octets are told as packets, everything else as it is. */
function told(value: unknown): string {
  if (typeof value === "string" && /^[ -~]*$/.test(value)) return JSON.stringify(value);
  if (typeof value === "string") return `\n${dump(value)}\n`;
  if (Array.isArray(value)) return `[${value.map(told).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, one]) => `${name}: ${told(one)}`)
      .join(", ")} }`;
  }
  return String(value);
}

/** Runs the property; throws with all that is needed to run the failing case again. */
export function fuzz<T>(target: string, property: IProperty<T>, runs: number): void {
  if (given.target !== undefined && given.target !== target) return;
  const details = fc.check(property, {
    seed: given.seed,
    ...(given.path === undefined ? {} : { path: given.path }),
    ...(given.ms > 0
      ? { numRuns: 2 ** 30, interruptAfterTimeLimit: given.ms, markInterruptAsFailure: false }
      : { numRuns: runs }),
  });
  if (given.ms > 0) console.log(`${target}: ${details.numRuns} cases from seed ${given.seed}`);
  if (!details.failed) return;
  const { seed, counterexamplePath, counterexample, errorInstance } = details;
  throw new Error(
    `${target}, after ${details.numRuns} cases and ${details.numShrinks} steps of shrinking:\n` +
      `${(counterexample as unknown[] | null)?.map(told).join("\n")}\n` +
      `${errorInstance instanceof Error ? errorInstance.stack : String(errorInstance)}\n` +
      `Again: npm run fuzz -- --target ${target} --seed ${seed} --path ${counterexamplePath}`,
  );
}
