// SPDX-License-Identifier: MIT
// TLS in Node, with a certificate made for the test.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { Status } from "../../boards/host/module.js";
import { brokerOpen, octetsOf, until } from "./broker.js";
import { watched } from "./watched.js";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)("TLS (skipped where there is no openssl to make a key)", () => {
  function makeKey() {
    const folder = mkdtempSync(join(tmpdir(), "ringlet-tls-"));
    const file = (name: string) => join(folder, name);
    spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", file("key"), "-out", file("cert"), "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ]);
    const made = { key: readFileSync(file("key")), cert: readFileSync(file("cert")) };
    rmSync(folder, { recursive: true });
    return made;
  }

  test("carries messages both ways, and refuses a certificate that nobody vouches for", async () => {
    const { key, cert } = makeKey();
    const names: unknown[] = [];
    const secure = await brokerOpen((handle) => {
      const server = createTlsServer({ key, cert }, (socket) => {
        names.push(socket.servername);
        handle(socket);
      });
      server.on("tlsClientError", () => {});
      return server as Server;
    });
    const octets = octetsOf(200000);
    const good = watched({ port: secure.port, tls: { ca: cert } });
    const named = watched({ host: "localhost", port: secure.port, tls: { ca: cert } });
    const stranger = watched({ port: secure.port, tls: {} });
    good.client.subscribe("a", 1);
    await until(() => good.told.subscribed.length && named.told.connects.length);
    good.client.publish("a", octets, 1);
    good.client.publish("a", "short", 1);
    await until(() => good.told.long.length && good.told.messages.length);
    expect(Buffer.compare(good.told.long[0]!, octets)).toBe(0);
    expect(names).toContain("localhost");
    await until(() => stranger.told.closes.length);
    expect(stranger.told.closes[0]).toBe(Status.UNREACHABLE);
    expect(stranger.told.connects).toEqual([]);
    for (const { client } of [good, named, stranger]) client.end();
    await until(() => good.told.closes.length);
    await secure.close();
  });
});
