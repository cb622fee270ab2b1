// SPDX-License-Identifier: MIT
// Where the soak runs: the Espruino bundle on its host in Node and on real interpreters, the Lua bundle
// on Lua machines from npm and on those that are installed, the source on V8. Each run is a promise of
// what the world found, by name; `line` gets what it says on the way.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { alias } from "../build/node.mjs";
import { createHost } from "../espruino/host.mjs";
import { openMachine as open51 } from "../lua/machine51.mjs";
import { openMachine as open53 } from "../lua/machine53.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const own = (name) => readFileSync(new URL(name, import.meta.url), "latin1");
const built = (name) => readFileSync(`${root}dist/${name}`, "latin1");

/** Gathers lines of `= name value`; those of one name that says something went wrong are a list. */
function gather(line) {
  const found = { fail: [] };
  let rest = "";
  const take = (text) => {
    const match = /= (\w+) (.+)$/.exec(text);
    if (!match) return;
    if (match[1] === "fail") found.fail.push(match[2]);
    else found[match[1]] = Number(match[2]);
    line(match[0]);
  };
  return {
    found,
    take,
    /** Text in pieces. */
    stream(text) {
      const lines = (rest + text).replaceAll("\r", "").split("\n");
      rest = lines.pop();
      lines.forEach(take);
    },
  };
}

