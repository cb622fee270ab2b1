// SPDX-License-Identifier: MIT
// wss in a real browser, against mosquitto: what the browser trusts decides, and each refusal reaches a
// program as a Status. A page is told no reason of a failed connection, so it is one Status for all.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browses, hasCertutil, missing as missingBrowser } from "../transport/chromium.js";
import { type Certificates, certificatesOpen, hasOpenssl } from "./certificates.js";
import { type Listeners, listenersOpen, type Which } from "./listeners.js";
import { type OldServer, oldServerOpen } from "./old.js";

const UNREACHABLE = -32;
const missing = [
  ...missingBrowser,
  ...(hasOpenssl ? [] : ["there is no openssl to make certificates"]),
  ...(hasCertutil ? [] : ["there is no certutil to give the browser an authority"]),
  ...(process.env["MOSQUITTO"] ? [] : ["MOSQUITTO names no mosquitto"]),
];
const why = missing.length > 0 ? ` (skipped: ${missing.join(", and ")})` : "";

/** Tries one URL after the other: "kept", when a message came back, or the Status it was closed with. */
const page = (urls: string[]) => `<!doctype html><title>Ringlet</title><script type="module">
import { connect } from "/websocket.js";
const found = [];
const tried = (url) => new Promise((done) => {
  const client = connect({ url, reconnect: { min: 60000, max: 60000 } });
  const over = (how) => { client.end(); done(how); };
  client.on("error", (reason) => over("error " + reason));
  client.on("close", (status) => status && over(status));
  client.subscribe("s", 1, (topic, payload) => over(new TextDecoder().decode(payload)));
  client.publish("s", "kept", 1);
});
for (const url of ${JSON.stringify(urls)}) found.push(await tried(url));
fetch("/result", { method: "POST", body: JSON.stringify(found) });
</script>`;

describe.skipIf(missing.length > 0)(`wss in Chromium against mosquitto${why}`, () => {
  let made: Certificates;
  let listeners: Listeners;
  let old: OldServer;
  beforeAll(async () => {
    made = certificatesOpen();
    listeners = await listenersOpen(made);
    old = await oldServerOpen(made, "TLSv1.1");
  }, 60000);
  afterAll(async () => {
    old?.close();
    await listeners?.server.close();
    made?.remove();
  });

  const url = (which: Which, host = "localhost", scheme = "wss") =>
    `${scheme}://${host}:${listeners.port(which)}/mqtt`;

  test("comes about with an own authority, and each refusal is told", async () => {
    const tries: [string, string, string | number][] = [
      ["its own authority", url("web"), "kept"],
      ["an address that is in the certificate", url("web", "127.0.0.1"), "kept"],
      ["a server that signed itself", url("webSelf"), UNREACHABLE],
      ["a certificate for another name", url("webElsewhere"), UNREACHABLE],
      ["a certificate for another address", url("webElsewhere", "127.0.0.1"), UNREACHABLE],
      ["an expired certificate", url("webExpired"), UNREACHABLE],
      ["a client certificate that is missing", url("webClient"), UNREACHABLE],
      ["no newer TLS than 1.1", `wss://localhost:${old.port}/mqtt`, UNREACHABLE],
      ["a port without TLS", url("plain"), UNREACHABLE],
      ["plain text to a port with TLS", url("web", "localhost", "ws"), UNREACHABLE],
      // Nothing of it was the browser's memory of an earlier one.
      ["its own authority, again", url("web"), "kept"],
    ];
    const found = await browses(page(tries.map(([, one]) => one)), made.path("ca.crt"));
    expect(tries.map(([title], i) => [title, found[i]])).toEqual(
      tries.map(([title, , expected]) => [title, expected]),
    );
    expect(old.secured).toEqual([]);
  }, 60000);

  test("refuses the same server where the browser does not know its authority", async () => {
    expect(await browses(page([url("web")]))).toEqual([UNREACHABLE]);
  }, 60000);
});
