// SPDX-License-Identifier: MIT
// TLS that authenticates, in Node: by itself and below WebSockets (wss, with the package ws), each
// refusal proven against mosquitto. Nothing but the options of `tls` decides whom is trusted.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { connect as connectWeb } from "../../boards/browser/module.js";
import { connect, Status, text } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
import { type Certificates, certificatesOpen, hasOpenssl } from "./certificates.js";
import { type Listeners, listenersOpen, type Which } from "./listeners.js";

const missing = [
  ...(hasOpenssl ? [] : ["there is no openssl to make certificates"]),
  ...(process.env["MOSQUITTO"] ? [] : ["MOSQUITTO names no mosquitto"]),
];
const why = missing.length > 0 ? ` (skipped: ${missing.join(", and ")})` : "";

describe.skipIf(missing.length > 0)(`TLS in Node against mosquitto${why}`, () => {
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

  const file = (name: string) => readFileSync(made.path(name));
  const own = () => ({ ca: file("ca.crt") });
  const as = (name: string) => ({ ...own(), cert: file(`${name}.crt`), key: file(`${name}.key`) });

  /** What a client is told that tries it twice: sentences, statuses, and whether it came in. */
  async function tried(which: Which, tls: object | undefined, host = "127.0.0.1") {
    const port = listeners.port(which);
    const options = { host, port, reconnect: { min: 1, max: 5 } };
    const client = connect(tls === undefined ? options : { ...options, tls });
    onTestFinished(() => client.end());
    const told = { errors: [] as string[], closes: [] as number[], connects: 0, came: "" };
    client
      .on("connect", () => (told.connects += 1))
      .on("close", (status) => told.closes.push(status))
      .on("error", (reason) => told.errors.push((reason as Error).message))
      .on("message", (_topic, payload) => (told.came = text(payload)));
    client.subscribe("secret", 1);
    client.publish("secret", "kept", 1);
    await until(() => told.closes.length >= 2 || told.came === "kept");
    return told;
  }

  const trusted: [string, Which, () => object, string?][] = [
    ["its own authority", "good", own],
    ["its own authority, by name", "good", own, "localhost"],
    [
      "a name of one's choice in the certificate",
      "good",
      () => ({ ...own(), servername: "localhost" }),
    ],
    ["a client certificate", "client", () => as("node")],
    ["TLS 1.3 as the least", "newest", () => ({ ...own(), minVersion: "TLSv1.3" })],
    ["nobody asked for", "self", () => ({ rejectUnauthorized: false })],
  ];
  test.each(trusted)("comes about with %s", async (_title, which, tls, host) => {
    expect(await tried(which, tls(), host)).toMatchObject({
      connects: 1,
      closes: [],
      came: "kept",
    });
  });

  const refused: [string, Which, () => object | undefined, RegExp | undefined, string?][] = [
    ["an unknown authority", "good", () => ({}), /vouched for by nobody.*SELF_SIGNED/],
    ["another authority", "good", () => ({ ca: file("other.crt") }), /vouched for by nobody/],
    ["a server that signed itself", "self", own, /vouched for by nobody.*DEPTH_ZERO/],
    ["an expired certificate", "expired", own, /has expired/],
    ["a certificate for another address", "elsewhere", own, /for another name/],
    ["a certificate for another name", "elsewhere", own, /for another name/, "localhost"],
    ["a client certificate that is missing", "client", own, /demands a client certificate/],
    ["a revoked client certificate", "client", () => as("revoked"), /it has been revoked/],
    ["a foreign client certificate", "client", () => as("self"), /does not know who/],
    [
      "an older TLS than the server's least",
      "newest",
      () => ({ ...own(), maxVersion: "TLSv1.2" }),
      /no version of TLS/,
    ],
    ["a port without TLS", "plain", own, /Perhaps that port does not speak TLS/],
    ["plain text to a port with TLS", "good", () => undefined, undefined],
  ];
  test.each(refused)("refuses %s", async (_title, which, tls, sentence, host) => {
    const told = await tried(which, tls(), host);
    expect(told).toMatchObject({ connects: 0, came: "" });
    expect(new Set(told.closes)).toEqual(new Set([Status.UNREACHABLE]));
    // Once, not for each connection.
    expect(told.errors.length).toBe(sentence === undefined ? 0 : 1);
    if (sentence !== undefined) expect(told.errors[0]).toMatch(sentence);
  });

  /** A constructor as a program hands it in, with options of `node:tls`. */
  const withTls = (tls: object) =>
    class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, tls);
      }
    };

  test.each<[string, Which, () => object, boolean]>([
    ["comes about with its own authority", "web", own, true],
    ["refuses an unknown authority", "web", () => ({}), false],
    ["refuses a server that signed itself", "webSelf", own, false],
  ])("wss %s", async (_title, which, tls, isTrusted) => {
    const url = `wss://localhost:${listeners.port(which)}/mqtt`;
    const client = connectWeb({ url, WebSocket: withTls(tls()), reconnect: { min: 1, max: 5 } });
    onTestFinished(() => client.end());
    const told = { closes: new Set<number>(), connects: 0 };
    client
      .on("connect", () => (told.connects += 1))
      .on("close", (status) => told.closes.add(status));
    await until(() => told.connects > 0 || told.closes.size > 0);
    // It may have been refused again since.
    expect([told.connects, ...told.closes]).toEqual(isTrusted ? [1] : [0, Status.UNREACHABLE]);
  });
});
