// SPDX-License-Identifier: MIT
// Programs that have to print the same on the simulated Espruino and on the interpreter that
// ESPRUINO_BIN names: what the simulation claims, checked where there is something to check it with.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { board, connect, listen, until } from "./board.js";

const interpreter = process.env["ESPRUINO_BIN"];
const why = interpreter || "skipped: ESPRUINO_BIN names no interpreter";

/** The end of a program's output; printed late where it has timers. */
const LATER = `setTimeout(function () { print(">>>"); }, 100);`;
const TRY = `function t(f) { try { print(f()); } catch (e) { print("throws", "" + e); } }`;

const PROGRAMS: Record<string, string> = {
  "what E makes strings of": `${TRY}
    function codes(s) { var r = []; for (var i = 0; i < s.length; i++) r.push(s.charCodeAt(i)); return r.join(); }
    t(() => codes(E.toString(1, 300, "ab", [2, [3]], new Uint8Array([4]), { data: "x", count: 2 })));
    t(() => codes(E.toString({ callback: () => "cb" }, true, -1))); t(() => codes(E.toString("°")));
    t(() => E.toUint8Array("°", 7).join()); t(() => E.toString(null)); t(() => E.toArrayBuffer(5));
    t(() => new Uint8Array(E.toArrayBuffer("°")).join()); t(() => codes(E.decodeUTF8("a\\xc3\\xa9")));
    t(() => E.decodeUTF8("\\xe2\\x82\\xac", { 8364: "EUR" }, "?") + E.decodeUTF8("\\xe2\\x82\\xac", [], "?"));`,
  "what is searched in a string": `${TRY}
    t(() => "abcb".indexOf("bx")); t(() => "abcb".indexOf("cbx")); t(() => "abcb".includes("bx"));
    t(() => "ab".indexOf("abc")); t(() => "abcb".indexOf("bx", 3)); t(() => "abab".indexOf("ab", 1));
    t(() => "abcb".indexOf("b")); t(() => "".indexOf("a")); t(() => "abc".indexOf("x"));`,
  "which strings are Unicode": `${TRY}
    t(() => "°C".length); t(() => E.isUTF8("°C")); t(() => E.isUTF8("\\xb1")); t(() => E.isUTF8("ab"));
    t(() => E.fromUTF8("°C") === undefined || E.fromUTF8("°C").length); t(() => "\\u20ac".charCodeAt(0));
    t(() => E.asUTF8("\\xc2\\xb0").length); t(() => String.fromCharCode(0x20ac).charCodeAt(0));`,
  "arrays and the strings behind them": `
    var u = new Uint8Array(20), s = E.toString(u); u.set("abcdef", 16); u[0] = 65;
    print(s.length, s.substr(16, 4), s.charCodeAt(0), s.substring(17, 99), s.substr(-2, 1), ("" + s).length);
    var p = new Uint8Array(u.buffer, 16, 2), c = E.toString(p); p[0] = 66;
    print(c, s.substr(16, 2)); u.set([1, 2, 3], 18); print(u[18], u[19]);`,
  "modules and their exports": `${TRY}
    Modules.addCached("a", "var q = 1; exports = { q: typeof q };"); t(() => require("a").q + typeof q);
    Modules.addCached("b", function () { exports.b = this === exports; }); t(() => require("b").b);
    Modules.addCached("c", "module.exports = function () { return 3; };"); t(() => require("c")());
    t(() => require("nope")); t(() => Modules.getCached().join());
    Modules.removeCached("a"); t(() => require("a"));`,
  files: `${TRY} var S = require("Storage"); S.eraseAll();
    t(() => S.write("a", "hello")); t(() => S.read("a", 1, 2)); t(() => S.write("b", { x: 1 }));
    t(() => S.read("b")); t(() => S.readJSON("b").x); t(() => S.readJSON("a", true)); t(() => S.read("no"));
    t(() => S.write("c", [65, 66])); t(() => S.read("c")); t(() => S.list().join()); t(() => S.list(/^b/).join());
    t(() => S.write("z", "ab", 0, 5)); t(() => S.write("z", "c", 2)); t(() => S.read("z").charCodeAt(4));
    t(() => S.write("z", "d", 2)); t(() => S.write("z", "long", 3)); t(() => S.write("e", ""));
    t(() => S.write("n", "x", 5)); t(() => S.erase("a")); t(() => S.read("a"));
    var f = S.open("log", "w"); f.write("one\\ntwo\\n"); f = S.open("log", "r");
    t(() => f.readLine().length); t(() => f.read(99)); t(() => f.read(1)); t(() => f.getLength());
    t(() => S.list().length); t(() => S.open("log", "x")); S.eraseAll();`,
  hashes: `${TRY} var c = require("crypto");
    t(() => new Uint8Array(c.SHA256("abc")).join()); t(() => new Uint8Array(c.SHA256("")).join());
    t(() => E.toString(c.SHA1("\\xff\\0")).length); t(() => E.toString(c.SHA512("a")).charCodeAt(63));
    t(() => new Uint8Array(c.SHA224(new Uint8Array([1, 2]))).join()); t(() => new Uint8Array(c.SHA384("a"))[47]);`,
  "events of objects": `var o = {}; function h(a, b) { print("h", a, b, this === o); }
    o.on("x", h); o.on("x", function () { print("second"); o.on("x", function () { print("late"); }); });
    o.emit("x", 1, 2); o.removeListener("x", h); print("emitted"); o.emit("y");
    try { o.emit("x", 1, 2, 3, 4, 5); } catch (e) { print("" + e); } try { o.on("x"); } catch (e) { print("" + e); }
    ${LATER}`,
  "events that were queued before their handlers were removed": `var o = {};
    o.on("x", function () { print("still called"); }); o.emit("x"); o.removeAllListeners(); ${LATER}`,
  "timers and their numbers": `${TRY} t(() => clearTimeout(undefined)); t(() => clearTimeout(77));
    t(() => changeInterval(77, 1)); t(() => setTimeout(5, 1)); t(() => clearInterval("no"));
    var a = setTimeout(function (x) { print("a", x, setTimeout(function () {}, 1)); }, 1, "arg");
    print(a, setTimeout("print('text')", 20), setTimeout(function () {}, 3));
    setTimeout(function () { print(setTimeout(function () {}, 5)); }, 60); ${LATER}`,
  "a timeout that is changed into an interval": `var n = 0, i = setTimeout(function () { print(++n);
    if (n === 3) clearTimeout(i); }, 1); changeInterval(i, 2); ${LATER}`,
};

