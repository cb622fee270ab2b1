// SPDX-License-Identifier: MIT
// The simulated Espruino: what a program finds there, and how its timers, strings and modules
// behave. Where the firmware's behaviour is odd, it was seen on the interpreter for Linux.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { board, connect, listen, pause, until } from "./board.js";

describe("globals", () => {
  it("lack what Espruino lacks", () => {
    const { host, lines } = board();
    host.run(`print([typeof Map, typeof Set, typeof Symbol, typeof Proxy, typeof Reflect,
      typeof TextEncoder, typeof BigInt, typeof Intl, typeof WebAssembly, typeof structuredClone,
      typeof queueMicrotask, typeof Buffer, typeof URL, typeof RangeError, typeof Object.freeze,
      typeof Number.isInteger, typeof Math.imul, typeof Array.from, typeof Uint8Array.from,
      typeof [].copyWithin, typeof [].at, typeof "".trimStart, typeof new Uint8Array(1).at
    ].filter(function (type) { return type !== "undefined"; }).length)`);
    expect(lines).toEqual(["0"]);
  });

  it("are those of a board, with the answers the test gave", () => {
    const { host, lines } = board({
      serial: "00-11",
      temperature: () => 4.5,
      analog: (pin: string) => (pin === "A1" ? 0.5 : 0),
      memory: () => ({ free: 7 }),
    });
    host.run(`print(getSerial(), E.getTemperature(), analogRead(A1), process.memory().free,
      typeof getTime(), global === globalThis, E.getErrorFlags().length, typeof require)`);
    expect(lines).toEqual(["00-11 4.5 0.5 7 number true 0 function"]);
  });

  it("give every object handlers, which are called after the code that causes the event", () => {
    const { host, lines } = board();
    host.run(`var o = {}; o.on("x", function (a) { print("called", a, this === o); });
      o.emit("x", 5); print("emitted", Object.keys(o).length)`);
    expect(lines).toEqual(["emitted 0"]);
    return until(() => lines[1] === "called 5 true");
  });

  it("have pins that a program writes and a test drives", async () => {
    const { host, lines } = board();
    host.run(`LED1.set(); D4.write(1); digitalWrite([D1, D2], 1); pinMode(D7, "input");
      setWatch(function (e) { print(e.state, e.pin + ""); }, D5, { repeat: true, edge: "both" });`);
    expect([host.pins.LED1.value, host.pins.D4.value]).toEqual([1, 1]);
    expect([host.pins.D1.value, host.pins.D2.value, host.pins.D7.mode]).toEqual([0, 1, "input"]);
    host.pins.D5.input(1);
    host.pins.D5.input(0);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["true D5", "false D5"]);
  });

  it("throw what a program throws at its top level at the caller", () => {
    const { host, lines } = board();
    expect(() => host.run("null.x")).toThrow(/null/);
    expect(lines).toEqual([]);
  });
});

describe("strings", () => {
  it("of a program are octets on 8-bit builds", () => {
    const { host, lines } = board();
    host.run(`print("°C".length, "\\u20ac".length, String.fromCharCode(0x20ac).charCodeAt(0),
      E.isUTF8("°"), E.fromUTF8("a")); try { E.asUTF8("a"); } catch (e) { print(e.message); }`);
    expect(lines).toEqual(["3 1 172 false undefined", "Unicode not supported on this build"]);
  });

  it("are characters on the others, which E.isUTF8 knows of the program's literals", () => {
    const { host, lines } = board({ unicode: true });
    host.run(`print("°C".length, E.isUTF8("°C"), E.isUTF8("\\xb0"), E.isUTF8("a€"), E.isUTF8("a"),
      E.fromUTF8("°C").length, E.asUTF8("\\xe2\\x82\\xac") === "€", E.isUTF8(E.asUTF8("\\xc2\\xb0")))`);
    expect(lines).toEqual(["2 true false true false 3 true true"]);
  });

  it("are made of numbers, strings, lists and arrays", () => {
    const { host, lines } = board();
    host.run(`var s = E.toString(1, 300, "ab", [2, [3]], new Uint8Array([4]), { data: 5, count: 2 });
      print(typeof s, E.toUint8Array(s).join());
      print(new Uint8Array(E.toArrayBuffer("a\\xff")).join(), E.toArrayBuffer(5))
      try { E.toString(null); } catch (e) { print(e); }`);
    expect(lines).toEqual([
      "string 1,44,97,98,2,3,4,5,5",
      "97,255 undefined",
      "TypeError: Expecting Number or iterable, got null",
    ]);
  });

  it("behind a Uint8Array show what is written to it", () => {
    const { host, lines } = board();
    host.run(`var u = new Uint8Array(300), s = E.toString(u);
      for (var i = 0; i < 256; i++) u[i] = i;
      print(s.length, s.charCodeAt(200), s.substr(254, 2) === "\\xfe\\xff", s.substr(-300, 3).length);
      u.set("DUP", 10); u[10] |= 8; print(s.substring(10, 13), ("" + s).length);
      var part = new Uint8Array(u.buffer, 10, 3), copy = E.toString(part); part[0] = 65;
      print(copy, typeof copy)`);
    expect(lines).toEqual(["300 200 true 3", "LUP 300", "LUP string"]);
  });

  it("that are set into a Uint8Array are cut where it ends", () => {
    const { host, lines } = board();
    host.run(`var u = new Uint8Array(4); u.set("abcdef", 1); print(u.join());
      u.set([1, 2, 3], 2); u.set("x", 9); print(u.join())`);
    expect(lines).toEqual(["0,97,98,99", "0,97,1,2"]);
  });
});

