// SPDX-License-Identifier: MIT
// One mosquitto with a listener for each thing that can be wrong with TLS.

import type { TestServer } from "../bundle/mosquitto.js";
import type { Certificates } from "./certificates.js";
// @ts-ignore: the tools are JavaScript
import { freePort, serverOpen } from "../brokers/servers.mjs";

/** What each listener presents, and what it demands. */
const LISTENERS = {
  good: ["server"],
  self: ["self"],
  elsewhere: ["elsewhere"],
  expired: ["expired"],
  newest: ["server", "tls_version tlsv1.3"],
  client: ["server", "require_certificate true", "crlfile @REVOKED@"],
  web: ["server", "protocol websockets"],
  webSelf: ["self", "protocol websockets"],
  webElsewhere: ["elsewhere", "protocol websockets"],
  webExpired: ["expired", "protocol websockets"],
  webClient: ["server", "protocol websockets", "require_certificate true"],
} as const;

export type Which = "plain" | keyof typeof LISTENERS;

export interface Listeners {
  server: TestServer;
  port: (which: Which) => number;
}

export async function listenersOpen({ path }: Certificates): Promise<Listeners> {
  const ports: Record<string, number> = {};
  const lines = ["user @OWNER@", "allow_anonymous true"];
  for (const [name, [certificate, ...more]] of Object.entries(LISTENERS)) {
    ports[name] = await freePort();
    lines.push(
      `listener ${ports[name]} 127.0.0.1`,
      `cafile ${path("ca.crt")}`,
      `certfile ${path(`${certificate}.crt`)}`,
      `keyfile ${path(`${certificate}.key`)}`,
      ...more.map((line) => line.replace("@REVOKED@", path("revoked.crl"))),
    );
  }
  // Last, so that the others listen when this one does.
  lines.push("listener @PORT@ 127.0.0.1");
  const server: TestServer = await serverOpen("mosquitto", `${lines.join("\n")}\n`);
  return { server, port: (which) => ports[which] ?? server.port };
}
