// SPDX-License-Identifier: MIT
// The gateway's own connection: for QoS −1, for wills of clients whose own is down, for health. In aggregating
// mode everything goes over it. Its MQTT will says that the gateway is gone.

import type { MqttClient } from "mqtt";
import type { Log, Message } from "../world.js";
import { type Broker, clientOpen, publishTo, reasonOf } from "./broker.js";

export interface Own {
  client: MqttClient;
  isUp: () => boolean;
  /** Waits while the connection is down, up to a bound; then what is new is dropped. */
  publish: (message: Message) => void;
  close: () => Promise<void>;
}

export interface OwnOptions {
  broker: Broker;
  clientId: string;
  /** Whether the server keeps the session while the gateway is away. */
  isClean: boolean;
  /** The topic that says "online" or "offline", retained. */
  statusTopic?: string | undefined;
  log: Log;
}

/** Messages that wait for the connection. */
const WAITING = 1000;
const RECONNECT_MS = 2000;
/** Time for the last words. */
const CLOSE_MS = 2000;

/** Opens it; it connects for as long as it takes, and again whenever it is lost. */
export function ownOpen({ broker, clientId, isClean, statusTopic, log }: OwnOptions): Own {
  const waiting: Message[] = [];
  const client = clientOpen(broker, {
    clientId,
    clean: isClean,
    reconnectPeriod: RECONNECT_MS,
    ...(statusTopic === undefined
      ? {}
      : { will: { topic: statusTopic, payload: Buffer.from("offline"), qos: 1, retain: true } }),
  });
  const say = (payload: string, then = () => {}) => {
    if (statusTopic === undefined) then();
    else client.publish(statusTopic, payload, { qos: 1, retain: true }, then);
  };
  client.on("connect", () => {
    log.info({ server: new URL(broker.url).host }, "connected to the server");
    say("online");
    for (const message of waiting.splice(0)) publishTo(client, message, () => {});
  });
  client.on("close", () => log.debug({}, "the connection to the server is closed"));
  client.on("error", (error) =>
    log.warn({ reason: reasonOf(error) }, "no connection to the server"),
  );
  client.connect();
  return {
    client,
    isUp: () => client.connected,
    publish: (message) => {
      if (client.connected) publishTo(client, message, () => {});
      else if (waiting.length < WAITING) waiting.push(message);
    },
    close: () =>
      new Promise((done) => {
        const timer = setTimeout(() => client.end(true, () => done()), CLOSE_MS);
        const end = () => {
          clearTimeout(timer);
          client.end(!client.connected, () => done());
        };
        if (client.connected) say("offline", end);
        else end();
      }),
  };
}
