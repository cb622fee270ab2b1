// SPDX-License-Identifier: MIT
// Ringlet's MQTT-SN client against gateways that others wrote, with aedes behind them. They run where variables
// of the environment name the programs.

import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { Status } from "../../src/status.js";
import { until } from "../boards/broker.js";
import { interpreters, start as startBoard } from "../bundle/places.js";
import { brokerStage, mqttPeer, snClient } from "../gateway/stage.js";
import { gateways, known } from "./gateways.js";

const bundle = readFileSync(
  new URL("../../dist/espruino/ringlet-sn.min.js", import.meta.url),
  "utf8",
);

describe.each(gateways)("$title", ({ skip, open, takesShort }) => {
  test.skipIf(skip)("takes messages of each QoS, under names of each kind", async () => {
    const broker = await brokerStage();
    const peer = await mqttPeer(broker.port);
    const port = await open(broker.port);
    const { client, told } = snClient({ port, predefined: known, retries: 9 });
    await until(() => told.includes("connect"));
    const names = ["from/a", "known/well", ...(takesShort ? ["ab"] : [])];
    for (const name of names) for (const qos of [1, 2]) client.publish(name, `q${qos}`, qos);
    await until(
      () => told.filter((one) => one.startsWith("delivered")).length === 2 * names.length,
    );
    for (const name of names) client.publish(name, "q0", 0);
    client.publish("kept", "r", 1, true);
    await until(() => peer.heard.length === 3 * names.length + 1);
    expect(peer.heard.sort()).toEqual(
      [...names.flatMap((name) => [0, 1, 2].map((qos) => `${name} q${qos}`)), "kept r"].sort(),
    );
    expect(told.filter((one) => one.startsWith("refused"))).toEqual([]);
  });

  test.skipIf(skip || takesShort)("refuses short names, and the client is told", async () => {
    const broker = await brokerStage();
    const port = await open(broker.port);
    const { client, told } = snClient({ port, retries: 9 });
    const msgId = client.publish("ab", "short", 1);
    await until(() => told.some((one) => one.startsWith(`refused ${msgId}`)));
    expect(told).toContain(`refused ${msgId} ${Status.NOT_SUPPORTED}`);
  });

  test.skipIf(skip)("hands on messages of each QoS, and registers names first", async () => {
    const broker = await brokerStage();
    const peer = await mqttPeer(broker.port, "none");
    const port = await open(broker.port);
    const { client, told, heard, ends } = snClient({ port, predefined: known, retries: 9 });
    for (const filter of ["to/+", "plain/name", "xy", "known/well"]) client.subscribe(filter, 2);
    await until(() => told.filter((one) => one.startsWith("subscribed")).length === 4);
    const names = ["to/a", "to/b", "plain/name", "xy", "known/well"];
    for (const name of names) {
      for (const qos of [0, 1, 2] as const) {
        await peer.client.publishAsync(name, `q${qos}`, { qos });
        await until(() => heard.includes(`${name} q${qos}`));
      }
    }
    expect(heard).toEqual(names.flatMap((name) => [0, 1, 2].map((qos) => `${name} q${qos}`)));
    client.unsubscribe("xy");
    await until(() => client.stats().inFlight === 0);
    await ends();
  });

  test.skipIf(skip)("keeps what comes for a sleeper", async () => {
    const broker = await brokerStage();
    const peer = await mqttPeer(broker.port, "none");
    const port = await open(broker.port);
    const { client, told, heard } = snClient({ port, retries: 1, keepAlive: 60 });
    client.subscribe("to/+", 1);
    await until(() => told.some((one) => one.startsWith("subscribed")));
    client.sleep(3);
    await until(() => told.some((one) => one.startsWith("asleep")));
    await peer.client.publishAsync("to/a", "1", { qos: 1 });
    await peer.client.publishAsync("to/b", "2", { qos: 1 });
    await until(() => heard.length === 2);
    client.publish("from/sleep", "up", 1);
    await until(() => told.some((one) => one.startsWith("delivered")));
    expect(heard).toEqual(["to/a 1", "to/b 2"]);
    expect(told.filter((one) => one.startsWith("close"))).toEqual([]);
  });

  test.skipIf(skip)("publishes the will of a client that is gone", async () => {
    const broker = await brokerStage();
    const peer = await mqttPeer(broker.port);
    const port = await open(broker.port);
    const { told } = snClient({
      port,
      retries: 9,
      will: { topic: "gone/one", payload: "bye", qos: 1 },
    });
    await until(() => told.includes("connect"));
    // The server loses the gateway's connection for this client, and nobody else's.
    (broker.aedes as any).clients["node"].conn.destroy();
    await until(() => peer.heard.includes("gone/one bye"));
    expect(peer.heard).toContain("gone/one bye");
  });

  for (const place of interpreters.filter(({ broker }) => broker === "aedes")) {
    test.skipIf(skip || place.skip)(`serves the bundle, ${place.title}`, async () => {
      const broker = await brokerStage();
      const peer = await mqttPeer(broker.port);
      const port = await open(broker.port);
      const running = startBoard(
        place,
        `var ringlet = (function () { var exports = {}; ${bundle}
          return exports; })();
        function result(name, value) { print("RESULT " + JSON.stringify([name, value])); }
        var client = ringlet.connect({ host: "127.0.0.1", port: ${port}, clientId: "board",
          retryMs: 500, retries: 9 });
        client.subscribe("to/+", 2, function (topic, payload) {
          result("heard", [topic, payload]);
          client.drain(5000, function () {});
        });
        client.on("subscribed", function () { result("subscribed", 1); });
        client.on("close", function (status) { result("close", status); });
        client.publish("from/a", "two", 2);
        client.publish("from/b", "one", 1);`,
      );
      onTestFinished(running.stop);
      await until(() => running.told("subscribed").length === 1 && peer.heard.length === 2);
      await peer.client.publishAsync("to/a", "hello", { qos: 2 });
      await until(() => running.told("close").length === 1);
      expect(running.told("heard")).toEqual([["to/a", "hello"]]);
      // A gateway may pass the first half of QoS 2 on, and the message then comes behind a later one.
      expect(peer.heard.slice(0, 2).sort()).toEqual(["from/a two", "from/b one"]);
      expect(running.told("close")).toEqual([0]);
    });
  }
});
