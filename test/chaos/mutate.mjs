// SPDX-License-Identifier: MIT
// Whether chaos notices a client with one line changed, and after how many runs.

import { chaosOpen } from "./build.mjs";

/** No mutation may hide for longer. */
export const MOST_SEEDS = 6000;

/**
 * Runs seeds of both worlds in turn until one fails.
 * @param {{ name: string, patches: import("./build.mjs").Patch[] }} mutation
 */
export async function findMutation({ patches }, most = MOST_SEEDS) {
  const began = Date.now();
  const chaos = await chaosOpen(patches);
  const found = (world, seed, failure) => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    return { world, seed, failure: failure?.split("\n")[0], seconds };
  };
  for (let seed = 0; seed < most; seed++) {
    for (const world of seed % 4 === 3 ? ["faithful", "hostile"] : ["faithful"]) {
      const { failure } = chaos.runSeed(seed, world);
      if (failure !== undefined) return found(world, seed, failure);
    }
  }
  return found("", -1, undefined);
}
