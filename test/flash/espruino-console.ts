// SPDX-License-Identifier: MIT
// Espruino's console on the host on V8: it echoes, writes prompts, takes Ctrl-C and DLE, says XOFF when its buffer
// fills and drops what does not fit, writes a program's lines in between, and keeps Storage over a
// start. Storage has room for a given number of octets.

// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";
import { linkOpen } from "./link.js";

/** Octets that the input buffer takes, and when the flow is stopped and goes on. */
const [BUFFER, XOFF_AT, XON_AT] = [128, 64, 16];
const HEADER = 32;

export interface EspruinoOptions {
  board?: string;
  storage?: Record<string, string>;
  room?: number;
  /** Octets after which the port vanishes. */
  limit?: number;
  unicode?: boolean;
  /** Octets that are worked through in one turn; the link brings 32. */
  speed?: number;
  /** What a program writes with every prompt. */
  chatter?: string;
  /** Makes of what is written to flash what is found there. */
  wear?: (name: string, octets: string) => string;
}

export function espruinoOpen(options: EspruinoOptions = {}) {
  const {
    board = "SIMULATED",
    room = 65536,
    limit,
    unicode = false,
    chatter = "",
    speed = 64,
    wear,
  } = options;
  const files: Record<string, string> = { ...options.storage };
  const printed: string[] = [];
  let queue = "";
  let line = "";
  let isEchoing = true;
  let isHeld = false;
  let turn: NodeJS.Immediate | undefined;
  let dropped = 0;
  let starts = 0;
  let host: any;

  const link = linkOpen((octet) => {
    if (queue.length >= BUFFER) return void (dropped += 1);
    queue += octet;
    if (queue.length >= XOFF_AT && !isHeld) {
      isHeld = true;
      link.says("\x13");
    }
    turn ??= setImmediate(work);
  }, limit);
  const echo = (text: string) => isEchoing && link.says(text);
  const print = (text: string) => {
    printed.push(text);
    link.says(`${text}\r\n`);
  };

  const used = () =>
    Object.values(files).reduce(
      (sum, octets) => sum + HEADER + Math.ceil(octets.length / 8) * 8,
      0,
    );

  /** The host with the firmware's limits of Storage, which it does not have itself. */
  function start(): void {
    starts += 1;
    host?.stop();
    host = createHost({ print, unicode });
    const own: Record<string, string> = host.storage;
    Object.assign(own, files);
    host.context.process.env.BOARD = board;
    const storage = host.require("Storage");
    const { write } = storage;
    const keep = () => {
      for (const name of Object.keys(files)) if (!(name in own)) delete files[name];
      Object.assign(files, own);
    };
    storage.getStats = () => ({ freeBytes: room - used(), trashBytes: 0 });
    storage.write = (name: string, data: unknown, offset = 0, size = 0) => {
      const length = size || String(data).length;
      if (offset === 0 && used() - (files[name]?.length ?? 0) + length + HEADER > room) {
        throw new Error("Unable to find or create file");
      }
      write(name, data, offset, size);
      if (wear && offset + String(data).length >= length) own[name] = wear(name, own[name]!);
      keep();
      return true;
    };
    const { erase } = storage;
    storage.erase = (name: string) => {
      erase(name);
      keep();
    };
    host.context.load = () => void setImmediate(start);
    if (files[".boot0"] !== undefined) attempt(files[".boot0"]);
    if (starts > 1) link.says(">");
  }

  function attempt(code: string): unknown {
    try {
      return host.run(code, "console");
    } catch (error) {
      print(`Uncaught ${error}`);
      return undefined;
    }
  }

  function hear(octet: string): void {
    if (octet === "\x03") {
      line = "";
      isEchoing = true;
      link.says("\r\n>");
    } else if (octet === "\x10" && line === "") isEchoing = false;
    else if (octet === "\n") {
      echo("\r\n");
      const code = line;
      line = "";
      if (chatter) link.says(`${chatter}\r\n`);
      const value = code === "" ? undefined : attempt(code);
      echo(`=${value}\r\n`);
      isEchoing = true;
      link.says("\r\x1b[J>");
    } else {
      line += octet;
      echo(octet);
    }
  }

  function work(): void {
    turn = undefined;
    const octets = queue.slice(0, speed);
    queue = queue.slice(speed);
    for (const octet of octets) hear(octet);
    if (isHeld && queue.length <= XON_AT) {
      isHeld = false;
      link.says("\x11");
    }
    if (queue !== "") turn ??= setImmediate(work);
  }

  start();
  return {
    link,
    files,
    printed,
    dropped: () => dropped,
    starts: () => starts,
    /** Reset: what was typed is gone, and it starts what is in Storage. */
    reset() {
      [queue, line, isEchoing] = ["", "", true];
      printed.length = 0;
      start();
    },
    stop: () => host.stop(),
    /** Ends what has been heard: the board works on when the port is gone. */
    settle: async () => {
      while (turn !== undefined) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
