// SPDX-License-Identifier: MIT
// A whole gateway between real sockets on loopback and aedes, with Ringlet's own MQTT-SN clients on one side
// and MQTT.js on the other.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import mqtt, { type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";
import { port as datagrams } from "../../boards/host/datagram.js";
import { configFrom } from "../../gateway/src/config.js";
import { gatewayRun, type Running } from "../../gateway/src/run.js";
import type { Log } from "../../gateway/src/world.js";
import { type SnClient, type SnEvent, snOpen, type SnOptions } from "../../src/sn/client.js";
import { type Broker, brokerOpen, until } from "../boards/broker.js";
import { octetsFrom } from "../fake.js";
import { octetsOf, wordOf } from "../sn/words.js";

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} };

/** Where the server of a test is. */
export async function brokerStage(): Promise<Broker> {
  const broker = await brokerOpen();
  onTestFinished(broker.close);
  return broker;
}

/** A gateway that listens on UDP; what the test says is added to the configuration. */
export async function gatewayStage(
  brokerPort: number,
  more: Record<string, unknown> = {},
): Promise<Running> {
  const running = await gatewayRun(
    configFrom({
      broker: { url: `mqtt://127.0.0.1:${brokerPort}` },
      links: [{ type: "udp", host: "127.0.0.1", port: 0, retryMs: 500 }],
      ...more,
    }),
    silent,
  );
  onTestFinished(() => running.close());
  return running;
}

/** An MQTT-SN client in Node, with a list of what it is told. */
export function snClient(options: Partial<SnOptions>) {
  const client = snOpen(
    {
      clientId: "node",
      host: "127.0.0.1",
      retryMs: 500,
      reconnect: { min: 20, max: 200 },
      ...options,
    },
    datagrams,
  );
  if (typeof client === "number") throw new Error(`refused: ${client}`);
  const told: string[] = [];
  const events: SnEvent[] = ["connect", "subscribed", "delivered", "refused", "asleep", "close"];
  for (const event of events)
    client.on(event, (...given) => told.push([event, ...given].join(" ").trim()));
  const heard: string[] = [];
  client.on("message", (topic, payload) => heard.push(`${topic} ${octetsFrom(payload)}`));
  onTestFinished(() => client.end());
  return { client, told, heard, ends: () => end(client, told) };
}

async function end(client: SnClient, told: string[]): Promise<void> {
  client.drain(5000, () => {});
  await until(() => told.includes("close 0"));
}

/** A socket that says and hears MQTT-SN in words, for clients that do what no client should. */
export async function rawPeer(port: number) {
  const socket = createSocket("udp4");
  const heard: string[] = [];
  socket.on("message", (bytes) => heard.push(wordOf(bytes.toString("latin1"))));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  let isOpen = true;
  const close = () => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  onTestFinished(close);
  const octets = (text: string) => socket.send(Buffer.from(text, "latin1"), port, "127.0.0.1");
  const says = (...words: string[]) => words.forEach((word) => octets(octetsOf(word)));
  return { heard, says, octets, close };
}

/** A plain MQTT client that has subscribed to a filter, with what it hears. */
export async function mqttPeer(port: number, filter = "#", qos: 0 | 1 | 2 = 2) {
  const client: MqttClient = mqtt.connect({ host: "127.0.0.1", port, reconnectPeriod: 50 });
  const heard: string[] = [];
  client.on("message", (topic, payload, { retain }) => {
    heard.push(`${topic} ${payload.toString("latin1")}${retain ? " retained" : ""}`);
  });
  client.on("error", () => {});
  onTestFinished(() => void client.end(true));
  await client.subscribeAsync(filter, { qos });
  return { client, heard };
}
