// SPDX-License-Identifier: MIT
// The soak in its short form: a few simulated hours on every engine, over cuts, silences, the wrap of
// packet identifiers and, in Lua, of the engine's clock. `npm run soak` takes weeks.

import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { faults, places } from "../../tools/soak/engines.mjs";

interface Place {
  title: string;
  run?: (seconds: number, line: () => void) => Promise<Record<string, any>>;
  missing?: string;
  grows?: number;
  isSlow?: boolean;
}

// Memory is counted 50 minutes into each hour, twice at least.
const SECONDS = { quick: 3.5 * 3600, slow: 1.9 * 3600 };
const all = Object.entries(places as Record<string, Place[]>);

describe.each(all)("hours on %s", (_, each) => {
  for (const place of each) {
    const why = place.missing === undefined ? "" : ` (skipped: ${place.missing})`;
    test.skipIf(place.run === undefined)(
      `${place.title}: nothing is lost, keep alive is kept [MQTT-3.1.2-23], memory is flat${why}`,
      async () => {
        const found = await place.run!(place.isSlow ? SECONDS.slow : SECONDS.quick, () => {});
        expect(faults(place, found)).toEqual([]);
        expect(found).toMatchObject({ failures: 0, delivered: found["published"] });
        expect(found["connects"]).toBeGreaterThan(20);
        // Lua alone has a clock that wraps here, and the client does not read it.
        if (found["clockWraps"] !== undefined) {
          expect(found["clockWraps"]).toBeGreaterThan(2);
          expect(found["clockReads"]).toBe(0);
        }
      },
      120000,
    );
  }
});

describe("what the soak calls wrong", () => {
  const well = { fail: [], over: 1, wraps: 1, pings: 1, cuts: 1, silences: 1, received: 1 };
  const rest = { timers: 1, failures: 0, samples: 3, warm: 100, last: 104 };
  const place = { grows: 4, unit: "octets" };
  const wrong: [string, object][] = [
    ["a check that failed", { fail: ["why"] }],
    ["an end that did not come", { over: undefined }],
    ["identifiers that did not wrap", { wraps: 0 }],
    ["no silence", { silences: 0 }],
    ["a timer that is left", { timers: 2 }],
    ["memory that grew", { last: 105 }],
    ["memory that was not counted", { samples: 1 }],
    ["failures beyond those it told", { failures: 1 }],
  ];
  test("nothing, where all is well", () => {
    expect(faults(place, { ...well, ...rest })).toEqual([]);
  });
  test.each(wrong)("%s", (_, found) => {
    expect(faults(place, { ...well, ...rest, ...found })).toHaveLength(1);
  });
});
