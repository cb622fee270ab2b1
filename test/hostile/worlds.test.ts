// SPDX-License-Identifier: MIT
// Every attack of tools/hostile on every engine, over a network and a clock that are made up: each ends
// with its Status or is survived, the client comes back behind it, what it costs of memory has a bound,
// and on all engines of one size of limits the same is heard and sent.

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { engines } from "../../tools/engines.mjs";
// @ts-ignore
import { attacks, settingsOf } from "../../tools/hostile/attacks.mjs";

interface Engine {
  title: string;
  unit?: string;
  missing?: string;
  run?: (program: object, line: () => void) => Promise<Record<string, any>>;
}

const world = fileURLToPath(new URL("../../tools/hostile/world", import.meta.url));
const all = Object.values(engines as Record<string, Engine[]>).flat();
const isLarge = ({ title }: Engine) => title.includes("V8");

/**
 * What may be held beyond what was there, in the unit of the engine: a chunk of some 1,400 octets where
 * it is held, cut and read, and four topics that were received, each as octets and as text, which may be
 * as long. V8 keeps code and garbage of its own.
 */
function boundOf({ title, unit }: Engine): number {
  if (title.includes("Espruino bundle") || title.includes("V8")) return 1048576;
  return unit === "variables" ? 1600 : 16384;
}

const run = (engine: Engine, attack: object) =>
  // A collection takes long where the heap is large.
  engine.run!(
    { settings: settingsOf(attack, boundOf(engine) > 20000 ? 4 : 20), world, call: "attack" },
    () => {},
  );

const reference = all.find(({ title }) => title.startsWith("Lua 5.1 as"))!;

describe.each(attacks as { title: string; status: number; large?: number }[])(
  "a server that sends $title",
  (attack) => {
    const expected = run(reference, attack);

    for (const engine of all) {
      const why = engine.missing === undefined ? "" : ` (skipped: ${engine.missing})`;
      test.skipIf(engine.run === undefined)(
        `costs bounded memory on ${engine.title}${why}`,
        async () => {
          const found = await run(engine, attack);
          const status = isLarge(engine) ? (attack.large ?? attack.status) : attack.status;
          expect(found).toMatchObject({ fail: [], over: 1, back: 1, status });
          expect(found["most"] - found["before"]).toBeLessThan(boundOf(engine));
          if (isLarge(engine)) return;
          const { heard, octets, chunks, seconds } = await expected;
          expect(found).toMatchObject({ heard, octets, chunks, seconds });
        },
        60000,
      );
    }
  },
);
