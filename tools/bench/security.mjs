// SPDX-License-Identifier: MIT
// What security costs: a TLS handshake beside a connection without one, and a message with its
// signature beside one without: octets, round trips, and memory where an engine can count it. Octets are
// counted by the proxy of the energy table; needs openssl for TLS.

import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { proxyOpen } from "./energy.mjs";
import { interpret } from "./interpreter.mjs";
import { digits } from "./rows.mjs";

const run = promisify(execFile);
const dist = (name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const KEY = "7f3a".repeat(16);
const TOPIC = "ringlet/node1/temperature";
const PAYLOAD = "21.5";

const P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
/** Espruino has no elliptic curves. */
const RSA = ["-newkey", "rsa:2048"];

/** A key and a certificate that is its own authority; undefined without openssl. */
function certificateIn(folder, kind) {
  const path = (name) => join(folder, name);
  const { status } = spawnSync("openssl", [
    ...["req", "-x509", ...kind, "-nodes"],
    ...["-keyout", path("key"), "-out", path("cert"), "-days", "2", "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost"],
  ]);
  if (status !== 0) return undefined;
  return { key: readFileSync(path("key")), cert: readFileSync(path("cert")), file: path("cert") };
}

/** Says CONNACK to whoever is through, and ends when the other side does. */
const greets = (socket) => {
  socket.on("error", () => {});
  socket.once("data", () => socket.write(Buffer.from([0x20, 2, 0, 0])));
};

/** A server on loopback; its port. */
async function listens(server) {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server.address().port;
}

/** [title, options of both servers and the client beside key, certificate and authority]. */
const HANDSHAKES = [
  ["without TLS", undefined],
  ["TLS 1.2", { maxVersion: "TLSv1.2" }],
  ["TLS 1.3", { minVersion: "TLSv1.3" }],
  ["TLS 1.3, with a client certificate", { minVersion: "TLSv1.3", isMutual: true }],
];

/** From the first octet to CONNACK and DISCONNECT, of the package in Node. */
async function handshake(made, options) {
  const { connect } = await import("../../dist/node/index.js");
  const { key, cert } = made;
  const mutual = options?.isMutual ? { requestCert: true, ca: cert } : {};
  const server =
    options === undefined
      ? createPlain(greets)
      : createServer({ key, cert, ...options, ...mutual }, greets);
  const proxy = await proxyOpen(await listens(server));
  const counted = proxy.counted();
  const tls = { ca: cert, ...(options?.isMutual ? { key, cert } : {}) };
  const client = connect({
    host: "localhost",
    port: proxy.port,
    clientId: "node1",
    ...(options === undefined ? {} : { tls }),
  });
  client.on("connect", () => client.end());
  client.on("close", (status) => status < 0 && console.error(`TLS: ${status}`));
  const count = await counted;
  proxy.close();
  server.close();
  return count;
}

/** Variables of Espruino: the module, with its key, and what 500 signatures leave behind. */
async function onEspruino(binary, folder) {
  writeFileSync(join(folder, "auth.js"), readFileSync(dist("espruino/ringlet-auth.min.js")));
  return interpret(
    binary,
    folder,
    `
var auth = 0, base = 0, loaded = 0, opened = 0, i = 0, after = 0;
var used = function() { return process.memory().usage; };
var go = function() {
  require("Storage").erase("ringlet-auth0"); require("Storage").erase("ringlet-auth1");
  base = used();
  Modules.addCached("auth", require("fs").readFileSync("auth.js"));
  auth = require("auth");
  loaded = used() - base;
  auth.open("${KEY}");
  for (i = 0; i < 300; i++) auth.sign("${TOPIC}", "${PAYLOAD}");
  opened = used() - base;
  for (i = 0; i < 500; i++) auth.sign("${TOPIC}", "${PAYLOAD}");
  after = used() - base;
  report({ loaded: loaded, opened: opened, growth: after - opened, done: true });
};
setTimeout(go, 50);`,
  );
}

/**
 * Variables of Espruino of a client that is online, by TCP and by TLS.
 */
async function tlsOnEspruino(binary, folder) {
  const made = certificateIn(folder, RSA);
  // Its ciphers are those of old.
  const tls = { ...made, minVersion: "TLSv1.2", ciphers: "ALL:@SECLEVEL=0" };
  writeFileSync(join(folder, "ringlet.js"), readFileSync(dist("espruino/ringlet.min.js")));
  const online = async (isSecure) => {
    const server = isSecure ? createServer(tls, greets) : createPlain(greets);
    const port = await listens(server);
    const found = await interpret(
      binary,
      folder,
      `
Modules.addCached("ringlet", require("fs").readFileSync("ringlet.js"));
var base = 0, client = 0, used = function() { return process.memory().usage; };
var go = function() {
  var ringlet = require("ringlet");
  base = used();
  client = ringlet.connect({ host: "127.0.0.1", port: ${port}, clientId: "node1"
    ${isSecure ? ", tls: { insecure: true }" : ""} });
  client.on("connect", function() { report({ online: used() - base, done: true }); });
  client.on("close", function(status) { report({ status: status, done: true }); });
};
setTimeout(go, 50);`,
    );
    server.close();
    return found.online;
  };
  return { plain: await online(false), tls: await online(true) };
}

/** Octets of Lua's heap, the same; HMAC is the firmware's, here one that is made up. */
async function onLua(command, folder) {
  writeFileSync(
    join(folder, "auth.lua"),
    `local files = {}
file = { getcontents = function(n) return files[n] end,
  putcontents = function(n, t) files[n] = t return true end }
crypto = { hmac = function() return string.rep("x", 32) end }
local function used() collectgarbage() collectgarbage() return collectgarbage("count") * 1024 end
local base = used()
local auth = assert(loadfile("${dist("lua/ringlet-auth.lua")}"))()
local loaded = used() - base
local side = auth.open("${KEY}")
for i = 1, 300 do side:sign("${TOPIC}", "${PAYLOAD}") end
local opened = used() - base
for i = 1, 500 do side:sign("${TOPIC}", "${PAYLOAD}") end
print(string.format("=%d %d %d", loaded, opened, used() - base - opened))`,
  );
  const [binary, ...args] = command;
  const { stdout } = await run(binary, [...args, join(folder, "auth.lua")]);
  const [, loaded, opened, growth] = /=(-?\d+) (-?\d+) (-?\d+)/.exec(stdout);
  return { loaded: +loaded, opened: +opened, growth: +growth };
}

/** Octets of Lua's heap of a client that is online, by TCP and by TLS; LuaSec's own memory is C's. */
async function tlsOnLua(binary, made) {
  const { key, cert, file } = made;
  const online = async (tls) => {
    const server = tls ? createServer({ key, cert }, greets) : createPlain(greets);
    const port = await listens(server);
    const code = `package.path = "${dist("lua/")}?.lua;" .. package.path
      local function used() collectgarbage() collectgarbage() return collectgarbage("count") * 1024 end
      local ringlet = require("ringlet-socket")
      local base = used()
      local client = ringlet.connect({ host = "localhost", port = ${port}, clientId = "node1"
        ${tls ? `, tls = { cafile = "${file}" }` : ""} })
      client:on("connect", function()
        print(string.format("=%d", used() - base))
        client:close()
      end)
      ringlet.run()`;
    const { stdout } = await run(binary, ["-e", code], { timeout: 20000 });
    server.close();
    return Number(/=(\d+)/.exec(stdout)[1]);
  };
  return { plain: await online(false), tls: await online(true) };
}

/** @returns {Promise<object>} the part */
export async function measureSecurity(say) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-bench-"));
  const { ESPRUINO_BIN, LUA51, LUA53, NODEMCU_LUA } = process.env;
  try {
    const { nodeSide } = await import("../../dist/node/auth.js");
    const signed = nodeSide({ key: KEY, file: join(folder, "counters") }).sign(TOPIC, PAYLOAD);
    const made = certificateIn(folder, P256);
    const handshakes = [];
    if (made) {
      for (const [title, options] of HANDSHAKES)
        handshakes.push({ title, ...(await handshake(made, options)) });
    }
    const memory = [];
    const add = async (title, unit, measured) => memory.push({ title, unit, ...(await measured) });
    if (ESPRUINO_BIN) await add("Espruino", "variables", onEspruino(ESPRUINO_BIN, folder));
    if (LUA51) await add("Lua 5.1", "octets", onLua([LUA51], folder));
    if (LUA53) await add("Lua 5.3", "octets", onLua([LUA53], folder));
    if (NODEMCU_LUA) await add("NodeMCU", "octets", onLua([NODEMCU_LUA, "-e"], folder));
    const online = [];
    const engines = [
      ["Lua 5.1, octets", LUA51, () => tlsOnLua(LUA51, made)],
      ["Lua 5.3, octets", LUA53, () => tlsOnLua(LUA53, made)],
      // Last: it has a certificate of its own.
      ["Espruino, variables", ESPRUINO_BIN, () => tlsOnEspruino(ESPRUINO_BIN, folder)],
    ];
    for (const [title, binary, measure] of made ? engines : [])
      if (binary) online.push({ title, ...(await measure()) });
    say("security measured");
    return { handshakes, memory, online, plain: PAYLOAD.length, signed: signed.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const table = (head, texts, rows) =>
  [head, head.map((_, i) => (i < texts ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** The part of docs/benchmarks.md. */
export function securityPage(part) {
  if (part === undefined) return "Not measured yet: `npm run bench -- security`.\n";
  const { handshakes, memory, online, plain, signed } = part;
  return `Measured ${part.when} (${part.machine}).

### A TLS handshake

${table(
  ["connection", "round trips", "octets sent", "octets received"],
  1,
  handshakes.map((row) => [row.title, row.roundTrips, row.sent, row.received]),
)}

The package in Node, from its first octet through CONNECT and CONNACK to DISCONNECT, counted as in the table above. The server's certificate is one of P-256 that is its own authority; a chain
adds its length to what is received. TCP's own round trip is not counted.

${table(
  ["memory of a client that is online", "TCP", "TLS"],
  1,
  online.map((row) => [row.title, digits(row.plain), digits(row.tls)]),
)}

Of the interpreter alone: what OpenSSL takes below LuaSec is not in it. Espruino's TLS, here that of its build for Linux, with a certificate of RSA, keeps its buffers in variables of 14 octets. On NodeMCU TLS is the firmware's, whose documentation says 25–30 K of heap.

### A signed message

A payload of ${plain} octets becomes one of ${signed}: counter and signature. No round trip is added.

${table(
  [
    "message authentication",
    "unit",
    "module",
    "with its key, 300 messages signed",
    "and behind 500 more",
  ],
  2,
  memory.map((row) => [
    row.title,
    row.unit,
    digits(row.loaded),
    digits(row.opened),
    `+${digits(row.growth)}`,
  ]),
)}

The module loaded from source text. HMAC is the firmware's; in Lua one that is made up stands for it.
`;
}
