// SPDX-License-Identifier: MIT
// The built bundles of message authentication on every engine: the same vectors, counters over a
// restart, and one conversation over a broker.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openNodemcu } from "../../tools/lua/nodemcu.mjs";
import { newKey, peerSide } from "../../boards/host/auth.js";
import { brokerOpen, until } from "../boards/broker.js";
import { inEach, places, start } from "../bundle/places.js";
import { nodeOpen, peerOpen } from "./sides.js";
import { key, vectors } from "./vectors.js";

const ours = vectors.filter(({ signer }) => signer === "node");
const theirs = vectors.filter(({ signer }) => signer === "peer");
const last = theirs.at(-1)!;
const base64 = (octets: string) => Buffer.from(octets, "latin1").toString("base64");
const hex = (octets: string) => Buffer.from(octets, "latin1").toString("hex");
/** What a board answers: its own vectors signed, the other side's verified, what is refused. */
const EXPECTED = [
  ...ours.map(({ signed }) => hex(signed)),
  ...theirs.map(({ payload }) => hex(payload)),
  -51,
  -50,
  -50,
  -4,
];

// One broker is enough: nothing is sent in the first test.
const where = places.filter(({ broker }) => broker === "aedes");

describe.each(["ringlet-auth", "ringlet-auth-sha256", "ringlet-signed"])("%s", (name) => {
  inEach(where, "signs and verifies the vectors", (place) => {
    test("with the same octets as everywhere", async () => {
      const program = start(
        place,
        `
        function hex(s) { for (var r = "", i = 0; i < s.length; i++) {
          r += (256 + s.charCodeAt(i)).toString(16).slice(1); } return r; }
        function told(v) { print("RESULT " + JSON.stringify(["auth", typeof v === "string" ? hex(v) : v])); }
        require("Storage").erase("ringlet-auth0"); require("Storage").erase("ringlet-auth1");
        var auth = require("${name}");
        auth.open("${key}");
        ${ours.map(({ topic, payload }) => `told(auth.sign(${JSON.stringify(topic)}, "${payload}"));`).join("\n")}
        ${theirs.map(({ topic, signed }) => `told(auth.verify("${topic}", atob("${base64(signed)}")));`).join("\n")}
        told(auth.verify("${last.topic}", atob("${base64(last.signed)}")));
        told(auth.verify("another", atob("${base64(last.signed)}")));
        told(auth.verify("${last.topic}", "short"));
        told(auth.open("${key}0"));`,
        undefined,
        { [name]: `${name}.min.js` },
      );
      onTestFinished(program.stop);
      await until(() => program.told("auth").length === EXPECTED.length);
      expect(program.told("auth")).toEqual(EXPECTED);
    });
  });
});

/** The same in Lua. */
const LUA = (name: string) => `
  local function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
  local function told(v) print("RESULT " .. (type(v) == "string" and '"' .. hex(v) .. '"' or v)) end
  local function octets(s) return (string.gsub(s, "..", function(c) return string.char(tonumber(c, 16)) end)) end
  local auth = require("${name}").open("${key}")
  ${ours.map(({ topic, payload }) => `told(auth:sign(octets("${hex(Buffer.from(topic).toString("latin1"))}"), "${payload}"))`).join("\n")}
  ${theirs.map(({ topic, signed }) => `told(auth:verify("${topic}", octets("${hex(signed)}")))`).join("\n")}
  told(auth:verify("${last.topic}", octets("${hex(last.signed)}")))
  told(auth:verify("another", octets("${hex(last.signed)}")))
  told(auth:verify("${last.topic}", "short"))
  told(require("${name}").open("${key}0"))`;

const resultsOf = (lines: string[]) =>
  lines.filter((line) => line.startsWith("RESULT ")).map((line) => JSON.parse(line.slice(7)));
const luaFolder = fileURLToPath(new URL("../../dist/lua/", import.meta.url));

describe.each(["esp8266", "esp32"])("ringlet-auth on a simulated %s", (flavour) => {
  test("signs and verifies the vectors, and counts on after a restart", async () => {
    const lines: string[] = [];
    const files: Record<string, string> = {
      "ringlet-auth.lua": readFileSync(`${luaFolder}ringlet-auth.lua`, "latin1"),
      "init.lua": LUA("ringlet-auth"),
    };
    const print = (line: string) => lines.push(line);
    const first = await openNodemcu({ flavour, files, print });
    first.start();
    expect(resultsOf(lines)).toEqual(EXPECTED);
    first.close();
    lines.length = 0;
    files["init.lua"] = `local auth = require("ringlet-auth").open("${key}")
      print(string.sub(auth:sign("a", "x"), 1, 5))
      print(auth:verify("t", octets))`.replace("octets", "string.rep('x', 20)");
    const second = await openNodemcu({ flavour, files, print });
    onTestFinished(second.close);
    second.start();
    expect(lines).toEqual(["x/257", "-50"]);
  });
});

