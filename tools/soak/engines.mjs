// SPDX-License-Identifier: MIT
// Where the soak runs: every engine, with what its memory may differ by at the end.

import { fileURLToPath } from "node:url";
import { engines } from "../engines.mjs";

const world = fileURLToPath(new URL("world", import.meta.url));
/** What memory may differ by: V8 compiles late, the others keep what they have used once. */
const GROWS = { v8: 1048576, host: 1048576, espruino: 24, lua: 4096 };
// The first packet identifier is near the end of its cycle.
const first = 32700;

/** @param {import("../engines.mjs").Engine} engine */
function placeOf({ title, missing, unit, isSlow, run }, grows) {
  return {
    title,
    ...(missing === undefined ? {} : { missing }),
    ...(unit === undefined ? {} : { unit, grows }),
    ...(isSlow ? { isSlow } : {}),
    ...(run === undefined
      ? {}
      : {
          run: (seconds, line) =>
            run({ settings: { SECONDS: seconds, first }, world, call: "soak" }, line),
        }),
  };
}

/**
 * By the name that `npm run soak` takes. `grows` is what memory may differ by, in `unit`; none where the
 * place cannot tell. `isSlow`: minutes for a week and more.
 * @type {Record<string, { title: string, run?: Function, missing?: string, unit?: string,
 *   grows?: number, isSlow?: boolean }[]>}
 */
export const places = {
  v8: engines.v8.map((engine) => placeOf(engine, GROWS.v8)),
  espruino: engines.espruino.map((engine) =>
    placeOf(engine, engine.unit === "octets" ? GROWS.host : GROWS.espruino),
  ),
  lua: engines.lua.map((engine) => placeOf(engine, GROWS.lua)),
};

/** What is wrong with what a place found; empty: nothing. */
export function faults(place, found) {
  const wrong = [...found.fail];
  if (found.over === undefined) return wrong.concat("it did not come to its end");
  // The first identifier was near the end of its cycle.
  if (!(found.wraps >= 1)) wrong.push("no packet identifier wrapped");
  if (!(found.pings > 0 && found.cuts > 0 && found.silences > 0 && found.received > 0)) {
    wrong.push("nothing happened");
  }
  if (found.timers !== 1) wrong.push(`${found.timers} timers are left`);
  if (found.failures > 0 && wrong.length < 1) wrong.push(`${found.failures} failures`);
  if (place.grows !== undefined) {
    if (!(found.samples > 1)) wrong.push("memory was not counted");
    if (found.last - found.warm > place.grows) {
      wrong.push(`memory grew by ${found.last - found.warm} ${place.unit}`);
    }
  }
  return wrong;
}
