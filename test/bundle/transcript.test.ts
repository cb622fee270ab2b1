// SPDX-License-Identifier: MIT
// The same dialogue on every engine has the same transcript, octet for octet: the JavaScript bundle in
// Espruino's host, with 8-bit and with Unicode strings, and on real interpreters; the Lua bundle on Lua
// 5.1 and 5.3 machines, and on NodeMCU's own machine.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { type Place, places, start } from "./places.js";
import { dialogues, inJavaScript, inLua } from "./transcript.js";
// @ts-ignore: the tools are JavaScript
import { openMachine as open51 } from "../../tools/lua/machine51.mjs";
// @ts-ignore
import { openMachine as open53 } from "../../tools/lua/machine53.mjs";

const lua = readFileSync(new URL("../../dist/lua/ringlet.lua", import.meta.url), "latin1");
const bundle = readFileSync(new URL("../../dist/espruino/ringlet.min.js", import.meta.url), "utf8");
const whole = `(function() ${lua}\nend)()`;
/** The same bundle as files that are loaded one after the other. */
const folder = new URL("../../dist/lua/split/", import.meta.url);
const pieces = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "latin1")]),
);
const inPieces = `(function()
  local files = { ${Object.entries(pieces)
    .map(([name, text]) => `["${name}"] = function(...) ${text}\nend`)
    .join(", ")} }
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

const one = places.filter(({ broker }) => broker === "aedes");

describe.each(dialogues)("$title", (dialogue) => {
  const js = inJavaScript(dialogue, bundle);
  const program = inLua(dialogue);
  const reference = onMachine(open51, program);

  test("comes to its end, and something is sent", async () => {
    const told = await reference;
    expect(told.at(-1)).toBe("over");
    expect(told.filter((line) => line.startsWith("sent ")).length).toBeGreaterThan(3);
  });

  test("is the same on Lua 5.3", async () => {
    expect(await onMachine(open53, program)).toEqual(await reference);
  });

  test.skipIf(nodemcu === undefined)(
    `is the same on NodeMCU's own machine${nodemcu ? "" : " (skipped: NODEMCU_LUA names none)"}`,
    async () => {
      expect(onNodemcu(program)).toEqual(await reference);
      expect(onNodemcu(program, inPieces)).toEqual(await reference);
    },
  );

  test("is the same from files that are loaded one after the other", async () => {
    expect(await onMachine(open51, program, inPieces)).toEqual(await reference);
    expect(await onMachine(open53, program, inPieces)).toEqual(await reference);
  });

  for (const place of one) {
    test.skipIf(place.skip)(`is the same on ${place.title}`, async () => {
      expect(await onEspruino(place, js)).toEqual(await reference);
    });
  }
});
