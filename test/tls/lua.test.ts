// SPDX-License-Identifier: MIT
// TLS that authenticates in Lua on a desktop (LuaSec): the built bundle in real interpreters, each
// refusal proven against mosquitto. LuaSec verifies nothing by itself, so this is all our own.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { type Certificates, certificatesOpen, hasOpenssl } from "./certificates.js";
import { type Listeners, listenersOpen, type Which } from "./listeners.js";

const dist = fileURLToPath(new URL("../../dist/lua/", import.meta.url));

describe.each(["LUA51", "LUA53"])("TLS of the bundle on %s", (variable) => {
  const binary = process.env[variable];
  const missing = [
    ...(binary ? [] : [`${variable} names no Lua with LuaSocket and LuaSec`]),
    ...(hasOpenssl ? [] : ["there is no openssl to make certificates"]),
    ...(process.env["MOSQUITTO"] ? [] : ["MOSQUITTO names no mosquitto"]),
  ];
  const why = missing.length > 0 ? ` (skipped: ${missing.join(", and ")})` : "";

  describe.skipIf(missing.length > 0)(`against mosquitto${why}`, () => {
    let made: Certificates;
    let listeners: Listeners;
    beforeAll(async () => {
      made = certificatesOpen();
      listeners = await listenersOpen(made);
    }, 60000);
    afterAll(async () => {
      await listeners?.server.close();
      made?.remove();
    });

    /** What a program prints that connects with those TLS options, in Lua. */
    async function tried(which: Which, tls: string, host: string) {
      const path = tls.replace(/@([\w.]+)@/g, (_all, name) => `"${made.path(name)}"`);
      const code = `package.path = "${dist}?.lua;" .. package.path
        io.stdout:setvbuf("no")
        local ringlet = require("ringlet-socket")
        local client = ringlet.connect({ host = "${host}", port = ${listeners.port(which)},
          clientId = "desk", tls = ${path}, reconnect = { min = 1, max = 2 } })
        client:on("close", function(status) print("close " .. status) client:close() end)
        client:subscribe("s", 1, function(topic, payload) print("came " .. payload) client:close() end)
        client:publish("s", "kept", 1)
        ringlet.run()
        print("over")`;
      const child = spawn(binary!, ["-e", code], { stdio: ["ignore", "pipe", "pipe"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("latin1").on("data", (text) => (output += text));
      }
      await until(() => output.includes("over") || child.exitCode !== null);
      return output.split("\n").filter((line) => /^(close -|came)|rror/.test(line));
    }

    test.each<[string, Which, string, string?]>([
      ["its own authority", "good", "{ cafile = @ca.crt@ }"],
      ["an address that is in the certificate", "good", "{ cafile = @ca.crt@ }", "127.0.0.1"],
      [
        "a name of one's choice",
        "elsewhere",
        '{ cafile = @ca.crt@, servername = "elsewhere.example" }',
      ],
      [
        "a wildcard for one label",
        "elsewhere",
        '{ cafile = @ca.crt@, servername = "a.LOCALHOST" }',
      ],
      [
        "a client certificate",
        "client",
        "{ cafile = @ca.crt@, key = @node.key@, certificate = @node.crt@ }",
      ],
      ["nobody asked for", "self", '{ verify = "none" }'],
    ])("comes about with %s", async (_title, which, tls, host = "localhost") => {
      expect(await tried(which, tls, host)).toEqual(["came kept"]);
    });

    test.each<[string, Which, string, string?]>([
      ["an unknown authority", "good", "{}"],
      ["another authority", "good", "{ cafile = @other.crt@ }"],
      ["a server that signed itself", "self", "{ cafile = @ca.crt@ }"],
      ["an expired certificate", "expired", "{ cafile = @ca.crt@ }"],
      ["a certificate for another name", "elsewhere", "{ cafile = @ca.crt@ }"],
      ["a certificate for another address", "elsewhere", "{ cafile = @ca.crt@ }", "127.0.0.1"],
      [
        "a wildcard for two labels",
        "elsewhere",
        '{ cafile = @ca.crt@, servername = "a.b.localhost" }',
      ],
      ["a client certificate that is missing", "client", "{ cafile = @ca.crt@ }"],
      [
        "a revoked client certificate",
        "client",
        "{ cafile = @ca.crt@, key = @revoked.key@, certificate = @revoked.crt@ }",
      ],
      [
        "an older TLS than the server's least",
        "newest",
        '{ cafile = @ca.crt@, protocol = "tlsv1_2" }',
      ],
      ["a port without TLS", "plain", "{ cafile = @ca.crt@ }"],
      ["a file that is not there", "good", '{ cafile = "/no/such/file" }'],
    ])("refuses %s", async (_title, which, tls, host = "localhost") => {
      expect(await tried(which, tls, host)).toEqual(["close -32"]);
    });
  });
});
