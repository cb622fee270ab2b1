// SPDX-License-Identifier: MIT
// The client in Node against a real mosquitto: the binary that the environment's MOSQUITTO names.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, type Options, Status, text } from "../../boards/host/module.js";
import { mosquittoOpen, type TestServer } from "../bundle/mosquitto.js";
import { proxyOpen } from "../bundle/proxy.js";
import { octetsOf, until } from "./broker.js";
import { watched } from "./watched.js";

const missing = process.env["MOSQUITTO"] ? "" : " (skipped: MOSQUITTO names no mosquitto)";
let server: TestServer;
let clients: Client[] = [];

/** A client of the test's server, ended with the test. */
function open(options: Partial<Options> = {}) {
  const made = watched({ port: server.port, ...options });
  clients.push(made.client);
  return made;
}

describe.skipIf(missing)(`the client in Node against mosquitto${missing}`, () => {
  beforeEach(async () => {
    server = await mosquittoOpen();
  });
  afterEach(async () => {
    clients.forEach((client) => client.end());
    clients = [];
    await server.close();
  });

  test.each([0, 1, 2])("passes messages both ways at QoS %i", async (qos) => {
    const { client, told } = open();
    client.subscribe("a/+", qos);
    await until(() => told.subscribed.length);
    const ids = [1, 2, 3].map((n) => client.publish("a/°", `${n} °C`, qos));
    await until(() => told.messages.length === 3 && told.delivered.length === (qos > 0 ? 3 : 0));
    expect(told.messages.map((message) => [text(message.payload), message.qos])).toEqual([
      ["1 °C", qos],
      ["2 °C", qos],
      ["3 °C", qos],
    ]);
    expect(told.delivered).toEqual(qos > 0 ? ids : []);
    expect(told.errors).toEqual([]);
  });

  test.each([0, 1, 2])("passes 256 KB octet by octet at QoS %i", async (qos) => {
    const { client, told } = open();
    const octets = octetsOf(262144);
    client.subscribe("a", qos);
    await until(() => told.subscribed.length);
    client.publish("a", octets, qos);
    await until(() => told.long.length);
    expect(Buffer.compare(told.long[0]!, octets)).toBe(0);
    expect(told.closes).toEqual([]);
  });

  test("finds what is retained, and clears it with an empty payload [MQTT-3.3.1-10]", async () => {
    const first = open();
    first.client.publish("state", "on", 1, true);
    await until(() => first.told.delivered.length);
    const second = open();
    second.client.subscribe("state");
    await until(() => second.told.messages.length);
    expect(second.told.messages[0]).toMatchObject({ topic: "state", retain: true });
    first.client.publish("state", "", 1, true);
    await until(() => second.told.messages.length === 2);
    const third = open();
    third.client.subscribe("state");
    third.client.subscribe("other", 1);
    await until(() => third.told.subscribed.length === 2);
    third.client.publish("other", "end", 1);
    await until(() => third.told.messages.length);
    expect(third.told.messages.map(({ topic }) => topic)).toEqual(["other"]);
  });

  test("has its will published when the connection is torn, not when it ends", async () => {
    const watcher = open();
    watcher.client.subscribe("will/+", 1);
    const proxy = await proxyOpen(server.port);
    const torn = open({ port: proxy.port, will: { topic: "will/torn", payload: "gone", qos: 1 } });
    const ended = open({ will: { topic: "will/ended", payload: "gone", qos: 1 } });
    await until(() => watcher.told.subscribed.length);
    await until(() => torn.told.connects.length && ended.told.connects.length);
    ended.client.end();
    await until(() => ended.told.closes.length);
    proxy.cut();
    await until(() => watcher.told.messages.length);
    expect(watcher.told.messages.map(({ topic }) => topic)).toEqual(["will/torn"]);
    torn.client.end();
    await proxy.close();
  });

  test("finds its session again with cleanSession false [MQTT-3.2.2-2]", async () => {
    const options = { clientId: "kept", cleanSession: false };
    const first = open(options);
    first.client.subscribe("a", 2);
    await until(() => first.told.subscribed.length);
    first.client.end();
    await until(() => first.told.closes.length);
    const other = open();
    for (const qos of [1, 2]) other.client.publish("a", `while away ${qos}`, qos);
    await until(() => other.told.delivered.length === 2);
    const again = open(options);
    await until(() => again.told.messages.length === 2);
    expect(first.told.connects).toEqual([false]);
    expect(again.told.connects).toEqual([true]);
    expect(again.told.messages.map(({ payload }) => text(payload))).toEqual([
      "while away 1",
      "while away 2",
    ]);
  });

  test("loses and doubles nothing through 20 broken connections [MQTT-4.3.3-1]", async () => {
    const proxy = await proxyOpen(server.port, 20, 900, 3);
    const counts = new Map<string, number>();
    const { client, told } = open({ clientId: "cut", cleanSession: false, port: proxy.port });
    client.subscribe("n", 2, (_topic, payload) => {
      counts.set(text(payload), (counts.get(text(payload)) ?? 0) + 1);
    });
    await until(() => told.connects.length);
    for (let n = 0; n < 300; n++) {
      expect(client.publish("n", `${n}`, n % 3 === 2 ? 2 : 1)).toBeGreaterThan(0);
    }
    await until(() => told.delivered.length === 300 && counts.size === 300);
    const doubled = [...counts].filter(([n, count]) => count > 1 && Number(n) % 3 === 2);
    expect(doubled).toEqual([]);
    expect(proxy.cuts).toBe(20);
    client.end();
    await proxy.close();
  });

  test("comes back after a restart, with its subscriptions and what it owes", async () => {
    const { client, told } = open({ clientId: "back", cleanSession: false });
    client.subscribe("a", 1);
    await until(() => told.subscribed.length);
    await server.stop();
    await until(() => told.closes.length);
    const ids = [1, 2, 3].map((n) => client.publish("b", `${n}`, 1 + (n % 2)));
    await until(() => told.closes.includes(Status.UNREACHABLE));
    await server.start();
    await until(() => told.delivered.length === 3 && told.subscribed.length === 2);
    expect([...told.delivered].sort()).toEqual(ids.sort());
    client.publish("a", "again", 1);
    await until(() => told.messages.length);
    expect(told.connects).toEqual([false, false]);
  });

  test("is told that it may not come in", async () => {
    const closed = await mosquittoOpen(true);
    const { told } = open({ port: closed.port, username: "somebody", password: "wrong" });
    await until(() => told.closes.length);
    expect(told.closes[0]).toBe(Status.REFUSED_AUTHORIZATION);
    expect(told.connects).toEqual([]);
    await closed.close();
  });
});
