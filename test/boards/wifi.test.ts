// SPDX-License-Identifier: MIT
// The Wi-Fi station of Espruino's boards as a dialogue: what the firmware tells, time that passes, and when
// it joins again. The timers are numbered as the firmware numbers them.

import { expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { bundleModule } from "../../tools/build/modules.mjs";

const code: string = await bundleModule("boards/espruino/tsconfig.json", "boards/espruino/wifi.ts");

/** The most of every bound, or nearly. */
const CHANCE = 479999 * 2;

function world(chance = CHANCE) {
  const timers = new Map<number, { due: number; step: () => void }>();
  const handlers: Record<string, (told?: object) => void> = {};
  const w = {
    now: 0,
    /** When `connect` was called. */
    joins: [] as number[],
    lines: [] as string[],
    ups: 0,
    /** Timers that were stopped though there was none of that number. */
    strays: [] as number[],
    fails: false,
    answer: (_error: string | null) => {},
    tells: (event: string, told?: object) => handlers[event]!(told),
    passes(ms: number) {
      for (const end = w.now + ms; ;) {
        const [next] = [...timers].sort(([, a], [, b]) => a.due - b.due);
        if (!next || next[1].due > end) {
          w.now = end;
          return;
        }
        timers.delete(next[0]);
        w.now = next[1].due;
        next[1].step();
      }
    },
    timers,
    network: undefined as unknown as { isUp: boolean; losses: number },
  };
  const wifi = {
    on: (event: string, handler: () => void) => (handlers[event] = handler),
    connect(ssid: string, options: object, answer: (error: string | null) => void) {
      expect([ssid, options]).toEqual(["net", { password: "secret" }]);
      w.joins.push(w.now);
      w.answer = answer;
      if (w.fails) throw new Error("No radio");
    },
  };
  const exports: any = {};
  const names = ["require", "setTimeout", "clearTimeout", "E", "print", "exports"];
  new Function(...names, code)(
    () => wifi,
    (step: (arg?: unknown) => void, ms: number, arg?: unknown) => {
      const id = Math.max(0, ...timers.keys()) + 1;
      timers.set(id, { due: w.now + ms, step: () => step(arg) });
      return id;
    },
    (id: number) => id !== 0 && !timers.delete(id) && w.strays.push(id),
    { hwRand: () => chance },
    (line: string) => w.lines.push(line),
    exports,
  );
  w.network = exports.joinWifi("net", "secret", () => w.ups++);
  return w;
}

test("joins, and says that there is a network once", () => {
  const w = world();
  expect(w.joins).toEqual([0]);
  expect(w.network).toEqual({ isUp: false, losses: 0 });
  w.tells("connected");
  w.answer(null);
  expect(w.ups).toBe(1);
  expect(w.network).toEqual({ isUp: true, losses: 0 });
  w.passes(1e6);
  expect(w.joins).toEqual([0]);
  expect(w.lines).toEqual(["Wi-Fi joined."]);
});

test.each([
  ["an event", ["event"]],
  ["the callback", ["callback"]],
  ["the event, then the callback", ["event", "callback"]],
  ["the callback, then the event", ["callback", "event"]],
])("a failure that is told by %s is one", (_how, told) => {
  const w = world(0);
  for (const how of told) {
    if (how === "event") w.tells("disconnected", { msg: "NO_AP_FOUND" });
    else w.answer("NO_AP_FOUND");
  }
  w.passes(499);
  expect(w.joins).toEqual([0]);
  w.passes(1);
  expect(w.joins).toEqual([0, 500]);
  expect(w.lines).toEqual(["Wi-Fi lost: NO_AP_FOUND. Joining again in 500 ms."]);
  // It was never there, so it was not lost.
  expect(w.network.losses).toBe(0);
});

test("a firmware that tells nothing is asked again after 30 s", () => {
  const w = world(0);
  w.passes(30000);
  expect(w.lines).toEqual(["Wi-Fi lost: no answer. Joining again in 500 ms."]);
  // The answer comes late, and is none to what was asked since.
  w.answer("TIMEOUT");
  w.passes(500);
  expect(w.joins).toEqual([0, 30500]);
});

test("a call that throws is a failure", () => {
  const w = world(0);
  w.answer("x");
  w.fails = true;
  w.passes(500);
  w.fails = false;
  w.passes(500);
  expect(w.joins).toEqual([0, 500, 1000]);
  expect(w.lines.at(-1)).toBe("Wi-Fi lost: Error: No radio. Joining again in 500 ms.");
});

test("waits by chance, up to a bound that doubles and ends at a minute, and begins anew when joined", () => {
  const w = world();
  const waits = [];
  for (let turn = 0; turn < 8; turn++) {
    const from = w.now;
    w.answer("x");
    while (w.joins.length < turn + 2) w.passes(1);
    waits.push(w.now - from);
  }
  expect(waits).toEqual([1499, 2499, 4499, 8499, 16499, 32499, 60499, 60499]);
  w.answer(null);
  w.tells("disconnected", {});
  expect(w.lines.at(-1)).toBe("Wi-Fi lost: ?. Joining again in 1499 ms.");
});

test("counts losses, and leaves it to a firmware that came back by itself", () => {
  const w = world(0);
  w.answer(null);
  w.tells("disconnected", { msg: "BEACON_TIMEOUT" });
  w.tells("disconnected", { msg: "BEACON_TIMEOUT" });
  expect(w.network).toEqual({ isUp: false, losses: 1 });
  w.tells("connected");
  expect(w.network).toEqual({ isUp: true, losses: 1 });
  w.passes(1e6);
  expect(w.joins).toEqual([0]);
  expect(w.ups).toBe(1);
});

test("stops no timer but its own", () => {
  const w = world(0);
  w.answer(null);
  w.timers.set(1, { due: 1e9, step: () => {} });
  w.tells("disconnected", {});
  w.tells("connected");
  expect(w.timers.has(1)).toBe(true);
  expect(w.strays).toEqual([]);
});
