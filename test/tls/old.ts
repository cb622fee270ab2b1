// SPDX-License-Identifier: MIT
// A server whose newest TLS is older than what a client may take, and which would do everything else:
// OpenSSL's level of security is lowered for it.

import { readFileSync } from "node:fs";
import { createServer, type SecureVersion } from "node:tls";
import type { Certificates } from "./certificates.js";

export interface OldServer {
  port: number;
  /** The versions that connections came about with. */
  secured: string[];
  close: () => void;
}

/** Listens on loopback with `newest` at most. */
export async function oldServerOpen(
  { path }: Certificates,
  newest: SecureVersion,
): Promise<OldServer> {
  const secured: string[] = [];
  const server = createServer(
    {
      key: readFileSync(path("server.key")),
      cert: readFileSync(path("server.crt")),
      minVersion: "TLSv1",
      maxVersion: newest,
      ciphers: "DEFAULT@SECLEVEL=0",
    },
    (socket) => {
      secured.push(String(socket.getProtocol()));
      socket.on("error", () => {});
      // CONNACK, and SUBACK and PUBACK never: whoever comes so far is in.
      socket.once("data", () => socket.write(Buffer.from([0x20, 2, 0, 0])));
    },
  );
  server.on("tlsClientError", () => {});
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as { port: number }).port,
    secured,
    close: () => void server.close(),
  };
}