describe.skipIf(!interpreter)(`the simulated Espruino and the real one (${why})`, () => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "espruino-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the interpreter prints up to the mark, without its console's own output. */
  async function real(program: string): Promise<string[]> {
    const file = join(folder, "program.js");
    writeFileSync(file, `print("<<<");\n${program}\n`);
    // An open standard input: at its end the interpreter would read rubbish.
    const child = spawn(interpreter!, [file], { stdio: ["pipe", "pipe", "ignore"], cwd: folder });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString("latin1")));
    await until(() => output.includes(">>>"));
    child.kill();
    const clean = output.replace(/\x1b\[\w|[\r\b]/g, "");
    const lines = clean.slice(clean.indexOf("<<<") + 3, clean.indexOf(">>>")).split("\n");
    return lines.map((line) => line.replace(/^>/, "").trim()).filter((line) => line !== "");
  }

  async function simulated(program: string): Promise<string[]> {
    const unicode = (await real(`print("°".length); print(">>>");`))[0] === "1";
    const { host, lines } = board({ unicode });
    host.run(program);
    await until(() => lines.includes(">>>"));
    return lines.slice(0, lines.indexOf(">>>")).map((line) => line.trim());
  }

  it.each(Object.entries(PROGRAMS))("agree on %s", async (_what, text) => {
    const program = text.endsWith(LATER) ? text : `${text}\nprint(">>>");`;
    expect(await simulated(program)).toEqual(await real(program));
  });

  it("agree on the order of a socket's events, and on what throws", async () => {
    const port = await listen((peer) => peer.on("data", () => peer.end("bye")));
    const program = `${connect(port)} ${TRY} print("made");
      s.on("data", function (d) { print(d, this === s); });
      s.on("close", function () { t(() => s.write("x")); print(">>>"); });
      setTimeout(function () { t(() => s.write("go")); }, 50);`;
    const [ours, theirs] = [await simulated(program), await real(program)];
    // On a busy machine the answer may be there before the interpreter looks after what was sent.
    const told = (lines: string[]) => lines.filter((line) => !line.startsWith("drain"));
    expect(told(ours)).toEqual(told(theirs));
    expect(ours.slice().sort()).toEqual(theirs.slice().sort());
  });

  it("agree on what is sent, and on end", async () => {
    let got = "";
    const port = await listen((peer) => peer.on("data", (d) => (got += d.toString("latin1"))));
    const program = `${connect(port)} ${TRY}
      s.on("close", function () { t(() => s.end()); print(">>>"); });
      setTimeout(function () { t(() => s.write("°")); s.write(); s.write(null); s.write([1, 2]);
        s.write(E.toString(0, 255)); s.end("last"); t(() => s.write("x")); t(() => s.end("x")); }, 50);`;
    const expected = await real(program);
    await until(() => got.endsWith("last"));
    const sent = got;
    got = "";
    expect(await simulated(program)).toEqual(expected);
    await until(() => got.endsWith("last"));
    expect(got).toBe(sent);
  });
});
