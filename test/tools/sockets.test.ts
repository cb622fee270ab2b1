// SPDX-License-Identifier: MIT
// The simulated Espruino's sockets and Wi-Fi against real servers on loopback.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { board, connect, listen, pause, until } from "./board.js";

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

/** A key and a certificate that nobody has a reason to trust, or undefined where openssl is missing. */
function selfSigned(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "tls-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const make = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x`;
    execFileSync("openssl", [...make.split(" "), "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const identity = selfSigned();

describe.skipIf(!identity)(`tls${identity ? "" : " (skipped: there is no openssl)"}`, () => {
  it("encrypts and verifies nobody, whatever ca it is given: the firmware does not", async () => {
    const port = await listen(
      (peer) => peer.pipe(peer),
      createTlsServer({ ...identity }),
      "secureConnection",
    );
    const { host, lines } = board();
    const der = identity!.cert.toString().replace(/-----.*-----|\n/g, "");
    host.run(`var s = require("tls").connect({ host: "127.0.0.1", port: ${port}, ca: atob("${der}") });
      s.on("data", function (d) { print(d); s.end(); });
      s.on("close", function (e) { print("close", e); }); s.write("hidden")`);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["hidden", "close false"]);
  });

  it("says error and close(true) where the other side speaks no TLS", async () => {
    const port = await listen((peer) => peer.end("220 hello\r\n"));
    const { host, lines } = board();
    host.run(connect(port).replace('"net"', '"tls"'));
    await until(() => lines.includes("close true true"));
    expect(lines).toContain("error true SSL handshake failed");
  });
});
