// SPDX-License-Identifier: MIT
// What the example bundles take of their boards' memory: run from Storage on the interpreter, as on a
// board, up to the moment at which they have connected to a network that is made up.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { interpret } from "../../tools/bench/interpreter.mjs";
// @ts-ignore
import { readBoards } from "../../tools/boards.mjs";

const binary = process.env["ESPRUINO_BIN"];
const why = binary ? "" : " (skipped: ESPRUINO_BIN names no interpreter)";
const boards = [...(readBoards() as Map<string, any>)].filter(
  ([, { kind, engine, memory }]) => kind === "board" && engine === "espruino" && memory.variables,
);

/** Of the variables the program of a user may have the larger part. */
const SHARE = 0.5;

/** What the boards have and the interpreter for Linux has not; a network on which nobody answers. */
const FIRMWARE = `
  Modules.addCached("Wifi", "exports.on = function () {}; exports.connect = function (s, o, f) { setTimeout(f, 1, null); };");
  function never() {}
  require("net").connect = function () { return { on: never, write: never, end: never }; };
  var Bluetooth = { on: never, write: never, removeAllListeners: never };
  var NRF = { on: never, getSecurityStatus: function () { return { connected: true }; } };
  var Bangle = { on: never, setHRMPower: never, setLCDPower: never, getHealthStatus: function () { return { steps: 1 }; } };
  E.setConsole = never; E.getBattery = function () { return 87; };
  global.analogRead = function () { return 0.5; };
  var LED2 = D3, BTN1 = D4, A0 = D5, LED1 = D6, D36 = D7;
`;

describe.skipIf(!binary)(`of a board's memory${why}`, () => {
  test.each(boards)("%s takes no more than half", async (name, { memory }) => {
    const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = fileURLToPath(new URL(`../../dist/${name}/firmware.min.js`, import.meta.url));
    // Under the name it has on a board it would start before there is anything to start on.
    const config = JSON.stringify({ ssid: "net", host: "127.0.0.1", clientId: "a" });
    await interpret(
      binary,
      folder,
      `require("Storage").write("firmware", require("fs").readFileSync(${JSON.stringify(file)}));
       require("Storage").write("ringlet.json", ${JSON.stringify(config)});
       report({ done: true });`,
    );
    const { used } = await interpret(
      binary,
      folder,
      `${FIRMWARE}
       setTimeout(function () {
         var before = process.memory().usage;
         eval(require("Storage").read("firmware"));
         setTimeout(function () {
           report({ used: process.memory().usage - before });
           report({ done: true });
         }, 100);
       }, 10);`,
    );
    expect(used).toBeGreaterThan(300);
    expect(used).toBeLessThanOrEqual(memory.variables * SHARE);
    if (memory.storage) expect(statSync(file).size).toBeLessThanOrEqual(memory.storage * SHARE);
  });
});
