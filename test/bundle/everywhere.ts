// SPDX-License-Identifier: MIT
// Runs a dialogue of transcript.ts on any engine, with the built bundle; what comes back is its
// transcript.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { until } from "../boards/broker.js";
import { type Place, places, start } from "./places.js";
import { type Dialogue, inJavaScript, inLua } from "./transcript.js";
// @ts-ignore: the tools are JavaScript
import { openMachine as open51 } from "../../tools/lua/machine51.mjs";
// @ts-ignore
import { openMachine as open53 } from "../../tools/lua/machine53.mjs";

const lua = readFileSync(new URL("../../dist/lua/ringlet.lua", import.meta.url), "latin1");
const bundle = readFileSync(new URL("../../dist/espruino/ringlet.min.js", import.meta.url), "utf8");
const whole = `(function() ${lua}\nend)()`;
/** The same bundle as files that are loaded one after the other. */
const split = new URL("../../dist/lua/split/", import.meta.url);
const files = readdirSync(split).map((name) => {
  const text = readFileSync(new URL(name, split), "latin1");
  return `["${name}"] = function(...) ${text}\nend`;
});
const inPieces = `(function()
  local files = { ${files.join(", ")} }
  -- The machine for 5.3 has none.
  if string.find(_VERSION, "5.3") then collectgarbage = function() end end
  loadfile = function(name) return files[name] end
  return files["ringlet.lua"]()
end)()`;
const nodemcu = process.env["NODEMCU_LUA"];

const lines = (all: string[]) =>
  all
    .filter((line) => line.startsWith("= "))
    .map((line) => line.slice(2).replaceAll("undefined", "nil"));

async function onEspruino(place: Place, program: string) {
  const running = start(place, program);
  onTestFinished(running.stop);
  await until(() => lines(running.lines).includes("over"));
  return lines(running.lines);
}

async function onMachine(open: () => Promise<any>, program: string, client = whole) {
  const machine = await open();
  const said: string[] = [];
  machine.onCall((_op: string, line: string) => void said.push(line));
  machine.run(`print = function(s) __js("print", s) end`, "print");
  machine.run(`ringlet = ${client}`, "ringlet");
  machine.run(program, "dialogue");
  machine.close();
  return lines(said);
}

function onNodemcu(program: string, client = whole) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  writeFileSync(join(folder, "all.lua"), `ringlet = ${client}\n${program}`, "latin1");
  const { stdout, stderr } = spawnSync(nodemcu!, ["-e", join(folder, "all.lua")], {
    encoding: "latin1",
  });
  rmSync(folder, { recursive: true, force: true });
  return lines((stdout + stderr).split("\n"));
}

/** An engine, and whether it is missing here; the title says what is. */
export interface Engine {
  title: string;
  skip: boolean;
  run: (dialogue: Dialogue) => Promise<string[]>;
}

/** The one that the others are held against: Lua 5.1, which is always there. */
export const reference = (dialogue: Dialogue) => onMachine(open51, inLua(dialogue));

const without = nodemcu ? "" : " (skipped: NODEMCU_LUA names none)";

export const others: Engine[] = [
  { title: "Lua 5.3", skip: false, run: (one) => onMachine(open53, inLua(one)) },
  {
    title: "Lua 5.1, from files that are loaded one after the other",
    skip: false,
    run: (one) => onMachine(open51, inLua(one), inPieces),
  },
  {
    title: "Lua 5.3, from files that are loaded one after the other",
    skip: false,
    run: (one) => onMachine(open53, inLua(one), inPieces),
  },
  {
    title: `NodeMCU's own machine${without}`,
    skip: nodemcu === undefined,
    run: async (one) => onNodemcu(inLua(one)),
  },
  {
    title: `NodeMCU's own machine, from files that are loaded one after the other${without}`,
    skip: nodemcu === undefined,
    run: async (one) => onNodemcu(inLua(one), inPieces),
  },
  ...places
    .filter(({ broker }) => broker === "aedes")
    .map((place) => ({
      title: place.title,
      skip: place.skip,
      run: (one: Dialogue) => onEspruino(place, inJavaScript(one, bundle)),
    })),
];
