// SPDX-License-Identifier: MIT
// Where a dialogue is held: a server that runs already, our clients in Node, and a judge, which is
// another client (the package mqtt) that says what really went over. Names are new for each dialogue.

import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { Options } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
import { watched } from "../boards/watched.js";
import { proxyOpen, type Proxy } from "../bundle/proxy.js";
import type { TestServer } from "../bundle/mosquitto.js";
import type { Heard } from "../bundle/stage.js";

export interface Judge {
  client: MqttClient;
  heard: Heard[];
}

export interface Hall {
  server: TestServer;
  /** The levels of QoS that this server has in both directions. */
  levels: (0 | 1 | 2)[];
  /** A topic or a client identifier that nobody else uses. */
  name: (rest: string) => string;
  open: (options?: Partial<Options>) => ReturnType<typeof watched>;
  judge: (filter?: string, options?: IClientOptions) => Promise<Judge>;
  proxy: (cuts?: number, longest?: number) => Promise<Proxy>;
  close: () => Promise<void>;
}

let halls = 0;

export function hallOpen(server: TestServer, levels: Hall["levels"]): Hall {
  const number = ++halls;
  const ends: (() => unknown)[] = [];
  return {
    server,
    levels,
    name: (rest) => `d${number}/${rest}`,
    open: (options = {}) => {
      const made = watched({ port: server.port, answerMs: 5000, ...options });
      ends.push(async () => {
        made.client.end();
        await until(() => made.told.closes.includes(0));
      });
      return made;
    },
    judge: async (filter, options = {}) => {
      const client = await mqtt.connectAsync({
        host: "127.0.0.1",
        port: server.port,
        reconnectPeriod: 50,
        ...options,
      });
      ends.push(() => client.endAsync(true));
      client.on("error", () => {});
      const heard: Heard[] = [];
      client.on("message", (topic, payload, { qos, retain }) => {
        heard.push({ topic, payload, qos, retain });
      });
      if (filter !== undefined) await client.subscribeAsync(filter, { qos: 2 });
      return { client, heard };
    },
    proxy: async (cuts = 0, longest = 0) => {
      const proxy = await proxyOpen(server.port, cuts, longest, number);
      ends.unshift(() => proxy.close());
      return proxy;
    },
    close: async () => {
      for (const end of ends.reverse()) await end();
    },
  };
}
