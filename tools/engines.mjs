// SPDX-License-Identifier: MIT
// Every engine of this project behind one function: the Espruino bundle on its host in Node and on real
// interpreters, the Lua bundle on Lua machines from npm and on those that are installed, the source on V8.
// A program is a world that is made up around the client (network, server), written twice, as `world`.js
// and `world`.lua; what it finds, in lines of `= name value`, comes back by name. Of the world this uses
// `net` and `first`, the first number by chance. In front of it stand chance and time, the same for every
// world (world/time.js, world/time.lua), and what this offers: `usage()`, which counts memory, `clock()`,
// milliseconds, and in JavaScript `octetsOf(payload)`.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { alias } from "./build/node.mjs";
import { createHost } from "./espruino/host.mjs";
import { openMachine as open51 } from "./lua/machine51.mjs";
import { openMachine as open53 } from "./lua/machine53.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const built = (name) => readFileSync(`${root}dist/${name}`, "latin1");
const TIME = `${root}tools/world/time`;

/** A number, a truth value, or octets with each one escaped: all three languages read it. */
function literal(value, escape) {
  if (typeof value !== "string") return String(value);
  const octet = (c) =>
    escape === "\\x"
      ? c.charCodeAt(0).toString(16).padStart(2, "0")
      : String(c.charCodeAt(0)).padStart(3, "0");
  return `"${[...value].map((c) => escape + octet(c)).join("")}"`;
}

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

/** In front of a world. A world's `first` is what chance says first: it becomes a packet identifier. */
const ESPRUINO_START = `
var usage = function () { return process.memory().usage; };
var octetsOf = function (payload) { return payload; };
var clock = function () { return getTime() * 1000; };
var isFirst = true;
E.hwRand = function () {
  if (isFirst) { isFirst = false; return 2 * first; }
  return chance(32768) * 2;
};
var modules = require;
var require = function (name) { return name === "net" ? net : modules(name); };
`;

const inJavaScript = ({ settings, world }) =>
  Object.entries(settings)
    .map(([name, value]) => `var ${name} = ${literal(value, "\\x")};\n`)
    .join("") +
  [`${TIME}.js`, `${world}.js`]
    .map((path) => readFileSync(path, "latin1").replace(/^\s*\/\/.*$/gm, ""))
    .join("");

/** Functions are declared before the bundle sees them: it takes the timers of the place it stands in. */
const espruinoProgram = (program) =>
  `${ESPRUINO_START}${inJavaScript(program)}
var ringlet = (function () { var exports = {}; ${built("espruino/ringlet.min.js")}
return exports; })();
${program.call}(ringlet);`;

async function onHost(program, line) {
  const { found, take } = gather(line);
  const host = createHost({ print: take, memory: () => ({ usage: heapUsed() }) });
  host.run(espruinoProgram(program));
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

const onInterpreter = (binary) => (program, line) =>
  inFolder("program.js", espruinoProgram(program), (folder) =>
    runs(binary, ["program.js"], folder, line),
  );

/** The source itself, with V8's engine, on the world's sockets. */
async function onV8(program, line) {
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
  const text = `
    var octetsOf = function (payload) { return source.payloadOctets(payload); };
    ${inJavaScript(program)}
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
        if (isFirst) { isFirst = false; return first % count; }
        return chance(count);
      }
    };
    ${program.call}({ connect: function (options) { return source.clientOpen(options, port); } });`;
  const bytes = (octets) => Buffer.from(octets, "latin1");
  const clock = () => performance.now();
  const globals = { print: take, usage: heapUsed, clock, bytes, Buffer, TextEncoder, TextDecoder };
  runInNewContext(text, { ...globals, Uint8Array, Uint32Array, console });
  return found;
}

const LUA_START = `
clock = function() return os.clock() * 1000 end
-- A machine without a clock of its own.
if not pcall(clock) then clock = function() return 0 end end
usage = function()
  collectgarbage() collectgarbage()
  return math.floor(collectgarbage("count") * 1024)
end
-- The machine in JavaScript leaves its garbage to V8, and counts nothing.
if not pcall(collectgarbage) then usage = function() return 0 end end
local isFirst = true
math = setmetatable({ random = function(count)
  if isFirst then isFirst = false return first % count + 1 end
  return chance(count) + 1
end }, { __index = math })
`;

const luaProgram = ({ settings, world, call }) =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${literal(value, "\\")}\n`)
    .join("") +
  `${LUA_START}
ringlet = (function() ${built("lua/ringlet.lua")}
end)
${readFileSync(`${TIME}.lua`, "latin1")}
${readFileSync(`${world}.lua`, "latin1")}
${call}(ringlet())`;

const onMachine = (open) => async (program, line) => {
  const { found, take } = gather(line);
  const machine = await open();
  machine.onCall((_op, text) => void take(text));
  machine.run(`print = function(s) __js("print", s) end`, "print");
  machine.run(luaProgram(program), "world");
  machine.close();
  return found;
};

const onLua =
  (binary, ...options) =>
  (program, line) =>
    inFolder("world.lua", luaProgram(program), (folder) =>
      runs(binary, [...options, join(folder, "world.lua")], folder, line),
    );

/** A place that a variable names, or one that is missing. */
function named(variable, title, run) {
  const binary = process.env[variable];
  return binary ? { title, run: run(binary) } : { title, missing: `${variable} names none` };
}

/**
 * @typedef {{ settings: Record<string, string | number | boolean>, world: string, call: string }} Program
 *   `settings` become variables in front of the world, of which `call` is the function that is started
 *   with the client's module.
 * @typedef {{ title: string, unit?: string, isSlow?: boolean, missing?: string,
 *   run?: (program: Program, line: (text: string) => void) => Promise<any> }} Engine `unit` is that of
 *   `usage()`, none where it cannot tell. `isSlow`: an interpreter in the midst of others.
 */

/** @type {Record<"v8" | "espruino" | "lua", Engine[]>} */
export const engines = {
  v8: [{ title: "the source on V8", run: onV8, unit: "octets" }],
  espruino: [
    { title: "the Espruino bundle on its host", run: onHost, unit: "octets" },
    ...[
      named("ESPRUINO_BIN", "the Espruino interpreter, 8-bit strings", onInterpreter),
      named("ESPRUINO_BIN_UNICODE", "the Espruino interpreter, Unicode strings", onInterpreter),
    ].map((engine) => ({ ...engine, unit: "variables", isSlow: true })),
  ],
  lua: [
    { title: "Lua 5.1 as WebAssembly", run: onMachine(open51), unit: "octets" },
    { title: "Lua 5.3 in JavaScript", run: onMachine(open53), isSlow: true },
    ...[
      named("NODEMCU_LUA", "NodeMCU's Lua machine", (binary) => onLua(binary, "-e")),
      named("LUA51", "Lua 5.1", onLua),
      named("LUA53", "Lua 5.3", onLua),
    ].map((engine) => ({ ...engine, unit: "octets" })),
  ],
};
