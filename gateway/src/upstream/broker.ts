// SPDX-License-Identifier: MIT
// Connections to the server by the package `mqtt`: one place for how they are made, and what a message is on
// either side. Topics are text there and octets here, payloads bytes there and octets here.

import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { text, type Octets, utf8 } from "#engine";
import type { Message } from "../world.js";

/** Where the server is, and how to get there. */
export interface Broker {
  /** "mqtt://host:1883", "mqtts://…", "ws://…", "wss://…". */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Seconds. */
  keepAlive: number;
  /** How long TCP, TLS and CONNACK may take. */
  connectMs: number;
  /** Certificates, as they stand in their files. */
  ca?: Buffer | undefined;
  cert?: Buffer | undefined;
  key?: Buffer | undefined;
}

/** What differs between connections. */
export interface Login {
  clientId: string;
  clean: boolean;
  username?: string | undefined;
  password?: string | undefined;
  will?: IClientOptions["will"];
  reconnectPeriod?: number;
}

/** A client that is not connected yet: `connect()` does it, and again after a loss. */
export function clientOpen(broker: Broker, login: Login): MqttClient {
  const { url, keepAlive, connectMs, ca, cert, key } = broker;
  const options: IClientOptions = {
    protocolVersion: 4,
    clientId: login.clientId,
    clean: login.clean,
    keepalive: keepAlive,
    connectTimeout: connectMs,
    reconnectPeriod: login.reconnectPeriod ?? 0,
    manualConnect: true,
    resubscribe: false,
    queueQoSZero: false,
  };
  const username = login.username ?? broker.username;
  const password = login.password ?? broker.password;
  if (username !== undefined) options.username = username;
  if (password !== undefined) options.password = password;
  if (login.will) options.will = login.will;
  if (ca) options.ca = ca;
  if (cert) options.cert = cert;
  if (key) options.key = key;
  const client = mqtt.connect(url, options);
  // Else Nagle's algorithm and delayed acknowledgements add up, where each packet is a write.
  client.on("connect", () => {
    const { setNoDelay } = client.stream as { setNoDelay?: (isOn: boolean) => void };
    setNoDelay?.call(client.stream, true);
  });
  return client;
}

/** A message from the server. */
export function messageFrom(
  topic: string,
  payload: Buffer,
  { qos, retain }: { qos: number; retain: boolean },
): Message {
  return { topic: utf8(topic), payload: payload.toString("latin1"), qos, retain };
}

/** A message to the server; `done(false)` when it will not get there. */
export function publishTo(
  client: MqttClient,
  { topic, payload, qos, retain }: Message,
  done: (isDone: boolean) => void,
): void {
  const options = { qos: qos as 0 | 1 | 2, retain };
  client.publish(text(topic), Buffer.from(payload, "latin1"), options, (error) => done(!error));
}

/** SUBSCRIBE; `done(qos)` granted, 128 refused, −1 lost. */
export function subscribeTo(
  client: MqttClient,
  filter: Octets,
  qos: number,
  done: (granted: number) => void,
): void {
  client.subscribe(text(filter), { qos: qos as 0 | 1 | 2 }, (error, granted) => {
    if (!error) done(granted?.[0]?.qos ?? qos);
    else done((error as { code?: unknown }).code === 128 ? 128 : -1);
  });
}

/** What an error says, without what it may quote: no password stands in a code. */
export function reasonOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return code === undefined ? error.message : String(code);
}