for (const variable of ["LUA51", "LUA53"]) {
  const binary = process.env[variable];
  const why = binary ? "" : ` (skipped: ${variable} names no Lua)`;
  test.skipIf(!binary)(
    `ringlet-auth-socket on ${variable} signs and verifies the vectors${why}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), "ringlet-auth-"));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const code = `package.path = "${luaFolder}?.lua" ${LUA("ringlet-auth-socket")}`;
      const { stdout } = spawnSync(binary!, ["-e", code], { cwd: folder, encoding: "latin1" });
      expect(resultsOf(stdout.split("\n"))).toEqual(EXPECTED);
    },
  );
}

test("a SHA-256 of our own is right at every length about a block's end, without a library of bits", async () => {
  const { openMachine } = await import("../../tools/lua/machine51.mjs" as string);
  const machine = await openMachine();
  onTestFinished(machine.close);
  const told: string[] = [];
  machine.onCall((line: string) => void told.push(line));
  const source = readFileSync(`${luaFolder}ringlet-auth-socket.lua`, "latin1");
  machine.run(
    `local file = { write = function() return true end, close = function() return true end }
    io = { open = function(_, mode) return mode == "wb" and file or nil end }
    require = function() error("none") end
    local side = (function(...) ${source} end)().open("${key}")
    for length = 0, 130 do __js(side:sign("t", string.rep("\\200", length))) end`,
    "program",
  );
  expect(told.map(hex)).toEqual(
    Array.from({ length: 131 }, (_, length) =>
      nodeOpen()("t", "\xc8".repeat(length), length + 1),
    ).map(hex),
  );
});

describe("a conversation over a broker", () => {
  inEach(where, "a signed node", (place) => {
    test("is believed, and believes; a forger is not and is not believed", async () => {
      const broker = await brokerOpen();
      const secret = newKey();
      const folder = mkdtempSync(join(tmpdir(), "ringlet-auth-"));
      const peer = peerSide({ key: secret, file: join(folder, "peer") });
      const heard: unknown[] = [];
      broker.aedes.on("publish", ({ topic, payload }, client) => {
        if (!client || topic !== "n/up") return;
        const said = peer.verify(topic, Buffer.from(payload));
        heard.push(typeof said === "number" ? said : Buffer.from(said).toString("latin1"));
      });
      const program = start(
        place,
        `var signed = require("ringlet-signed");
        require("Storage").erase("ringlet-auth0"); require("Storage").erase("ringlet-auth1");
        signed.open("${secret}");
        var client = signed.connect({ host: "127.0.0.1", port: ${broker.port}, clientId: "n" });
        function told(v) { print("RESULT " + JSON.stringify(["told", v])); }
        client.on("subscribed", function () {
          client.publish("n/up", signed.sign("n/up", "21.5"), 1);
          client.publish("n/up", "forged", 1);
          told("up");
        });
        client.subscribe("n/down", 1, function (topic, payload) { told(signed.verify(topic, payload)); });`,
        undefined,
        { "ringlet-signed": "ringlet-signed.min.js" },
      );
      onTestFinished(async () => {
        await program.stop();
        await broker.close();
        rmSync(folder, { recursive: true, force: true });
      });
      await until(() => heard.length === 2);
      expect(heard).toEqual(["21.5", -50]);
      const down = (payload: Buffer) =>
        broker.aedes.publish(
          { cmd: "publish", topic: "n/down", payload, qos: 1, retain: false, dup: false },
          () => {},
        );
      const order = Buffer.from(peer.sign("n/down", "on") as Uint8Array);
      down(Buffer.from("forged order, long enough"));
      down(order);
      down(order);
      await until(() => program.told("told").length === 4);
      expect(program.told("told")).toEqual(["up", -50, "on", -51]);
    });
  });
});

test("the other side of the tests is the other side of the package", () => {
  const { topic, payload, counter, signed } = theirs[0]!;
  expect(peerOpen()(topic, payload, counter)).toBe(signed);
});
