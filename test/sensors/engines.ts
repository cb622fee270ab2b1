// SPDX-License-Identifier: MIT
// Where drivers are run: the TypeScript source on V8; the minified module in Espruino's host and on real
// interpreters; the minified Lua on Lua 5.1 and 5.3 machines, and on NodeMCU's own, built for floats,
// for integers alone, and as Lua 5.3 of 32 bits.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";
// @ts-ignore
import { openMachine as open51 } from "../../tools/lua/machine51.mjs";
// @ts-ignore
import { openMachine as open53 } from "../../tools/lua/machine53.mjs";
import { type Dialogue, inJavaScript, inLua, transcripts } from "./stage.js";

export interface Engine {
  title: string;
  skip: boolean;
  /** The transcripts of the dialogues with the built driver of that name. */
  run: (driver: string, dialogues: readonly Dialogue[]) => Promise<string[][]>;
}

const built = (path: string) =>
  readFileSync(new URL(`../../dist/${path}`, import.meta.url), "utf8");
const module = (name: string) => built(`espruino/ringlet-${name}.min.js`);

/** The dialogues with a driver's source, on V8. */
export function runSource(driver: unknown, dialogues: readonly Dialogue[]): string[][] {
  const lines: string[] = [];
  const program = new Function("print", "driver", inJavaScript(dialogues));
  program((line: string) => lines.push(line), driver);
  return transcripts(lines);
}

async function onHost(driver: string, dialogues: readonly Dialogue[]) {
  const lines: string[] = [];
  const host = createHost({
    modules: { driver: module(driver) },
    print: (line: string) => void lines.push(line),
  });
  host.run(`var driver = require("driver");\n${inJavaScript(dialogues)}`);
  host.stop();
  return transcripts(lines);
}

/** Runs a text in a file of its own, and gives what was printed. */
async function inFolder(
  name: string,
  text: string,
  use: (file: string, folder: string) => Promise<string>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  const file = join(folder, name);
  writeFileSync(file, text, "latin1");
  try {
    return await use(file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const onInterpreter =
  (binary: string) => async (driver: string, dialogues: readonly Dialogue[]) => {
    const text = `print("<<<");\nvar driver = (function (exports) {${module(driver)}\nreturn exports; })({});
      ${inJavaScript(dialogues)}\nprint(">>>");\n`;
    const output = await inFolder("program.js", text, (file, cwd) => {
      // An open standard input: at its end the interpreter would read rubbish.
      const child = spawn(binary, [file], { stdio: ["pipe", "pipe", "ignore"], cwd });
      return new Promise((resolve) => {
        let all = "";
        child.stdout.on("data", (data: Buffer) => {
          all += data.toString("latin1");
          if (all.includes(">>>")) child.kill();
        });
        child.on("close", () => resolve(all));
      });
    });
    const clean = output.slice(output.lastIndexOf("<<<") + 4).replace(/\x1b\[\w|[\r\b]/g, "");
    return transcripts(
      clean
        .split("\n")
        .map((line) => line.replace(/^>/, ""))
        .filter(Boolean),
    );
  };

const lua = (driver: string) =>
  `driver = (function() ${built(`lua/ringlet-${driver}.lua`)}\nend)()`;

const onMachine =
  (open: () => Promise<any>) => async (driver: string, dialogues: readonly Dialogue[]) => {
    const machine = await open();
    const lines: string[] = [];
    machine.onCall((_op: string, line: string) => void lines.push(line));
    machine.run(`print = function(s) __js("print", s) end`, "print");
    machine.run(lua(driver), "driver");
    machine.run(inLua(dialogues), "dialogues");
    machine.close();
    return transcripts(lines);
  };

const onNodemcu = (binary: string) => async (driver: string, dialogues: readonly Dialogue[]) => {
  const text = `${lua(driver)}\n${inLua(dialogues)}`;
  const output = await inFolder("all.lua", text, async (file) => {
    const { stdout, stderr } = spawnSync(binary, ["-e", file], { encoding: "latin1" });
    return stdout + stderr;
  });
  return transcripts(output.split("\n"));
};

function named(what: string, variable: string, run: (binary: string) => Engine["run"]): Engine {
  const binary = process.env[variable];
  return {
    title: `${what}${binary ? "" : ` (skipped: ${variable} names none)`}`,
    skip: !binary,
    run: run(binary ?? ""),
  };
}

export const engines: Engine[] = [
  { title: "Espruino's host", skip: false, run: onHost },
  { title: "Lua 5.1", skip: false, run: onMachine(open51) },
  { title: "Lua 5.3 with integers of 32 bits", skip: false, run: onMachine(open53) },
  named("Espruino with 8-bit strings", "ESPRUINO_BIN", onInterpreter),
  named("Espruino with Unicode strings", "ESPRUINO_BIN_UNICODE", onInterpreter),
  named("NodeMCU's machine", "NODEMCU_LUA", onNodemcu),
  named("NodeMCU's machine for integers", "NODEMCU_LUA_INTEGER", onNodemcu),
  named("NodeMCU's Lua 5.3 of 32 bits", "NODEMCU_LUA53", onNodemcu),
];
