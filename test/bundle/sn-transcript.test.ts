// SPDX-License-Identifier: MIT
// The MQTT-SN bundles say and tell the same on every engine, octet for octet: the reference is the bundle on
// Lua 5.1, the others are Lua 5.3, NodeMCU's own machine, Espruino's host and real interpreters. And the
// sender of QoS −1, which has no state to speak of.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { type Place, places, start } from "./places.js";
import { snDialogues, snInJavaScript, snInLua } from "./sn-transcript.js";
// @ts-ignore: the tools are JavaScript
import { openMachine as open51 } from "../../tools/lua/machine51.mjs";
// @ts-ignore
import { openMachine as open53 } from "../../tools/lua/machine53.mjs";

const dist = (file: string) => new URL(`../../dist/${file}`, import.meta.url);
const lua = readFileSync(dist("lua/ringlet-sn.lua"), "latin1");
const bundle = readFileSync(dist("espruino/ringlet-sn.min.js"), "utf8");
const luaSender = readFileSync(dist("lua/ringlet-sn-sender.lua"), "latin1");
const jsSender = readFileSync(dist("espruino/ringlet-sn-sender.min.js"), "utf8");
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

async function onMachine(open: () => Promise<any>, chunk: string, program: string) {
  const machine = await open();
  const said: string[] = [];
  machine.onCall((_op: string, line: string) => void said.push(line));
  machine.run(`print = function(s) __js("print", s) end`, "print");
  machine.run(`ringlet = (function() ${chunk}\nend)()`, "ringlet");
  machine.run(program, "dialogue");
  machine.close();
  return lines(said);
}

function onNodemcu(program: string) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  const text = `ringlet = (function() ${lua}\nend)()\n${program}`;
  writeFileSync(join(folder, "all.lua"), text, "latin1");
  const { stdout, stderr } = spawnSync(nodemcu!, ["-e", join(folder, "all.lua")], {
    encoding: "latin1",
  });
  rmSync(folder, { recursive: true, force: true });
  return lines((stdout + stderr).split("\n"));
}

const one = places.filter(({ broker }) => broker === "aedes");

describe.each(snDialogues)("$title", (dialogue) => {
  const js = snInJavaScript(dialogue, bundle);
  const program = snInLua(dialogue);
  const reference = onMachine(open51, lua, program);

  test("comes to its end, and is as long as it should be", async () => {
    const told = await reference;
    expect(told.at(-1)).toBe("over");
    expect(told.filter((line) => line.startsWith("sent ")).length).toBeGreaterThan(5);
    expect(told.filter((line) => line.startsWith("error"))).toEqual([]);
  });

  test("is the same on Lua 5.3", async () => {
    expect(await onMachine(open53, lua, program)).toEqual(await reference);
  });

  test.skipIf(nodemcu === undefined)(
    `is the same on NodeMCU's own machine${nodemcu ? "" : " (skipped: NODEMCU_LUA names none)"}`,
    async () => {
      expect(onNodemcu(program)).toEqual(await reference);
    },
  );

  for (const place of one) {
    test.skipIf(place.skip)(`is the same on ${place.title}`, async () => {
      expect(await onEspruino(place, js)).toEqual(await reference);
    });
  }
});

describe("the sender of QoS −1", () => {
  const sent = [
    "= 10.0.0.1 1884 080c6102010000" + "35",
    "= 10.0.0.1 1884 090c726162000032" + "32",
    "= 0 0 -1",
    "= over",
  ];
  const luaProgram = `
    local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
    net = { createUDPSocket = function() return { send = function(_, port, host, octets)
      print("= " .. host .. " " .. port .. " " .. hex(octets)) end } end }
    ringlet = (function() ${luaSender}\nend)()
    local sender = ringlet.connect({ host = "10.0.0.1", port = 1884 })
    local a = sender:publish(513, 5)
    local b = sender:publish("ab", "22", true)
    print("= " .. a .. " " .. b .. " " .. sender:publish("abc", "x"))
    print("= over")`;
  const jsProgram = `
    function hex(s) {
      for (var i = 0, h = ""; i < s.length; i++) h += (256 + s.charCodeAt(i)).toString(16).substr(1);
      return h;
    }
    var require = function () { return { createSocket: function () { return {
      send: function (octets, port, host) { print("= " + host + " " + port + " " + hex(octets)); } }; } }; };
    var ringlet = (function () { var exports = {}; ${jsSender}
      return exports; })();
    var sender = ringlet.connect({ host: "10.0.0.1", port: 1884 });
    var a = sender.publish(513, 5), b = sender.publish("ab", "22", true);
    print("= " + a + " " + b + " " + sender.publish("abc", "x"));
    print("= over");`;

  test.each([
    ["5.1", open51],
    ["5.3", open53],
  ])("says what it should on Lua %s", async (_name, open) => {
    expect(await onMachine(open, "return nil", luaProgram)).toEqual(lines(sent));
  });

  for (const place of one) {
    test.skipIf(place.skip)(`says what it should on ${place.title}`, async () => {
      expect(await onEspruino(place, jsProgram)).toEqual(lines(sent));
    });
  }
});
