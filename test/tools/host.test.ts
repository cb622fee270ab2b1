// SPDX-License-Identifier: MIT
// The simulated Espruino: what a program finds there, and how its sockets, timers and strings
// behave. Where the firmware's behaviour is odd, it was seen on the interpreter for Linux.
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";

type Host = any;
let hosts: Host[] = [];
let servers: Server[] = [];
let peers: Socket[] = [];

afterEach(() => {
  for (const host of hosts) host.stop();
  for (const peer of peers) peer.destroy();
  for (const server of servers) server.close();
  [hosts, servers, peers] = [[], [], []];
});

/** A board that keeps what it prints and what its handlers throw. */
function board(options: object = {}): { host: Host; lines: string[]; errors: unknown[] } {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const host = createHost({
    print: (line: string) => void lines.push(line),
    onError: (error: unknown) => void errors.push(error),
    ...options,
  });
  hosts.push(host);
  return { host, lines, errors };
}

/** A server on loopback; `serve` gets each connection. */
async function listen(serve: (peer: Socket) => void): Promise<number> {
  const server = createServer((peer) => {
    peers.push(peer);
    peer.on("error", () => {});
    serve(peer);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function until(done: () => boolean): Promise<void> {
  for (let wait = 0; wait < 400 && !done(); wait += 1) await pause(5);
  expect(done()).toBe(true);
}
const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));

/** A program's text, with what it needs of the test put in. */
const connect = (port: number) =>
  `var s = require("net").connect({ host: "127.0.0.1", port: ${port} });
   ["connect", "drain", "end", "close", "error"].forEach(function (name) {
     s.on(name, function (x) {
       print(name, this === s, name === "close" ? x : name === "error" ? x.message : "");
     });
   });`;

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

describe("sockets", () => {
  it("say connect, drain, end and close from a queue, with the socket as this", async () => {
    const port = await listen((peer) => peer.on("data", () => peer.end()));
    const { host, lines } = board();
    host.run(
      `${connect(port)} print("made"); setTimeout(function () { print(s.write("x")); }, 30);`,
    );
    expect(lines).toEqual(["made"]);
    await until(() => lines.includes("close true false"));
    expect(lines).toEqual([
      "made",
      "connect true ",
      "drain true ",
      "false",
      "drain true ",
      "end true ",
      "close true false",
    ]);
  });

  it("carry all 256 octets both ways, in pieces of at most 536", async () => {
    const port = await listen((peer) => peer.pipe(peer));
    const { host, lines } = board();
    host.run(`${connect(port)} var all = "", got = "", sizes = [];
      for (var i = 0; i < 256; i++) all += String.fromCharCode(i);
      s.on("data", function (d) { got += d; sizes.push(d.length);
        if (got.length === 256 * 8) print(got === all.repeat(8), Math.max.apply(null, sizes)); });
      s.on("connect", function () { s.write(all.repeat(8)); });`);
    await until(() => lines.some((line) => line.startsWith("true")));
    expect(lines.at(-1)).toBe("true 536");
  });

  it("join the writes of one turn, say drain once for them, and turn anything into text", async () => {
    let got = "";
    const port = await listen((peer) =>
      peer.on("data", (data) => (got += data.toString("latin1"))),
    );
    const { host, lines } = board();
    host.run(`${connect(port)} s.on("connect", function () { s.write("a\\xff"); s.write(null);
      s.write(); s.write([1, 2]); s.write(new Uint8Array([3, 4])); s.write("°"); });`);
    await until(() => got.length > 0 && lines.length === 3);
    expect(got).toBe("a\xffnull1,23,4\xc2\xb0");
    // The first drain is that of a socket with nothing to send yet.
    expect(lines).toEqual(["connect true ", "drain true ", "drain true "]);
  });

  it("send Unicode strings as UTF-8 on a build that has them", async () => {
    let got = "";
    const port = await listen((peer) =>
      peer.on("data", (data) => (got += data.toString("latin1"))),
    );
    const { host } = board({ unicode: true });
    host.run(`${connect(port)} s.write("\\xb1"); s.write("°"); s.write("€")`);
    await until(() => got.length === 6);
    expect(got).toBe("\xb1\xc2\xb0\xe2\x82\xac");
  });

  it("throw on a write after end and after a close, and send what was written before end", async () => {
    let got = "";
    const port = await listen((peer) => peer.on("data", (data) => (got += data)));
    const { host, lines } = board();
    host.run(`function write() { try { s.write("x"); print("taken"); } catch (e) { print(e); } }
      ${connect(port)} s.on("close", write);
      s.on("connect", function () { s.write("a".repeat(5000)); s.end("last"); write(); s.end(); });`);
    await until(() => lines.length === 6 && got.length === 5004);
    expect(lines).toEqual([
      "connect true ",
      "Error: This socket is closed",
      "drain true ",
      "end true ",
      "close true false",
      "Error: This socket is closed",
    ]);
  });

  it("hold data until somebody listens", async () => {
    const port = await listen((peer) => peer.write("early"));
    const { host, lines } = board({ chunk: 2 });
    host.run(`${connect(port)} setTimeout(function () { print(s.available(), s.read(2));
      s.on("data", function (d) { print(d); }); }, 60);`);
    await until(() => lines.includes("rly"));
    expect(lines.slice(2)).toEqual(["5 ea", "rly"]);
  });

  it("call the next handler, and the same one again, after a handler has thrown", async () => {
    const port = await listen((peer) => peer.write("abcd"));
    const { host, lines, errors } = board({ chunk: 2 });
    host.run(`${connect(port)} s.on("data", function (d) { throw new Error(d); });
      s.on("data", function (d) { print(d); });`);
    await until(() => lines.length === 6);
    expect(lines.slice(2)).toEqual(["Uncaught Error: ab", "ab", "Uncaught Error: cd", "cd"]);
    expect(errors).toHaveLength(2);
  });

  it("see a reset as a clean close, and one with octets unsent as an error", async () => {
    const port = await listen((peer) => setTimeout(() => peer.resetAndDestroy(), 30));
    const { host, lines } = board();
    host.run(connect(port));
    await until(() => lines.length === 4);
    expect(lines.slice(2)).toEqual(["end true ", "close true false"]);
    const other = board();
    other.host.run(`${connect(port)} s.on("drain", function () { s.write("x".repeat(4000000)); })`);
    await until(() => other.lines.includes("close true true"));
    expect(other.lines.at(-3)).toBe("error true unsent data");
  });

  it("say error and close(true) later where no port is open: a board would throw", async () => {
    const { host, lines } = board();
    host.run(connect(1));
    await until(() => lines.length === 5);
    expect(lines.slice(2)).toEqual(["error true connection reset", "end true ", "close true true"]);
  });

  it("throw once what the test asks for", async () => {
    const port = await listen(() => {});
    const { host, lines } = board();
    host.net.fail = "Unable to create socket";
    host.run(`try { ${connect(port)} } catch (e) { print(e, e.message, e instanceof Error); }
      ${connect(port)}`);
    expect(lines).toEqual(["InternalError: Unable to create socket Unable to create socket false"]);
    await until(() => lines.length === 3);
  });

  it("call handlers of a queued event that were removed meanwhile, as the firmware does", async () => {
    const port = await listen(() => {});
    const { host, lines } = board();
    host.run(`${connect(port)} s.on("connect", function () { s.removeAllListeners(); });`);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["connect true ", "drain true "]);
  });

  it("lose a connect callback that takes the socket when there is a handler too", async () => {
    const port = await listen(() => {});
    const { host, lines } = board();
    host.run(`var at = { host: "127.0.0.1", port: ${port} };
      require("net").connect(at, function (x) { print("only", this === x); });
      var s = require("net").connect(at, function (x) { print("lost"); });
      s.on("connect", function () { print("lost too"); });
      s.on("drain", function () { print("drain"); });`);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["only true", "drain"]);
  });

  it("are silent while the radio is off, and gone at once where the test says so", async () => {
    const port = await listen((peer) => setInterval(() => peer.write("x"), 5).unref());
    const { host, lines } = board();
    host.run(`var W = require("Wifi");
      W.on("disconnected", function () { print("lost", W.getIP().ip); });
      W.connect("net", { password: "p" }, function (e) { print("joined", e, W.getIP().ip); ${connect(port).replace("var s", "s")}
        s.on("data", function () { s.removeAllListeners("data"); print("data"); }); });`);
    await until(() => lines.includes("data"));
    host.wifi.drop();
    await until(() => lines.includes("lost undefined"));
    host.run(`s.on("data", function () { s.removeAllListeners("data"); print("more"); });
      try { ${connect(port).replace("var s", "var t")} } catch (e) { print(e); }`);
    await pause(30);
    expect(lines.at(-1)).toBe("InternalError: Unable to create socket");
    host.wifi.restore();
    await until(() => lines.includes("more"));
    host.wifi.drop({ reset: true });
    await until(() => lines.includes("close true false"));
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
});
