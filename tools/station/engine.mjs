// SPDX-License-Identifier: MIT
// Runs a built bundle: the one for Espruino in the host on V8, or on a real Espruino interpreter, which
// is told where to find what its Linux build lacks (Wi-Fi, a thermometer) before the same bundle runs;
// the one for NodeMCU in a host on a Lua machine.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHost } from "../espruino/host.mjs";
import { openNodemcu } from "../lua/nodemcu.mjs";
import { load, memory, temperature } from "./machine.mjs";

/** The bundle in the host. `counts.rounds` is how often it took its readings. */
export function runInHost(code, config, print) {
  const counts = { rounds: 0 };
  const host = createHost({
    storage: { "ringlet.json": JSON.stringify(config) },
    temperature,
    memory,
    analog: () => {
      counts.rounds += 1;
      return load();
    },
    print,
  });
  host.run(code, "firmware.min.js");
  return { counts, stop: () => host.stop() };
}

/** The bundle for NodeMCU in its host, as an ESP8266 with Lua 5.1. */
export async function runInNodemcu(files, config, print) {
  const counts = { rounds: 0 };
  let stop = () => {};
  const ended = new Promise((resolve) => (stop = resolve));
  const board = await openNodemcu({
    flavour: "esp8266",
    files: { ...files, "ringlet.json": JSON.stringify(config) },
    print,
    onRestart: stop,
    adc: () => {
      counts.rounds += 1;
      return Math.round(load() * 1023);
    },
    heap: () => memory().free * 1024,
  });
  board.wifiUp();
  board.start();
  return { counts, ended, stop: () => board.close() };
}

/** An interpreter: the one named by ESPRUINO_BIN, else `espruino` on the path, else undefined. */
export function findEspruino() {
  if (process.env.ESPRUINO_BIN) return process.env.ESPRUINO_BIN;
  return (
    spawnSync("sh", ["-c", "command -v espruino"], { encoding: "utf8" }).stdout.trim() || undefined
  );
}

/** The bundle on a real interpreter, in a folder of its own. */
export function runOnEspruino(binary, code, config, print) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  const counts = { rounds: undefined };
  const tell = () => {
    // Renamed into place: the interpreter may be reading.
    writeFileSync(
      join(folder, "machine.new"),
      JSON.stringify({ temperature: temperature(), load: load() }),
    );
    renameSync(join(folder, "machine.new"), join(folder, "machine.json"));
  };
  tell();
  const timer = setInterval(tell, 1000);
  const prelude = `
    require("Storage").writeJSON("ringlet.json", ${JSON.stringify(config)});
    Modules.addCached("Wifi", function() { exports.connect = function(s, o, f) { setTimeout(f, 1); }; });
    function machine() { return JSON.parse(require("fs").readFileSync("machine.json")); }
    E.getTemperature = function() { var t = machine().temperature; return t === null ? NaN : t; };
    var analogRead = function() { return machine().load; };
    var D36 = D1;
  `;
  writeFileSync(join(folder, "node.js"), `${prelude}\n${code}`);
  const child = spawn(binary, ["node.js"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  // The banner and the console's prompt are not what the bundle prints.
  let banner = true;
  child.stdout.setEncoding("latin1");
  child.stdout.on("data", (text) => {
    for (const line of text.replace(/\x1b\[J|\r/g, "").split("\n")) {
      if (line.startsWith("http")) banner = false;
      else if (!banner && line.replace(/^>/, "").trim() !== "") print(line.replace(/^>/, ""));
    }
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return {
    counts,
    ended,
    stop: () => {
      clearInterval(timer);
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
