// SPDX-License-Identifier: MIT
// The built bundles through the gateway to a server: on Espruino's host over its Bluetooth UART, on real
// interpreters over UDP; and the gateway in front of mosquitto.

import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../boards/broker.js";
import { mosquittoOpen } from "../bundle/mosquitto.js";
import { interpreters, start } from "../bundle/places.js";
import { brokerStage, gatewayStage, mqttPeer, snClient } from "./stage.js";
// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";

const bundle = readFileSync(
  new URL("../../dist/espruino/ringlet-sn.min.js", import.meta.url),
  "utf8",
);

/** What a board does: hears, publishes, and ends when it is told to. */
const program = (options: string) => `
  var ringlet = (function () { var exports = {}; ${bundle}
    return exports; })();
  function result(name, value) { print("RESULT " + JSON.stringify([name, value])); }
  var client = ringlet.connect(${options});
  client.subscribe("to/+", 2, function (topic, payload) { result("heard", [topic, btoa(payload)]); });
  client.on("close", function (status) { result("close", status); });
  client.publish("from/a", "\\0\\xff", 2);
  client.publish("ab", "short", 1);
  client.subscribe("to/end", 1, function () { client.drain(5000, function () {}); });
  client.on("subscribed", function () { result("subscribed", 0); });`;

interface Told {
  told: (name: string) => unknown[];
}

/** Both ways, until the board has ended. */
async function dialogue(peer: Awaited<ReturnType<typeof mqttPeer>>, { told }: Told) {
  await until(() => peer.heard.length === 2 && told("subscribed").length === 2);
  await peer.client.publishAsync("to/a", Buffer.from([0, 255]) as never, { qos: 2 });
  await until(() => told("heard").length === 1);
  await peer.client.publishAsync("to/end", "", { qos: 1 });
  await until(() => told("close").length === 1);
  // Of QoS 2 MQTT.js tells when the server has released it.
  expect(peer.heard.slice(0, 2).sort()).toEqual(["ab short", "from/a \0\xff"]);
  expect([told("heard")[0], told("close")]).toEqual([["to/a", "AP8="], [0]]);
}

describe("a board's bundle through the gateway", () => {
  test.each([false, true])("on the host over Bluetooth, Unicode strings: %s", async (unicode) => {
    const broker = await brokerStage();
    const peer = await mqttPeer(broker.port);
    const { ports } = await gatewayStage(broker.port, { links: [{ type: "tcp", port: 0 }] });
    const all: Record<string, unknown[]> = {};
    const host = createHost({
      modules: {},
      unicode,
      print: (line: string) => {
        const [name, value] = JSON.parse(/RESULT (.*)/.exec(line)?.[1] ?? `["line", 0]`);
        (all[name] ??= []).push(value);
      },
    });
    onTestFinished(() => host.stop());
    // A central that passes octets on between the board and the gateway.
    const socket = connect(ports["tcp"]!, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("data", (chunk) => host.ble.send(chunk.toString("latin1")));
    host.run(`E.setConsole("Serial1", { force: true });`);
    host.ble.connect((octets: string) => socket.write(Buffer.from(octets, "latin1")));
    host.run(program(`{ stream: Bluetooth, clientId: "puck" }`));
    await dialogue(peer, { told: (name) => all[name] ?? [] });
  });

  for (const place of interpreters.filter(({ broker }) => broker === "aedes")) {
    test.skipIf(place.skip)(`over UDP, ${place.title}`, async () => {
      const broker = await brokerStage();
      const peer = await mqttPeer(broker.port);
      const { ports } = await gatewayStage(broker.port);
      const options = `{ host: "127.0.0.1", port: ${ports["udp"]}, clientId: "board" }`;
      const running = start(place, program(options));
      onTestFinished(running.stop);
      await dialogue(peer, running);
    });
  }
});

const MOSQUITTO = process.env["MOSQUITTO"];

describe.skipIf(!MOSQUITTO)(
  `in front of mosquitto${MOSQUITTO ? "" : " (skipped: MOSQUITTO names none)"}`,
  () => {
    test.each(["transparent", "aggregating"])("every QoS both ways, %s", async (mode) => {
      const server = await mosquittoOpen();
      onTestFinished(server.close);
      const peer = await mqttPeer(server.port, "from/#");
      const { ports, health } = await gatewayStage(server.port, { mode });
      await until(() => health().isServerUp);
      const { client, told, heard, ends } = snClient({ port: ports["udp"]! });
      client.subscribe("to/+", 2);
      client.subscribe("to/#", 1);
      await until(() => told.filter((one) => one.startsWith("subscribed")).length === 2);
      for (const qos of [0, 1, 2]) client.publish(`from/${qos}`, `${qos}`, qos);
      await until(() => peer.heard.length === 3);
      for (const qos of [0, 1, 2] as const) {
        await peer.client.publishAsync(`to/${qos}`, `${qos}`, { qos });
      }
      await until(() => heard.length >= 3);
      expect(peer.heard).toEqual(["from/0 0", "from/1 1", "from/2 2"]);
      // Its two filters overlap: mosquitto sends one copy for both.
      expect(heard).toEqual(["to/0 0", "to/1 1", "to/2 2"]);
      await ends();
    });
  },
);
