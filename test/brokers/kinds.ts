// SPDX-License-Identifier: MIT
// The brokers that are spoken to, and in what each of them is known to differ from MQTT 3.1.1. A
// difference is proven each time by octets: where the broker behaves, the ordinary dialogue is held.

import { readFileSync } from "node:fs";
import { brokerOpen } from "../boards/broker.js";
import type { TestServer } from "../bundle/mosquitto.js";
import { type Conversation, converse, type Turn } from "./raw.js";
// @ts-ignore: the tools are JavaScript
import { missing, PASSWORD, serverOpen, USER, versionOf } from "./servers.mjs";

/** What a broker does otherwise. */
export interface Difference {
  /** For the table: a word or two, and the sentence below it. */
  cell: string;
  says: string;
  turns: Turn[];
  /** Whether the broker does so. */
  shows: (told: Conversation) => boolean;
}

export interface Kind {
  name: string;
  /** Why it cannot be started; "" when it can. */
  missing: string;
  version: () => string;
  open: () => Promise<TestServer>;
  differences: Record<string, Difference>;
}

const subscribe = (topic: string, qos: number): Turn => ({
  send: { cmd: "subscribe", messageId: 6, subscriptions: [{ topic, qos }] },
  until: "suback",
});
const publish = (topic: string, qos: number, until: string, retain = false): Turn => ({
  send: { cmd: "publish", topic, payload: "x", qos, retain, messageId: 5 },
  ...(until === "" ? {} : { until }),
});
const grantsOne: Difference = {
  cell: "granted QoS 1",
  says: "grants QoS 1, as [MQTT-3.8.4-6] allows",
  turns: [subscribe("probe/a", 2)],
  shows: ({ got }) => got.some(({ cmd, granted }) => cmd === "suback" && granted[0] === 1),
};

const rabbitmq: Record<string, Difference> = {
  "QoS 2 to the server": {
    cell: "PUBACK",
    says: "answers PUBLISH at QoS 2 with PUBACK, against [MQTT-3.3.4-1]",
    turns: [publish("probe/a", 2, "puback")],
    shows: ({ got }) => got.some(({ cmd }) => cmd === "puback"),
  },
  "QoS 2 from the server": grantsOne,
  "retained, by a wildcard": {
    cell: "no",
    says: "finds retained messages by whole topic names only, against [MQTT-3.3.1-6]",
    turns: [publish("probe/kept", 1, "puback", true), subscribe("probe/+", 1)],
    shows: ({ got }) => !got.some(({ cmd, retain }) => cmd === "publish" && retain),
  },
  "topics come as they were sent": {
    cell: "dots become slashes",
    says: "makes a slash of each dot, against [MQTT-4.7.3-4]",
    turns: [subscribe("probe/#", 0), publish("probe/v1.0", 0, "publish")],
    shows: ({ got }) => got.some(({ topic }) => topic === "probe/v1/0"),
  },
  "figures under $SYS": {
    cell: "no",
    says: "has none",
    turns: [subscribe("$SYS/#", 0)],
    shows: ({ got }) => !got.some(({ cmd }) => cmd === "publish"),
  },
};

const nats: Record<string, Difference> = {
  "QoS 2 to the server": {
    cell: "no",
    says: "closes the connection: has no QoS 2",
    turns: [publish("probe/a", 2, "pubrec")],
    shows: ({ isClosed }) => isClosed,
  },
  "QoS 2 from the server": grantsOne,
  "# leaves out topics that begin with $": {
    cell: "no",
    says: "sends topics of its own, against [MQTT-4.7.2-1]",
    turns: [subscribe("#", 0)],
    shows: ({ got }) => got.some(({ topic }) => topic?.startsWith("$")),
  },
  "topics come as they were sent": {
    cell: "no dots, no spaces",
    says: "takes no topic with a dot or a space and closes the connection, against [MQTT-4.7.3-1]",
    turns: [publish("probe/v1.0", 0, "")],
    shows: ({ isClosed }) => isClosed,
  },
  "figures under $SYS": rabbitmq["figures under $SYS"]!,
};

/** In this process: its memory outlives a restart, which is one of its listener only. */
async function aedesOpen(): Promise<TestServer> {
  const broker = await brokerOpen();
  broker.aedes.authenticate = (_client, name, password, done) => {
    const isRight = name === undefined || (name === USER && `${password}` === PASSWORD);
    if (isRight) done(null, true);
    else done(Object.assign(new Error("no"), { returnCode: 4 as const }), false);
  };
  return { ...broker, port: broker.port, refusal: -24 };
}

const aedes: Record<string, Difference> = {
  "20 connections cut in mid-exchange": {
    cell: "QoS 1 only",
    says: "at QoS 1; at QoS 2 it sends some messages twice, against [MQTT-4.3.3-1]",
    turns: [],
    shows: () => true,
  },
};

const aedesVersion = () =>
  JSON.parse(
    readFileSync(new URL("../../node_modules/aedes/package.json", import.meta.url), "utf8"),
  ).version;

/** A broker that the environment names. */
const installed = (name: string, differences: Record<string, Difference>): Kind => ({
  name,
  missing: missing(name),
  version: () => versionOf(name),
  open: () => serverOpen(name),
  differences,
});

export const kinds: Kind[] = [
  { name: "aedes", missing: "", version: aedesVersion, open: aedesOpen, differences: aedes },
  installed("mosquitto", {}),
  installed("rabbitmq", rabbitmq),
  installed("nats", nats),
];

/** The octets that prove a difference, or undefined where the broker behaves. */
export async function proofOf(
  server: TestServer,
  difference: Difference | undefined,
): Promise<string[] | undefined> {
  if (difference === undefined) return undefined;
  const told = await converse(server.port, difference.turns);
  return difference.shows(told) ? told.capture : undefined;
}