describe("modules", () => {
  it("come from the firmware, from Storage as octets, and from the test", () => {
    const { host, lines } = board({
      storage: { stored: 'exports.length = "°".length' },
      modules: { text: "module.exports = function () { return 3; }", made: { four: 4 } },
    });
    host.run(`print(typeof require("net").connect, require("stored").length, require("text")(),
      require("made").four, require("stored") === require("stored"));
      try { require("fs"); } catch (e) { print(e); }`);
    expect(lines).toEqual(["function 2 3 4 true", 'Error: Module "fs" not found']);
    expect(host.require("stored").length).toBe(2);
  });

  it("keep their variables, and may assign exports itself", () => {
    const { host, lines } = board();
    host.run(`Modules.addCached("a", "var q = 1; exports = { q: typeof q, own: this === exports };");
      Modules.addCached("b", function () { exports.b = 2; });
      print(require("a").q, require("a").own, typeof q, require("b").b, Modules.getCached().join());
      Modules.removeCached("a"); print(Modules.getCached().length)`);
    expect(lines).toEqual(["number true undefined 2 a,b", "1"]);
  });

  it("find the files a program wrote, and the test finds them too", () => {
    const { host, lines } = board({ storage: { conf: '{"a":1}' } });
    host.run(`var S = require("Storage"); S.write("x.bin", [1, 255]); S.write("o", { b: 2 });
      print(S.readJSON("conf").a, S.read("x.bin").charCodeAt(1), S.read("o", 1, 3), S.read("no"),
        S.readJSON("x.bin", true), S.list().join(), S.list(/^o/).length);
      S.erase("conf"); var f = S.open("log", "w"); f.write("one\\ntwo\\n"); f = S.open("log", "r");
      print(f.readLine().trim(), f.read(99).trim(), f.read(1), f.getLength());
      try { S.write("o", "", 0); } catch (e) { print(e.message); }`);
    expect(lines[0]).toBe('1 255 "b" undefined undefined conf,x.bin,o 1');
    expect(lines.slice(1)).toEqual(["one two undefined 8", "Can't create zero length file"]);
    expect(Object.keys(host.storage)).toEqual(["x.bin", "o", "log\x01"]);
    expect(host.storage["x.bin"]).toBe("\x01\xff");
  });
});

describe("timers", () => {
  it("pass arguments on, take text, and end when they are cleared", async () => {
    const { host, lines } = board();
    host.run(`setTimeout(function (a, b) { print("timeout", a, b); }, 1, 5, { toString: () => "b" });
      setTimeout("print('text')", 1); var n = 0;
      var i = setInterval(function () { if (++n === 3) { clearInterval(i); print("third"); } }, 1);`);
    await until(() => lines.length === 3);
    await pause(20);
    expect([...lines].sort()).toEqual(["text", "third", "timeout 5 b"]);
  });

  it("have numbers that come back once they are free", async () => {
    const { host, lines } = board();
    host.run(`var a = setTimeout(function () {}, 1), b = setTimeout(function () {}, 2);
      print(a, b, setTimeout(function () {}, 500)); clearTimeout(3);
      setTimeout(function () { clearTimeout(); print(setTimeout(function () {}, 500)); }, 30);`);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["1 2 3", "1"]);
  });

  it("refuse to clear undefined, and to change what is not there", () => {
    const { host, lines } = board();
    host.run(`function t(f) { try { f(); print("fine"); } catch (e) { print(e.message); } }
      t(() => clearTimeout(undefined)); t(() => clearTimeout(77)); t(() => changeInterval(77, 1));
      t(() => setTimeout(5, 1))`);
    expect(lines).toEqual([
      "clearTimeout(undefined) not allowed. Use clearTimeout() instead",
      "fine",
      "Unknown Interval",
      "Function or String not supplied!",
    ]);
  });

  it("go on after an error in one of them, which is printed and told", async () => {
    const { host, lines, errors } = board();
    host.run(`var n = 0; setInterval(function () { if (++n === 1) throw new Error("first");
      print("again"); clearInterval(); }, 1);`);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["Uncaught Error: first", "again"]);
    expect(String(errors)).toBe("Error: first");
  });
});

describe("stop", () => {
  it("leaves no timer, no socket and no event behind", async () => {
    let closed = 0;
    const port = await listen((peer) => peer.on("close", () => (closed += 1)));
    const { host, lines } = board();
    host.run(`${connect(port)} setInterval(function () { print("tick"); }, 5);
      s.on("drain", function () { s.emit("late"); s.on("late", function () { print("late"); }); });`);
    await until(() => lines.includes("tick"));
    host.stop();
    const printed = lines.length;
    await until(() => closed === 1);
    await pause(30);
    expect(lines).toHaveLength(printed);
  });

  it("lets the process end by itself", () => {
    const tool = new URL("../../tools/espruino/host.mjs", import.meta.url).href;
    const program = `import { createHost } from "${tool}"; import { createServer } from "node:net";
      const server = createServer(() => {}).listen(0, "127.0.0.1", () => {
        const host = createHost();
        host.run('var s = require("net").connect({ port: ' + server.address().port + ' });' +
          's.on("connect", function () { throw new Error("contained"); }); setInterval(print, 1000);');
        setTimeout(() => { host.stop(); server.close(); }, 50);
      });`;
    const run = ["--input-type=module", "--eval", program];
    const { status, stdout } = spawnSync(process.execPath, run, {
      encoding: "utf8",
      timeout: 5000,
    });
    expect([status, stdout]).toEqual([0, "Uncaught Error: contained\n"]);
  });
});
