// SPDX-License-Identifier: MIT
// MQTT-SN over real UDP sockets on loopback, and over a stream: the client in Node, and the bundle on real
// Espruino interpreters, with the gateway model of test/sn behind a socket.

import { once } from "node:events";
import { createSocket } from "node:dgram";
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { port } from "../../boards/host/datagram.js";
import { snOpen, type SnClient, type SnOptions } from "../../src/sn/client.js";
import { decodeFrame, encodeFrame, readFrames } from "../../src/sn/frame.js";
import { interpreters, start } from "../bundle/places.js";
import { readFileSync } from "node:fs";
import { octetsFrom } from "../fake.js";
import { gatewayOpen } from "../sn/gateway.js";
import { until } from "./broker.js";

/** The gateway model behind a UDP socket. */
async function gatewayListen() {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  let peer = { address: "", port: 0 };
  const gateway = gatewayOpen({
    send: (octets) => socket.send(Buffer.from(octets, "latin1"), peer.port, peer.address),
    after: (ms, step) => void setTimeout(step, ms).unref(),
  });
  socket.on("message", (bytes, from) => {
    peer = from;
    gateway.receive(bytes.toString("latin1"));
  });
  onTestFinished(() => void socket.close());
  return { gateway, port: socket.address().port };
}

function nodeClient(options: Partial<SnOptions>): SnClient {
  const client = snOpen({ clientId: "node", ...options }, port);
  if (typeof client === "number") throw new Error(`refused: ${client}`);
  return client;
}

test("in Node a client talks to a gateway over UDP, both ways, and ends", async () => {
  const { gateway, port } = await gatewayListen();
  const heard: string[] = [];
  const client = nodeClient({ host: "localhost", port });
  client.subscribe(
    "to/+",
    2,
    (topic, payload) => void heard.push(`${topic} ${octetsFrom(payload)}`),
  );
  client.publish("from/°", new Uint8Array([0, 255]), 2);
  client.publish("ab", "x".repeat(500), 1);
  await until(() => gateway.published.length === 2);
  gateway.publish("to/a", "\0\xff", 2);
  gateway.publish("to/a", "last", 1);
  await until(() => heard.length === 2);
  expect(gateway.published.map(({ topic, payload }) => `${topic} ${payload.length}`)).toEqual([
    "from/\xc2\xb0 2",
    "ab 500",
  ]);
  expect(heard).toEqual(["to/a \0\xff", "to/a last"]);
  const closed = new Promise((done) => client.on("close", done));
  client.drain(5000, () => {});
  expect(await closed).toBe(0);
  expect(gateway.state).toBe("disconnected");
});

test("in Node the same goes over a stream", async () => {
  const there = new PassThrough();
  const back = new PassThrough();
  const gateway = gatewayOpen({
    send: (octets) => back.write(Buffer.from(encodeFrame(octets), "latin1")),
    after: (ms, step) => void setTimeout(step, ms).unref(),
  });
  const reader = { part: "" };
  there.on("data", (chunk: Buffer) => {
    for (const piece of readFrames(reader, chunk.toString("latin1"), 528)) {
      gateway.receive(decodeFrame(piece));
    }
  });
  const stream = {
    write: (bytes: Uint8Array) => there.write(bytes),
    on: (event: "data", listener: (chunk: Uint8Array) => void) => back.on(event, listener),
    off: (event: "data", listener: (chunk: Uint8Array) => void) => back.off(event, listener),
  };
  const client = nodeClient({ stream });
  client.publish("t/1", "~}\x03\x11\x13", 2);
  await until(() => gateway.published.length === 1);
  expect(gateway.published[0]!.payload).toBe("~}\x03\x11\x13");
  const closed = new Promise((done) => client.on("close", done));
  client.end();
  expect(await closed).toBe(0);
  expect(back.listenerCount("data")).toBe(0);
});

const bundle = readFileSync(
  new URL("../../dist/espruino/ringlet-sn.min.js", import.meta.url),
  "utf8",
);

describe("on the interpreter", () => {
  for (const place of interpreters.filter(({ broker }) => broker === "aedes")) {
    test.skipIf(place.skip)(`over UDP, ${place.title}`, async () => {
      const { gateway, port } = await gatewayListen();
      const running = start(
        place,
        `var ringlet = (function () { var exports = {}; ${bundle}
          return exports; })();
        function result(name, value) { print("RESULT " + JSON.stringify([name, value])); }
        var client = ringlet.connect({ host: "127.0.0.1", port: ${port}, clientId: "board" });
        client.subscribe("to/+", 2, function (topic, payload) {
          result("heard", [topic, btoa(payload)]);
        });
        client.on("close", function (status) { result("close", status); });
        client.publish("from/a", "\\0\\xff", 2);
        client.publish("ab", "short", 1);
        client.subscribe("to/end", 1, function () { client.drain(5000, function () {}); });`,
      );
      onTestFinished(running.stop);
      await until(() => gateway.published.length === 2 && gateway.filters.size === 2);
      gateway.publish("to/a", "\0\xff", 2);
      await until(() => running.told("heard").length === 1);
      gateway.publish("to/end", "", 1);
      await until(() => running.told("close").length === 1);
      expect(running.told("heard")[0]).toEqual(["to/a", "AP8="]);
      expect(gateway.published.map(({ topic }) => topic)).toEqual(["from/a", "ab"]);
      expect(running.told("close")).toEqual([0]);
    });
  }
});
