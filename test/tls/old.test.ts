// SPDX-License-Identifier: MIT
// A client refuses a server whose newest TLS is older than its own least: TLS 1.2 unless it says
// otherwise, in Node and on desktop Lua. Each refusal has a client beside it that takes the same server,
// so it is the version that was refused. A browser's is in browser.test.ts.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { SecureVersion } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connect, Status } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
import { type Certificates, certificatesOpen, hasOpenssl } from "./certificates.js";
import { oldServerOpen } from "./old.js";

const dist = fileURLToPath(new URL("../../dist/lua/", import.meta.url));
const why = hasOpenssl ? "" : " (skipped: there is no openssl to make certificates)";

describe.skipIf(!hasOpenssl)(`a server of an older TLS${why}`, () => {
  let made: Certificates;
  beforeAll(() => void (made = certificatesOpen()), 60000);
  afterAll(() => made?.remove());

  async function serverOf(newest: SecureVersion) {
    const server = await oldServerOpen(made, newest);
    onTestFinished(server.close);
    return server;
  }

  const weak = { minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" };

  test.each<[string, SecureVersion, object, boolean]>([
    ["TLS 1.1 is refused", "TLSv1.1", {}, false],
    ["TLS 1.1 is taken by who asks for it", "TLSv1.1", weak, true],
    ["TLS 1.2 is refused by who wants 1.3", "TLSv1.2", { minVersion: "TLSv1.3" }, false],
    ["TLS 1.2 is taken", "TLSv1.2", {}, true],
  ])("in Node: %s", async (_title, newest, tls, isTaken) => {
    const server = await serverOf(newest);
    const client = connect({
      host: "localhost",
      port: server.port,
      tls: { ca: readFileSync(made.path("ca.crt")), ...tls },
      reconnect: { min: 60000, max: 60000 },
    });
    onTestFinished(() => client.end());
    const told: unknown[] = [];
    client
      .on("connect", () => told.push("connect"))
      .on("close", (status) => told.push(status))
      .on("error", (reason) => told.push((reason as Error).message));
    await until(() => told.some((one) => one === "connect" || typeof one === "number"));
    if (isTaken) expect(told).toEqual(["connect"]);
    else {
      expect(told).toEqual([
        expect.stringContaining("there is no version of TLS that both sides have"),
        Status.UNREACHABLE,
      ]);
    }
    expect(server.secured).toEqual(isTaken ? [newest] : []);
  });

  describe.each(["LUA51", "LUA53"])("on desktop Lua, %s", (variable) => {
    const binary = process.env[variable];
    const none = binary ? "" : ` (skipped: ${variable} names no Lua with LuaSocket and LuaSec)`;
    // LuaSec's own names; a table of options is taken as it is.
    const weakest = 'ciphers = "DEFAULT@SECLEVEL=0"';
    test.skipIf(!binary).each<[string, SecureVersion, string, boolean]>([
      ["TLS 1.1 is refused", "TLSv1.1", weakest, false],
      ["TLS 1.1 is taken by who asks for it", "TLSv1.1", `${weakest}, options = "all"`, true],
      ["TLS 1.2 is refused by who wants 1.3", "TLSv1.2", 'protocol = "tlsv1_3"', false],
      ["TLS 1.2 is taken", "TLSv1.2", "", true],
    ])(`%s${none}`, async (_title, newest, tls, isTaken) => {
      const server = await serverOf(newest);
      const code = `package.path = "${dist}?.lua;" .. package.path
        io.stdout:setvbuf("no")
        local ringlet = require("ringlet-socket")
        local client = ringlet.connect({ host = "localhost", port = ${server.port},
          clientId = "desk", tls = { cafile = "${made.path("ca.crt")}", ${tls} } })
        client:on("connect", function() print("connect") end)
        client:on("close", function(status) print("close " .. status) end)
        ringlet.run()`;
      const child = spawn(binary!, ["-e", code], { stdio: ["ignore", "pipe", "pipe"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("latin1").on("data", (text) => (output += text));
      }
      await until(() => output.includes("\n") || child.exitCode !== null);
      expect(output.split("\n")[0]).toBe(isTaken ? "connect" : `close ${Status.UNREACHABLE}`);
      expect(server.secured).toEqual(isTaken ? [newest] : []);
    });
  });
});
