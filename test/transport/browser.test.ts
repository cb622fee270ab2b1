// SPDX-License-Identifier: MIT
// The built `dist/node/websocket.js` in a real browser: only there "latin1" is windows-1252, and a
// WebSocket a browser's. Runs when the environment's CHROMIUM names a binary.

import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { createWebSocketStream, WebSocketServer } from "ws";
import { brokerOpen } from "../boards/broker.js";
import { browserOpen, missing, pageOf } from "./chromium.js";

const why = missing.length > 0 ? ` (skipped: ${missing.join(", and ")})` : "";

/** What the page does; its result is posted back. */
const PAGE = `<!doctype html><title>Ringlet</title><script type="module">
import { connect } from "/websocket.js";
const result = { errors: [], received: {}, text: "" };
const post = () => fetch("/result", { method: "POST", body: JSON.stringify(result) });
addEventListener("error", ({ message }) => { result.errors.push(message); post(); });
try {
  const client = connect({ url: "ws://" + location.host + "/mqtt" });
  const all = Uint8Array.from({ length: 256 }, (_, at) => at);
  const long = Uint8Array.from({ length: 262144 }, (_, at) => at * 7 + (at >> 8));
  const parts = [];
  client.on("error", (reason) => result.errors.push(String(reason)));
  client.on("subscribed", () => {
    for (const qos of [0, 1, 2]) client.publish("all/" + qos, all, qos);
    client.publish("long", long, 1);
  });
  client.subscribe("#", 2, (topic, payload) => {
    if (topic !== "long") result.received[topic] = [...payload];
    else {
      for (const octet of payload) parts.push(octet);
      if (parts.length === long.length) {
        result.received[topic] = parts.length;
        result.equal = parts.every((octet, index) => octet === long[index]);
      }
    }
    if (Object.keys(result.received).length === 4) post();
  });
} catch (error) {
  result.errors.push(String(error));
  post();
}
</script>`;

interface Result {
  errors: string[];
  received: Record<string, unknown>;
  equal: boolean;
}

describe(`ringlet/websocket in Chromium${why}`, () => {
  test.skipIf(missing.length > 0)(
    "all 256 octets go both ways at every QoS, and 256 KB",
    async () => {
      let answer!: (result: Result) => void;
      const answered = new Promise<Result>((done) => (answer = done));
      const published: Record<string, number[]> = {};
      const broker = await brokerOpen((handle) => {
        const server = createServer(pageOf(PAGE, answer));
        new WebSocketServer({ server }).on("connection", (socket) =>
          handle(createWebSocketStream(socket).on("error", () => {}) as never),
        );
        return server;
      });
      broker.aedes.on("publish", ({ topic, payload }) => {
        published[topic] = [...(payload as Buffer)];
      });
      const browser = browserOpen(`http://127.0.0.1:${broker.port}/`);
      try {
        const result = await answered;
        const all = Array.from({ length: 256 }, (_, at) => at);
        expect(result.errors).toEqual([]);
        for (const qos of [0, 1, 2]) {
          expect(published[`all/${qos}`]).toEqual(all);
          expect(result.received[`all/${qos}`]).toEqual(all);
        }
        expect(result.received["long"]).toBe(262144);
        expect(result.equal).toBe(true);
      } finally {
        await browser.close();
        await broker.close();
      }
    },
    60000,
  );
});
