// SPDX-License-Identifier: MIT
// Where programs for Espruino run in these tests: the host on V8, and real interpreters built for
// Linux, one with 8-bit and one with Unicode strings. A program says what it found in lines of
// `RESULT ["name", value]`.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";

export interface Place {
  title: string;
  /** The interpreter; undefined on the host. */
  binary?: string;
  unicode: boolean;
  broker: "aedes" | "mosquitto";
  /** Whether something is missing here; the title says what. */
  skip: boolean;
}

/** A program that runs. */
export interface Program {
  /** The values of that name, in the order they were told. */
  told: (name: string) => any[];
  lines: string[];
  stop: () => Promise<void>;
}

function place(broker: "aedes" | "mosquitto", unicode: boolean, variable?: string): Place {
  const kind = unicode ? "Unicode strings" : "8-bit strings";
  const binary = variable && process.env[variable];
  const missing = [];
  if (variable && !binary) missing.push(`${variable} names no Espruino interpreter with ${kind}`);
  if (broker === "mosquitto" && !process.env["MOSQUITTO"]) {
    missing.push("MOSQUITTO names no mosquitto");
  }
  const why = missing.length > 0 ? ` (skipped: ${missing.join(", and ")})` : "";
  return {
    title: `${variable ? "the interpreter" : "the host"} with ${kind}, against ${broker}${why}`,
    ...(binary ? { binary } : {}),
    unicode,
    broker,
    skip: missing.length > 0,
  };
}

export const interpreters: Place[] = [
  place("aedes", false, "ESPRUINO_BIN"),
  place("aedes", true, "ESPRUINO_BIN_UNICODE"),
  place("mosquitto", false, "ESPRUINO_BIN"),
  place("mosquitto", true, "ESPRUINO_BIN_UNICODE"),
];
export const places: Place[] = [
  place("aedes", false),
  place("aedes", true),
  place("mosquitto", false),
  place("mosquitto", true),
  ...interpreters,
];

/** The same scenarios in each of the places; those skipped say which variables are missing. */
export function inEach(where: Place[], what: string, scenarios: (place: Place) => void): void {
  for (const one of where) {
    describe.skipIf(one.skip)(`${what} on ${one.title}`, () => scenarios(one));
  }
}

const read = (file: string) =>
  readFileSync(new URL(`../../dist/espruino/${file}`, import.meta.url), "utf8");

/** The modules a program finds, by name; others on demand. */
const usual = { ringlet: read("ringlet.min.js"), "ringlet-lean": read("ringlet-lean.min.js") };

/** What stands in front of every program. `PORT` is the server's. */
const prelude = (port: number) => `
  var PORT = ${port};
  var ringlet = require("ringlet");
  function result(name, value) { print("RESULT " + JSON.stringify([name, value])); }
  function octets(s) { return E.isUTF8(s) ? E.fromUTF8(s) : s; }
  function onMessage(topic, payload, p) {
    result("message", [btoa(octets(topic)), btoa(payload), p.qos, !!p.retain, p.at, p.total]);
  }
  function open(options) {
    var client = ringlet.connect(Object.assign({ host: "127.0.0.1", port: PORT,
      clientId: "board", reconnect: { min: 20, max: 100 } }, options));
    if (typeof client === "number") { result("refused", client); return client; }
    client.on("connect", function (present) { result("connect", present); });
    client.on("message", onMessage);
    client.on("subscribed", function (id, qos) { result("subscribed", qos); });
    client.on("unsubscribed", function (id) { result("unsubscribed", id); });
    client.on("delivered", function (id) { result("delivered", id); });
    client.on("uncertain", function (id) { result("uncertain", id); });
    client.on("room", function () { result("room", 0); });
    client.on("close", function (status) { result("close", status); });
    client.on("error", function (error) {
      result("error", typeof error === "number" ? error : "" + error);
    });
    return client;
  }
  function finish() { setTimeout(function () {
    result("finished", 0);
    if (typeof quit === "function") quit();
  }, 20); }
`;

/**
 * Runs a program; its standard input stays open, at its end an interpreter reads rubbish.
 * @param port the server's, for what stands in front of the program; without one nothing does
 * @param files more modules that it finds: bundles of dist/espruino, by name
 */
export function start(
  where: Place,
  program: string,
  port?: number,
  files: Record<string, string> = {},
): Program {
  const modules: Record<string, string> = { ...usual };
  for (const [name, file] of Object.entries(files)) modules[name] = read(file);
  const lines: string[] = [];
  const all: Record<string, any[]> = {};
  const print = (line: string) => {
    lines.push(line);
    const match = /RESULT (\[.*\])/.exec(line);
    if (!match) return;
    const [name, value] = JSON.parse(match[1]!);
    (all[name] ??= []).push(value);
  };
  const told = (name: string) => all[name] ?? [];
  const code = `${port === undefined ? "" : prelude(port)}\n${program}\n`;
  const stop = where.binary
    ? startInterpreter(where.binary, modules, code, print)
    : startHost(where.unicode, modules, code, print);
  return { told, lines, stop };
}

type Modules = Record<string, string>;

function startHost(
  unicode: boolean,
  modules: Modules,
  code: string,
  print: (line: string) => void,
) {
  const host = createHost({ modules, unicode, print });
  host.run(code);
  return async () => host.stop();
}

function startInterpreter(
  binary: string,
  modules: Modules,
  code: string,
  print: (line: string) => void,
) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-bundle-"));
  // One character an octet, on every build: escapes of single octets make no Unicode string.
  const cached = Object.entries(modules).map(([name, text]) => {
    const literal = JSON.stringify(Buffer.from(text, "utf8").toString("latin1")).replace(
      /[\x7f-\xff]/g,
      (octet) => `\\x${octet.charCodeAt(0).toString(16)}`,
    );
    return `Modules.addCached("${name}", ${literal});\n`;
  });
  writeFileSync(join(folder, "program.js"), `${cached.join("")}print("PROGRAM");\n${code}`);
  const child = spawn(binary, ["program.js"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  const exited = new Promise((done) => child.on("exit", done));
  let rest = "";
  let banner = true;
  child.stdout.setEncoding("latin1").on("data", (text: string) => {
    const pieces = (rest + text).split("\n");
    rest = pieces.pop()!;
    for (const piece of pieces) {
      // The console's prompt is not what the program prints.
      const line = piece.replace(/\x1b\[\w|[\r\b]/g, "").replace(/^>/, "");
      if (!banner && line.trim() !== "") print(line);
      if (line === "PROGRAM") banner = false;
    }
  });
  return async () => {
    child.kill("SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}
