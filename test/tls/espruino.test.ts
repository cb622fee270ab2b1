// SPDX-License-Identifier: MIT
// TLS of Espruino, on real interpreters: it encrypts, and it verifies nobody, which is why `connect` asks
// for `insecure`. The server's certificate is one of RSA, for another name, and nobody vouches for it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { inEach, interpreters, start } from "../bundle/places.js";
import { tell } from "../bundle/stage.js";
import { hasOpenssl } from "./certificates.js";

/** What a stranger presents. */
function strangersOwn() {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-tls-"));
  const path = (name: string) => join(folder, name);
  spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=stranger"],
    ...["-keyout", path("key"), "-out", path("cert")],
  ]);
  const made = { key: readFileSync(path("key")), cert: readFileSync(path("cert")) };
  rmSync(folder, { recursive: true });
  return made;
}

const here = interpreters.filter(({ broker }) => broker === "aedes");

inEach(here, "TLS", (place) => {
  test.skipIf(!hasOpenssl)(
    "encrypts, and takes whoever answers (skipped where there is no openssl)",
    async () => {
      const secured: unknown[] = [];
      const server = createServer(
        { ...strangersOwn(), minVersion: "TLSv1.2", ciphers: "ALL:@SECLEVEL=0" },
        (socket) => {
          secured.push(socket.getProtocol());
          socket.on("error", () => {});
          socket.once("data", () => socket.write(Buffer.from([0x20, 2, 0, 0])));
        },
      );
      server.on("tlsClientError", () => {});
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      onTestFinished(() => void server.close());
      const program = start(
        place,
        `open({ tls: {} });
        open({ tls: { insecure: true } });`,
        (server.address() as { port: number }).port,
      );
      onTestFinished(program.stop);
      await tell(program, "connect", 1, 30000);
      expect(program.told("refused")).toEqual([-9]);
      expect(secured).toEqual(["TLSv1.2"]);
      expect(program.told("close")).toEqual([]);
    },
    40000,
  );
});
