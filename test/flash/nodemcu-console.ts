// SPDX-License-Identifier: MIT
// NodeMCU's console on a Lua machine: it echoes, writes prompts, drops the beginning of a line that is too long, as
// the firmware's input.c does, and what comes while its buffer is full; the SDK writes lines of its own in
// between. Files outlive a start.

import { readFileSync } from "node:fs";
// @ts-ignore: the tools are JavaScript
import { openMachine as open51 } from "../../tools/lua/machine51.mjs";
// @ts-ignore: the tools are JavaScript
import { openMachine as open53 } from "../../tools/lua/machine53.mjs";
import { linkOpen } from "./link.js";

/** LUA_MAXINPUT, and RX_BUFF_SIZE. */
const [LINE, BUFFER] = [256, 256];
/** Octets that are worked through in one turn. */
const SPEED = 64;

export interface NodemcuOptions {
  flavour?: "esp8266" | "esp32";
  files?: Record<string, string>;
  room?: number;
  /** Octets after which the port vanishes. */
  limit?: number;
  /** What is written with every line that is run. */
  chatter?: string;
  /** Lua that makes of a name and a content what is found in flash. */
  wear?: string;
}

export async function nodemcuOpen(options: NodemcuOptions = {}) {
  const { flavour = "esp8266", room = 65536, limit, chatter = "" } = options;
  const machine = await (flavour === "esp8266" ? open51 : open53)();
  const said: string[] = [];
  const lines: string[] = [];
  let queue = "";
  let line = "";
  let dropped = 0;
  let turn: NodeJS.Immediate | undefined;
  let isRestarting = false;

  const link = linkOpen((octet) => {
    if (queue.length >= BUFFER) return void (dropped += 1);
    queue += octet;
    turn ??= setImmediate(work);
  }, limit);
  const say = (text: string) => {
    said.push(text);
    link.says(text);
  };

  machine.onCall((what: string, text: string) => {
    if (what === "say") say(text);
    else isRestarting = true;
  });
  machine.run('function say(text) __js("say", text) end');
  machine.run(readFileSync("test/flash/nodemcu-console.lua", "latin1"), "console");
  const model = flavour === "esp32" ? '"esp32"' : "nil";
  machine.run(`__setup(${room}, ${model}, ${options.wear ?? "nil"})`);
  for (const [name, content] of Object.entries(options.files ?? {}))
    machine.call("__put", name, content);
  const start = () => machine.run('__start(function() __js("restart") end)');

  function hear(octet: string): void {
    if (octet !== "\n") {
      link.says(octet);
      if (line.length + 1 >= LINE) line = "";
      line += octet;
      return;
    }
    link.says("\n");
    const whole = line;
    line = "";
    if (whole === "") return link.says("> ");
    lines.push(whole);
    if (chatter) link.says(`${chatter}\n`);
    machine.call("__line", whole);
    if (!isRestarting) return;
    isRestarting = false;
    queue = "";
    start();
  }

  function work(): void {
    turn = undefined;
    const octets = queue.slice(0, SPEED);
    queue = queue.slice(SPEED);
    for (const octet of octets) hear(octet);
    if (queue !== "") turn ??= setImmediate(work);
  }

  start();
  return {
    link,
    said,
    /** The lines that it has run. */
    lines,
    dropped: () => dropped,
    file: (name: string): string | undefined => machine.call("__get", name)[0],
    names: (): string[] => (machine.call("__names")[0] as string).split("\n").filter(Boolean),
    /** Reset: what it says. */
    reset(): string {
      [queue, line] = ["", ""];
      said.length = 0;
      start();
      return said
        .join("")
        .replace(/^\s*NodeMCU.*\n|> $/g, "")
        .trim();
    },
    settle: async () => {
      while (turn !== undefined) await new Promise((resolve) => setImmediate(resolve));
    },
    close: () => machine.close(),
  };
}
