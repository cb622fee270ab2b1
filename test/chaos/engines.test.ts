// SPDX-License-Identifier: MIT
// Chaos on the built bundles: a bounded number of runs happens again, octet for octet and event for
// event, in Espruino's host and on real interpreters, and on Lua 5.1 and 5.3 machines and NodeMCU's own.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { until } from "../boards/broker.js";
import { type Place, places, start } from "../bundle/places.js";
import type * as Chaos from "./main.js";
// @ts-ignore: the tools are JavaScript
import { chaosOpen } from "./build.mjs";
// @ts-ignore
import { openMachine as open51 } from "../../tools/lua/machine51.mjs";
// @ts-ignore
import { openMachine as open53 } from "../../tools/lua/machine53.mjs";

type World = Chaos.Scenario["world"];
type Run = ReturnType<typeof Chaos.tapeOf>;

const read = (file: string, encoding: BufferEncoding) =>
  readFileSync(new URL(`../../dist/${file}`, import.meta.url), encoding);
const lua = `ringlet = (function() ${read("lua/ringlet.lua", "latin1")}\nend)()`;
const bundle = read("espruino/ringlet.min.js", "utf8");
const nodemcu = process.env["NODEMCU_LUA"];
const WORLDS: World[] = ["faithful", "hostile"];

let chaos: typeof Chaos;
beforeAll(async () => {
  chaos = await chaosOpen();
});

const linesOf = (all: string[]) =>
  all.filter((line) => line?.startsWith("= ")).map((line) => line.slice(2));

/** The first lines that are not the same, with those before them. */
function difference(seed: number, { tape, failure }: Run, got: string[]): string {
  const wanted = [...tape.lines, "over"];
  const at = wanted.findIndex((line, i) => line !== got[i]);
  if (failure !== undefined) return `seed ${seed} on V8: ${failure}`;
  if (at < 0) return "";
  return `seed ${seed}, line ${at}: ${got[at]}, where V8 has ${wanted.slice(Math.max(0, at - 4), at + 1).join("\n")}`;
}

async function onMachine(open: () => Promise<any>, { scenario, tape }: Run): Promise<string[]> {
  const machine = await open();
  const said: string[] = [];
  machine.onCall((_op: string, line: string) => void said.push(line));
  try {
    machine.run(`print = function(s) __js("print", s) end`, "print");
    machine.run(lua, "ringlet");
    machine.run(chaos.tapeInLua(scenario, tape), "tape");
  } finally {
    machine.close();
  }
  return linesOf(said);
}

function onNodemcu({ scenario, tape }: Run): string[] {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  const file = join(folder, "all.lua");
  writeFileSync(file, `${lua}\n${chaos.tapeInLua(scenario, tape)}`, "latin1");
  const { stdout, stderr } = spawnSync(nodemcu!, ["-e", file], { encoding: "latin1" });
  rmSync(folder, { recursive: true, force: true });
  return linesOf((stdout + stderr).split("\n"));
}

async function onEspruino(place: Place, { scenario, tape }: Run): Promise<string[]> {
  const running = start(place, chaos.tapeInJavaScript(scenario, tape, bundle));
  onTestFinished(running.stop);
  await until(() => linesOf(running.lines).includes("over"));
  const lines = linesOf(running.lines);
  await running.stop();
  return lines;
}

/** The same runs on an engine. */
function runs(count: number, on: (run: Run) => Promise<string[]> | string[], gathers: boolean) {
  return it.each(WORLDS)(
    "in the %s world are the same",
    async (world) => {
      for (let seed = 0; seed < count; seed++) {
        const run = chaos.tapeOf(seed, world);
        // Where a port gathers octets, what was lost with its connection is not seen.
        if (gathers && run.tape.isLossy) continue;
        expect(difference(seed, run, await on(run))).toBe("");
      }
    },
    60000,
  );
}

describe("runs on Lua 5.1", () => runs(12, (run) => onMachine(open51, run), true));
describe("runs on Lua 5.3", () => runs(6, (run) => onMachine(open53, run), true));

describe.skipIf(nodemcu === undefined)(
  `runs on NodeMCU's own machine${nodemcu ? "" : " (skipped: NODEMCU_LUA names none)"}`,
  () => runs(12, onNodemcu, true),
);

for (const place of places.filter(({ broker }) => broker === "aedes")) {
  describe.skipIf(place.skip)(`runs on ${place.title.replace(", against aedes", "")}`, () => {
    runs(place.binary ? 6 : 12, (run) => onEspruino(place, run), false);
  });
}

it("a line that is not the same is told", () => {
  const run = chaos.tapeOf(0, "faithful");
  const { lines } = run.tape;
  expect(difference(0, run, [...lines, "over"])).toBe("");
  expect(difference(0, run, lines)).toContain("undefined, where V8 has");
  expect(difference(0, run, ["open", "sent 00", ...lines.slice(2)])).toContain("sent 00");
});

it("a run is no empty run", () => {
  const all = Array.from({ length: 12 }, (_, seed) => chaos.tapeOf(seed, "faithful").tape.lines);
  for (const kind of ["open", "sent", "connect", "delivered", "message", "told", "close"]) {
    expect(all.flat().filter((line) => line.startsWith(kind)).length, kind).toBeGreaterThan(3);
  }
});
