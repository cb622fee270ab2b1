// SPDX-License-Identifier: MIT
// How little heap the Lua bundles need: to be compiled, whole and in files, and for a session of 1,000
// messages each way over five broken connections. On NodeMCU's own machine, where it was built to
// hold a limit, and on Lua 5.1 from npm, whose values are twice as large. docs/nodemcu.md tells the
// figures; a limit here may fall and not rise.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { heapProgram } from "./heap-program.js";
// @ts-ignore: the tools are JavaScript
import { openMachine } from "../../tools/lua/machine51.mjs";

const dist = new URL("../../dist/lua/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, dist), "latin1");
const KB = 1024;

/** Kilobytes: of the module and a session, beyond what the machine and the world around take. */
const SESSION = [
  ["ringlet", { nodemcu: 40, npm: 70 }],
  ["ringlet-lean", { nodemcu: 18, npm: 34 }],
] as const;

/** Kilobytes beyond what the machine takes: to compile each file by itself, and to load them all. */
const COMPILING = [
  ["ringlet", { each: 16, all: 52, whole: 92 }],
  ["ringlet-lean", { each: 12, all: 22, whole: 31 }],
] as const;

const DONE = "done 1000 1000 on 6 connections";
const binary = process.env["NODEMCU_LUA"];

/** Runs a program on NodeMCU's machine, with files beside it. */
function onNodemcu(program: string, files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-heap-"));
  for (const [name, text] of Object.entries({ ...files, "program.lua": program })) {
    writeFileSync(join(folder, name), text, "latin1");
  }
  if (files["module.lua"])
    spawnSync(binary!, ["-s", "-o", "module.lc", "module.lua"], { cwd: folder });
  const { stdout, stderr } = spawnSync(binary!, ["-e", "program.lua"], {
    cwd: folder,
    encoding: "latin1",
    timeout: 15000,
  });
  rmSync(folder, { recursive: true, force: true });
  return (stdout + stderr).trim();
}

const USED = `local function used() collectgarbage() collectgarbage() return collectgarbage("count") end\n`;
const hog = `print(pcall(function() local t = {} for i = 1, 1e5 do t[i] = {} end end))`;
const isLimited =
  binary !== undefined && /^false/.test(onNodemcu(`collectgarbage("setmemlimit", 60) ${hog}`));
const why = isLimited
  ? ""
  : ` (skipped: NODEMCU_LUA names ${binary ? "a machine built without -DEGC_INITIAL_MODE=2, which holds no limit" : "none"})`;

describe.skipIf(!isLimited)(`on NodeMCU's own machine${why}`, () => {
  test.each(SESSION)("%s has its session under a limit of heap", (name, { nodemcu }) => {
    const load = `${USED} local before = used() ringlet = dofile("module.lc") local chunk = used() - before\n`;
    const limit = `collectgarbage("setmemlimit", math.ceil(used() - chunk) + ${nodemcu})`;
    const program = load + heapProgram({ count: 1000, limit, isLean: name !== "ringlet" });
    expect(onNodemcu(program, { "module.lua": read(`${name}.lua`) })).toBe(DONE);
  });

  test.each(COMPILING)(
    "%s is compiled in files under a limit of heap",
    (name, { each, all, whole }) => {
      const names = readdirSync(new URL("split/", dist)).filter((file) =>
        new RegExp(`^${name}(-\\d+)?\\.lua$`).test(file),
      );
      const files = Object.fromEntries(names.map((file) => [file, read(`split/${file}`)]));
      const within = (kb: number, does: string) =>
        `${USED} collectgarbage("setmemlimit", math.ceil(used()) + ${kb}) ${does} print("done")`;
      for (const file of names) {
        expect(onNodemcu(within(each, `assert(loadfile("${file}"))`), files), file).toBe("done");
      }
      const load = `assert(type(assert(loadfile("${name}.lua"))().connect) == "function")`;
      expect(onNodemcu(within(all, load), files)).toBe("done");
      // In one piece it takes far more.
      const one = { [`${name}.lua`]: read(`${name}.lua`) };
      expect(onNodemcu(within(all, load), one)).toContain("not enough memory");
      expect(onNodemcu(within(whole, load), one)).toBe("done");
    },
  );
});

describe("on Lua 5.1 from npm", () => {
  test.each(SESSION)("%s has its session under a limit of heap", async (name, { npm }) => {
    const machine = await openMachine();
    onTestFinished(() => machine.close());
    const said: string[] = [];
    let chunk = 0;
    machine.onCall((op: string, line: string) => {
      if (op === "limit") machine.setMemoryMax(machine.memory() - chunk + npm * KB);
      else said.push(line);
    });
    machine.run(`print = function(s) __js("print", s) end collectgarbage() collectgarbage()`);
    const before = machine.memory();
    machine.run(`ringlet = (function() ${read(`${name}.lua`)}\nend)()`, "ringlet");
    machine.run("collectgarbage() collectgarbage()");
    chunk = machine.memory() - before;
    // It does not collect where memory runs out, as NodeMCU's does: here before each event.
    const limit = `collectgarbage() collectgarbage()
      collectgarbage("setpause", 100) collectgarbage("setstepmul", 1000) __js("limit")`;
    const options = { count: 1000, limit, turn: "collectgarbage()", isLean: name !== "ringlet" };
    machine.run(heapProgram(options), "program");
    machine.setMemoryMax(undefined);
    expect(said).toEqual([DONE]);
  });
});
