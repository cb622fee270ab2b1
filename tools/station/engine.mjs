// SPDX-License-Identifier: MIT
// Runs a built greenhouse among virtual chips: on the simulated board, with Espruino or NodeMCU, or on a
// real Espruino interpreter. Of what its Linux build lacks (Wi-Fi, analog inputs, chips on a bus) that
// one is told first; the chips then run inside of it, and find in a file what the world has.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createHost } from "../espruino/host.mjs";
import { openBoard } from "../simulated/board.mjs";
import { load, memory, temperature } from "./machine.mjs";

/** The station of an ESP32 in the host. `counts.rounds` is how often it took its readings. */
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

/** Counts rounds by what each reads last, once. */
function countRounds(world) {
  const counts = { rounds: 0 };
  const { value } = world;
  world.value = (name) => {
    if (name === "illuminance") counts.rounds += 1;
    return value(name);
  };
  return counts;
}

/** The bundle on the simulated board. `counts.rounds` is how often it took its readings. */
export async function runOnBoard({ kind, files, config, world, print, onOutput }) {
  const counts = countRounds(world);
  let stop = () => {};
  const ended = new Promise((resolve) => (stop = resolve));
  const board = await openBoard({
    kind,
    wiring: "greenhouse",
    files: { ...files, "ringlet.json": JSON.stringify(config) },
    world,
    print,
    onOutput,
    onRestart: stop,
  });
  return { counts, ended, board, stop: () => board.stop() };
}

/** An interpreter: the one named by ESPRUINO_BIN, else `espruino` on the path, else undefined. */
export function findEspruino() {
  if (process.env.ESPRUINO_BIN) return process.env.ESPRUINO_BIN;
  return (
    spawnSync("sh", ["-c", "command -v espruino"], { encoding: "utf8" }).stdout.trim() || undefined
  );
}

/** The chips of a greenhouse, for an interpreter. */
async function chipsForInterpreter() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { create as bme280 } from "./bme280.mjs";
        export { create as bh1750 } from "./bh1750.mjs";`,
      resolveDir: fileURLToPath(new URL("../simulated/chips", import.meta.url)),
    },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2015",
    minifyWhitespace: true,
  });
  return outputFiles[0].text.replace(/export\s*\{([^}]*)\};?/, (_all, names) =>
    names.replace(/(\w+) as (\w+),?/g, "var $2 = $1;"),
  );
}

/** What the Linux build lacks, in front of the bundle. */
const preludeOf = (config, chips) => `
require("Storage").writeJSON("ringlet.json", ${JSON.stringify(config)});
Modules.addCached("Wifi", function() { exports.on = function() {}; exports.connect = function(s, o, f) { setTimeout(f, 1); }; });
var I2C1 = (function() {
  ${chips}
  function told() { return JSON.parse(require("fs").readFileSync("world.json")); }
  var world = {
    now: function() { return getTime() * 1000; },
    value: function(name) { return told()[name]; }
  };
  var all = { 118: bme280(world), 35: bh1750(world) };
  function chip(address) {
    if (!all[address] || told().unplugged.indexOf(address) >= 0) throw new Error("I2C not acknowledged");
    return all[address];
  }
  return {
    setup: function() {},
    writeTo: function(address, octets) { chip(address).write(octets); },
    readFrom: function(address, count) { return E.toUint8Array(chip(address).read(count)); }
  };
})();
var analogRead = function() { return JSON.parse(require("fs").readFileSync("world.json")).analog; };
var digitalWrite = function() {};
`;

/** Pins that the Linux build has. */
const LINUX_PINS = { scl: "D1", sda: "D2", soil: "D3", pump: "D4" };

/** The bundle on a real interpreter, in a folder of its own. */
export async function runOnEspruino(binary, code, config, world, print) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  const counts = { rounds: undefined };
  const unplugged = new Set();
  const tell = () => {
    const values = world.values();
    const analog = unplugged.has("soil") ? 0 : (47000 - values.soil * 250) / 65535;
    const addresses = { bme280: 118, bh1750: 35 };
    const off = [...unplugged].map((name) => addresses[name]);
    // Renamed into place: the interpreter may be reading.
    writeFileSync(join(folder, "world.new"), JSON.stringify({ ...values, analog, unplugged: off }));
    renameSync(join(folder, "world.new"), join(folder, "world.json"));
  };
  tell();
  const timer = setInterval(tell, 250);
  const prelude = preludeOf({ ...config, pins: LINUX_PINS }, await chipsForInterpreter());
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
    board: {
      unplug: (name) => void unplugged.add(name),
      plug: (name) => void unplugged.delete(name),
      wifi: () => print("The interpreter has no Wi-Fi to lose."),
    },
    stop: () => {
      clearInterval(timer);
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