/** Octets of V8's heap in use, after everything that is garbage has gone. */
export function heapUsed() {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** In front of world.js. The first packet identifier is near the end of its cycle. */
const espruinoStart = (seconds) => `
var SECONDS = ${seconds};
var usage = function () { return process.memory().usage; };
var octetsOf = function (payload) { return payload; };
var isFirst = true;
E.hwRand = function () {
  if (isFirst) { isFirst = false; return 65400; }
  return chance(32768) * 2;
};
var modules = require;
var require = function (name) { return name === "net" ? net : modules(name); };
`;

/** Functions are declared before the bundle sees them: it takes the timers of the place it stands in. */
const espruinoProgram = (seconds) =>
  `${espruinoStart(seconds)}${own("world.js").replace(/^\s*\/\/.*$/gm, "")}
var ringlet = (function () { var exports = {}; ${built("espruino/ringlet.min.js")}
return exports; })();
soak(ringlet);`;

async function onHost(seconds, line) {
  const { found, take } = gather(line);
  const host = createHost({ print: take, memory: () => ({ usage: heapUsed() }) });
  host.run(espruinoProgram(seconds));
  host.stop();
  return found;
}

/** Runs a program of its own until it has said that it is over, or has ended. */
function runs(binary, args, cwd, line) {
  const { found, stream } = gather(line);
  // Its standard input stays open: at the end of it an interpreter reads rubbish.
  const child = spawn(binary, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  let last = "";
  return new Promise((done) => {
    const hear = (text) => {
      last = (last + text).slice(-400);
      stream(text);
      if (found.over !== undefined) child.kill("SIGKILL");
    };
    child.stdout.setEncoding("latin1").on("data", hear);
    child.stderr.setEncoding("latin1").on("data", hear);
    child.on("error", (error) => done({ fail: [error.message] }));
    child.on("exit", () => {
      if (found.over === undefined) found.fail.push(`it ended early, and said last: ${last}`);
      done(found);
    });
  });
}

async function inFolder(name, text, use) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-soak-"));
  writeFileSync(join(folder, name), text, "latin1");
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const onInterpreter = (binary) => (seconds, line) =>
  inFolder("program.js", espruinoProgram(seconds), (folder) =>
    runs(binary, ["program.js"], folder, line),
  );

/** The source itself, with V8's engine, on the world's sockets. */
async function onV8(seconds, line) {
  const { found, take } = gather(line);
  const { outputFiles } = await build({
    stdin: {
      contents: `export { clientOpen } from "./src/client.ts";
        export { chunkOpen, payloadOctets } from "./src/engine/v8/index.ts";`,
      resolveDir: root,
      loader: "ts",
    },
    bundle: true,
    format: "iife",
    globalName: "source",
    alias,
    write: false,
    logLevel: "error",
  });
  const program = `
    var SECONDS = ${seconds};
    var octetsOf = function (payload) { return source.payloadOctets(payload); };
    ${own("world.js")}
    ${outputFiles[0].text}
    var isFirst = true;
    var port = {
      open: function (drive, events, address) {
        var socket = net.connect(address);
        socket.on("data", function (octets) {
          events.received(drive, source.chunkOpen(bytes(octets)));
        });
        socket.on("drain", function () { events.drained(drive); });
        socket.on("close", function () { events.closed(drive); });
        return {
          socket: socket,
          write: function (octets, payload) {
            socket.write(octets + (payload === undefined ? "" : source.payloadOctets(payload)));
          },
          end: function () { socket.end(); }
        };
      },
      drop: function (link) { link.socket.removeAllListeners(); link.socket.end(); },
      after: setTimeout,
      stop: clearTimeout,
      chance: function (count) {
        if (isFirst) { isFirst = false; return count - 100; }
        return chance(count);
      }
    };
    soak({ connect: function (options) { return source.clientOpen(options, port); } });`;
  const bytes = (octets) => Buffer.from(octets, "latin1");
  const globals = { print: take, usage: heapUsed, bytes, Buffer, TextEncoder, TextDecoder };
  runInNewContext(program, { ...globals, Uint8Array, Uint32Array, console });
  return found;
}

const luaProgram = (seconds) => `SECONDS = ${seconds}
ringlet = (function() ${built("lua/ringlet.lua")}
end)
${own("world.lua")}
soak(ringlet())`;

const onMachine = (open) => async (seconds, line) => {
  const { found, take } = gather(line);
  const machine = await open();
  machine.onCall((_op, text) => void take(text));
  machine.run(`print = function(s) __js("print", s) end`, "print");
  machine.run(luaProgram(seconds), "soak");
  machine.close();
  return found;
};

const onLua =
  (binary, ...options) =>
  (seconds, line) =>
    inFolder("soak.lua", luaProgram(seconds), (folder) =>
      runs(binary, [...options, join(folder, "soak.lua")], folder, line),
    );

/** A place that a variable names, or one that is missing. */
function named(variable, title, run) {
  const binary = process.env[variable];
  return binary ? { title, run: run(binary) } : { title, missing: `${variable} names none` };
}

/**
 * By the name that `npm run soak` takes. `grows` is what memory may differ by, in `unit`; none where the
 * place cannot tell. `isSlow`: minutes for a week and more.
 * @type {Record<string, { title: string, run?: Function, missing?: string, unit?: string,
 *   grows?: number, isSlow?: boolean }[]>}
 */
export const places = {
  v8: [{ title: "the source on V8", run: onV8, unit: "octets", grows: 1048576 }],
  espruino: [
    { title: "the Espruino bundle on its host", run: onHost, unit: "octets", grows: 1048576 },
    ...[
      named("ESPRUINO_BIN", "the Espruino interpreter, 8-bit strings", onInterpreter),
      named("ESPRUINO_BIN_UNICODE", "the Espruino interpreter, Unicode strings", onInterpreter),
    ].map((place) => ({ ...place, unit: "variables", grows: 24, isSlow: true })),
  ],
  lua: [
    { title: "Lua 5.1 as WebAssembly", run: onMachine(open51), unit: "octets", grows: 4096 },
    { title: "Lua 5.3 in JavaScript", run: onMachine(open53), isSlow: true },
    ...[
      named("NODEMCU_LUA", "NodeMCU's Lua machine", (binary) => onLua(binary, "-e")),
      named("LUA51", "Lua 5.1", onLua),
      named("LUA53", "Lua 5.3", onLua),
    ].map((place) => ({ ...place, unit: "octets", grows: 4096 })),
  ],
};

/** What is wrong with what a place found; empty: nothing. */
export function faults(place, found) {
  const wrong = [...found.fail];
  if (found.over === undefined) return wrong.concat("it did not come to its end");
  // The first identifier was near the end of its cycle.
  if (!(found.wraps >= 1)) wrong.push("no packet identifier wrapped");
  if (!(found.pings > 0 && found.cuts > 0 && found.silences > 0 && found.received > 0)) {
    wrong.push("nothing happened");
  }
  if (found.timers !== 1) wrong.push(`${found.timers} timers are left`);
  if (found.failures > 0 && wrong.length < 1) wrong.push(`${found.failures} failures`);
  if (place.grows !== undefined) {
    if (!(found.samples > 1)) wrong.push("memory was not counted");
    if (found.last - found.warm > place.grows) {
      wrong.push(`memory grew by ${found.last - found.warm} ${place.unit}`);
    }
  }
  return wrong;
}
