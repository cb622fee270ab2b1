// SPDX-License-Identifier: MIT
// One connection for all clients: who gets what, retained messages, and what the server knows.

import { describe, expect, test } from "vitest";
import { levelsOf } from "#engine";
import { sessionOpen } from "../../gateway/src/session.js";
import {
  addSubscriber,
  filtersOpen,
  matchEntries,
  removeSubscriber,
} from "../../gateway/src/upstream/filters.js";
import { matchesTopic } from "../../src/wire/topic.js";
import { until } from "../boards/broker.js";
import { brokerStage, gatewayStage, mqttPeer, rawPeer, snClient } from "./stage.js";

describe("filters", () => {
  const all = [
    "#",
    "+",
    "+/+",
    "a",
    "a/#",
    "a/+",
    "a/b",
    "a/+/c",
    "/",
    "+/#",
    "$SYS/#",
    "$SYS/+",
    "a/b/#",
    "//",
    "/+",
  ];
  const topics = [
    "a",
    "a/b",
    "a/b/c",
    "/",
    "//",
    "b",
    "$SYS",
    "$SYS/x",
    "a/",
    "a/b/c/d",
    "+",
    "a/+",
  ];
  const one = { qos: 1, freshUntil: 0, seen: new Set<string>() };
  const s = sessionOpen("c", undefined as never, 0);

  test.each(topics)("match %s as they do one by one [MQTT-4.7.2-1]", (topic) => {
    const f = filtersOpen();
    for (const filter of all) addSubscriber(f, s, filter, one);
    const found: string[] = [];
    matchEntries(f, topic, ({ filter }) => void found.push(filter));
    const expected = all.filter((filter) => matchesTopic(levelsOf(filter), levelsOf(topic)));
    expect(found.sort()).toEqual(expected.sort());
  });

  test("leave nothing behind", () => {
    const f = filtersOpen();
    for (const filter of all) addSubscriber(f, s, filter, one);
    expect(all.map((filter) => removeSubscriber(f, s, filter))).not.toContain(false);
    expect([f.entries.size, f.bySession.size, f.root.below.size]).toEqual([0, 0, 0]);
    expect(removeSubscriber(f, s, "a")).toBe(false);
  });
});

async function stage() {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port);
  const running = await gatewayStage(broker.port, { mode: "aggregating", name: "one" });
  await until(() => running.health().isServerUp);
  return { broker, peer, running, port: running.ports["udp"]! };
}

test("each client gets what it subscribed to, once, at its own QoS", async () => {
  const { broker, peer, port } = await stage();
  const a = snClient({ port, clientId: "a" });
  const b = snClient({ port, clientId: "b" });
  a.client.subscribe("t/+", 0);
  a.client.subscribe("u", 1);
  b.client.subscribe("t/+", 2);
  await until(() => a.told.filter((one) => one.startsWith("subscribed")).length === 2);
  await until(() => b.told.some((one) => one.startsWith("subscribed")));
  const levels: string[] = [];
  for (const { client } of [a, b]) {
    client.on("message", (topic, _payload, { qos }) => levels.push(`${topic} ${qos}`));
  }
  await peer.client.publishAsync("t/1", "x", { qos: 2 });
  await peer.client.publishAsync("u", "y", { qos: 2 });
  await until(() => levels.length === 3);
  expect(levels.sort()).toEqual(["t/1 0", "t/1 2", "u 1"]);
  expect(broker.aedes.connectedClients).toBe(2);
  a.client.publish("up", "z", 2);
  await until(() => peer.heard.includes("up z"));
  await a.ends();
});

test("a new subscriber gets what is retained, and nobody who has it gets it again", async () => {
  const { peer, port } = await stage();
  await peer.client.publishAsync("r/1", "kept", { retain: true, qos: 1 });
  const a = snClient({ port, clientId: "a" });
  a.client.subscribe("r/+", 1);
  await until(() => a.heard.length === 1);
  const b = snClient({ port, clientId: "b" });
  b.client.subscribe("r/+", 1);
  await until(() => b.heard.length === 1);
  await peer.client.publishAsync("r/2", "live", { qos: 1 });
  await until(() => a.heard.length > 1 && b.heard.length > 1);
  expect([a.heard, b.heard]).toEqual([
    ["r/1 kept", "r/2 live"],
    ["r/1 kept", "r/2 live"],
  ]);
});

test("the last one that leaves a filter takes it from the server", async () => {
  const { broker, port } = await stage();
  const filters: string[] = [];
  broker.aedes.on("unsubscribe", (list) => filters.push(...list));
  const a = await rawPeer(port);
  const b = await rawPeer(port);
  a.says("CONNECT clean 60 a");
  b.says("CONNECT clean 60 b");
  await until(() => a.heard.length === 1 && b.heard.length === 1);
  a.says("SUBSCRIBE 1 q1 x/#");
  b.says("SUBSCRIBE 1 q0 x/#");
  await until(() => a.heard.length === 2 && b.heard.length === 2);
  a.says("UNSUBSCRIBE 2 x/#");
  await until(() => a.heard.includes("UNSUBACK 2"));
  expect(filters).toEqual([]);
  b.says("CONNECT clean 60 b");
  await until(() => filters.length > 0);
  expect(filters).toEqual(["x/#"]);
});

test("wills are published by the gateway, sessions are kept by it", async () => {
  const { peer, port, running } = await stage();
  const raw = await rawPeer(port);
  const hears = (word: string) => until(() => raw.heard.includes(word));
  raw.says("CONNECT will 1 c");
  await hears("WILLTOPICREQ");
  raw.says("WILLTOPIC gone");
  await hears("WILLMSGREQ");
  raw.says("WILLMSG bye");
  await hears("CONNACK 0");
  raw.says("SUBSCRIBE 1 q1 n/+");
  await hears("SUBACK q1 0 1 0");
  await until(() => peer.heard.includes("gone bye"));
  await peer.client.publishAsync("n/1", "meanwhile", { qos: 1 });
  await until(() => running.health().waiting === 1);
  raw.says("CONNECT 60 c");
  await hears("REGISTER 1 1 n/1");
});

test("the server goes and comes back: clients are told, filters are asked for anew", async () => {
  const { broker, port } = await stage();
  const { client, told, heard } = snClient({ port, cleanSession: false, waitMs: 200 });
  client.subscribe("n/+", 1);
  await until(() => told.some((one) => one.startsWith("subscribed")));
  await broker.stop();
  await until(() => told.includes("close -31"));
  await broker.start();
  await until(() => told.filter((one) => one === "connect").length === 2);
  const peer = await mqttPeer(broker.port);
  await until(() => told.filter((one) => one.startsWith("subscribed")).length === 2);
  await peer.client.publishAsync("n/1", "again", { qos: 1 });
  await until(() => heard.length === 1);
  expect(heard).toEqual(["n/1 again"]);
});
