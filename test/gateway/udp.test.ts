// SPDX-License-Identifier: MIT
// End to end on loopback: Ringlet's MQTT-SN client, the gateway over UDP, aedes, and MQTT.js.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import { until } from "../boards/broker.js";
import { brokerStage, gatewayStage, mqttPeer, rawPeer, snClient } from "./stage.js";

test("every QoS both ways, retained, wildcards, names of every kind", async () => {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port);
  await peer.client.publishAsync("old/one", "kept", { retain: true, qos: 1 });
  const { ports } = await gatewayStage(broker.port, { predefined: { "known/well": 513 } });
  const { client, heard, ends } = snClient({
    port: ports["udp"]!,
    predefined: { "known/well": 513 },
  });
  client.subscribe("to/+", 2);
  client.subscribe("old/one", 1);
  client.subscribe("xy", 1);
  await until(() => heard.length === 1);
  client.publish("from/°", "zero", 0);
  client.publish("ab", "one", 1);
  client.publish("known/well", "two", 2, true);
  client.publish("from/°", new Uint8Array([0, 255]), 2);
  await until(() => peer.heard.length === 5);
  await peer.client.publishAsync("to/a", "\0\x7f", { qos: 2 });
  await peer.client.publishAsync("to/b", "x", { qos: 1 });
  await peer.client.publishAsync("xy", "short", { qos: 0 });
  await until(() => heard.length === 4);
  expect(heard.sort()).toEqual(["old/one kept", "to/a \0\x7f", "to/b x", "xy short"]);
  expect(peer.heard.slice(1, 5)).toEqual([
    "from/° zero",
    "ab one",
    "known/well two",
    "from/° \0\xff",
  ]);
  await ends();
});

test("a client has its own connection to the server, under its name and login", async () => {
  const broker = await brokerStage();
  const logins: string[] = [];
  broker.aedes.authenticate = (client, username, password, done) => {
    logins.push(`${client!.id} ${username} ${password}`);
    done(null, username !== "bad");
  };
  const { ports } = await gatewayStage(broker.port, {
    broker: { url: `mqtt://127.0.0.1:${broker.port}`, username: "all", password: "x" },
    clients: [
      { id: "good*", username: "good", password: "secret" },
      { id: "bad", username: "bad", password: "y" },
    ],
  });
  const port = ports["udp"]!;
  const good = snClient({ port, clientId: "good1" });
  const bad = snClient({ port, clientId: "bad" });
  const other = snClient({ port, clientId: "other" });
  await until(() => good.told[0] && bad.told[0] && other.told[0]);
  expect([good.told[0], bad.told[0], other.told[0]]).toEqual([
    "connect",
    `close ${Status.NOT_SUPPORTED}`,
    "connect",
  ]);
  expect(logins.sort()).toEqual([
    "bad bad y",
    "good1 good secret",
    "other all x",
    "ringlet-gateway all x",
  ]);
});

test("what came while a client slept is there when it wakes", async () => {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port, "none");
  const { ports, health } = await gatewayStage(broker.port);
  const { client, told, heard } = snClient({ port: ports["udp"]!, retries: 1 });
  client.subscribe("to/+", 1);
  client.sleep(2);
  await until(() => told.some((one) => one.startsWith("asleep")));
  await peer.client.publishAsync("to/a", "1", { qos: 1 });
  await peer.client.publishAsync("to/b", "2", { qos: 1 });
  await until(() => health().waiting === 2 || heard.length > 0);
  await until(() => heard.length === 2);
  expect(heard).toEqual(["to/a 1", "to/b 2"]);
});

test("a server that goes and comes back: the client is told, and nothing accepted is lost", async () => {
  const broker = await brokerStage();
  const { ports } = await gatewayStage(broker.port);
  const { client, told } = snClient({ port: ports["udp"]!, cleanSession: false, waitMs: 200 });
  await until(() => told.includes("connect"));
  await broker.stop();
  await until(() => told.includes(`close ${Status.CLOSED}`));
  client.publish("a/b", "late", 2);
  await until(() => told.includes(`close ${Status.REFUSED_UNAVAILABLE}`));
  await broker.start();
  const peer = await mqttPeer(broker.port);
  await until(() => peer.heard.length === 1);
  expect(peer.heard).toEqual(["a/b late"]);
  await until(() => told.some((one) => one.startsWith("delivered")));
});

test("a client that vanishes has its will published", async () => {
  const broker = await brokerStage();
  const peer = await mqttPeer(broker.port);
  const { ports, health } = await gatewayStage(broker.port);
  const raw = await rawPeer(ports["udp"]!);
  raw.says("CONNECT will clean 1 c");
  await until(() => raw.heard.includes("WILLTOPICREQ"));
  raw.says("WILLTOPIC q1 retain gone");
  await until(() => raw.heard.includes("WILLMSGREQ"));
  raw.says("WILLMSG bye");
  await until(() => raw.heard.includes("CONNACK 0"));
  raw.close();
  await until(() => peer.heard.length > 0);
  expect(peer.heard).toEqual(["gone bye"]);
  expect(health()).toMatchObject({ clients: { lost: 1 }, counters: { lost: 1, wills: 1 } });
});
