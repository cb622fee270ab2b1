// SPDX-License-Identifier: MIT
// What is said to every broker, and what has to come of it: messages, topics, logins. What is about
// connections and sessions stands in sessions.ts.

import { expect } from "vitest";
import { Status, text } from "../../boards/host/module.js";
import { octetsOf, until } from "../boards/broker.js";
import type { Hall } from "./hall.js";
// @ts-ignore: the tools are JavaScript
import { PASSWORD, USER } from "./servers.mjs";

export interface Dialogue {
  /** The row of the table, and the test's title with its clause. */
  name: string;
  clause: string;
  hold: (hall: Hall) => Promise<void>;
  /** What still has to be true where the broker differs. */
  otherwise?: (hall: Hall) => Promise<void>;
}

const LONG = 262144;

/** Our client publishes, the judge hears. */
async function toServer(hall: Hall, qos: 0 | 1 | 2) {
  const topic = hall.name("out");
  const { heard } = await hall.judge(topic);
  const { client, told } = hall.open();
  await until(() => told.connects.length);
  const ids = [1, 2, 3].map((n) => client.publish(topic, `${n} °C`, qos));
  await until(() => heard.length >= 3 && told.delivered.length >= (qos > 0 ? 3 : 0));
  expect(heard.map(({ payload }) => `${payload}`)).toEqual(["1 °C", "2 °C", "3 °C"]);
  expect(told.delivered).toEqual(qos > 0 ? ids : []);
  expect([told.errors, told.closes]).toEqual([[], []]);
}

/** The judge publishes, our client hears, at the QoS that was granted. */
async function fromServer(hall: Hall, qos: 0 | 1 | 2) {
  const topic = hall.name("in");
  const { client, told } = hall.open();
  client.subscribe(topic, qos);
  await until(() => told.subscribed.length);
  const { client: judge } = await hall.judge();
  for (const n of [1, 2, 3]) await judge.publishAsync(topic, `${n} °C`, { qos });
  await until(() => told.messages.length >= 3);
  expect(told.subscribed).toEqual([qos]);
  expect(told.messages.map((message) => [text(message.payload), message.qos])).toEqual([
    ["1 °C", qos],
    ["2 °C", qos],
    ["3 °C", qos],
  ]);
}

/** 256 KB in parts at every level, and back. */
async function long(hall: Hall) {
  const octets = octetsOf(LONG);
  const topic = hall.name("long");
  const { heard } = await hall.judge(topic);
  const { client, told } = hall.open({ inbox: 4096 });
  client.subscribe(topic, hall.levels.at(-1));
  await until(() => told.subscribed.length);
  for (const [at, qos] of hall.levels.entries()) {
    const pull = (from: number, max: number) => octets.subarray(from, from + Math.min(max, 9000));
    expect(client.publishParts(topic, LONG, qos, false, pull)).toBeGreaterThanOrEqual(0);
    await until(() => told.long.length > at && heard.length > at);
    expect(Buffer.compare(told.long[at]!, octets)).toBe(0);
    expect(Buffer.compare(heard[at]!.payload, octets)).toBe(0);
  }
  expect(told.closes).toEqual([]);
}

/** Kept, replaced, and cleared by an empty payload. */
async function retained(hall: Hall) {
  const topic = hall.name("state");
  const { client, told } = hall.open();
  const found = async (expected: string[]) => {
    const late = hall.open();
    late.client.subscribe(topic, 1);
    late.client.subscribe(hall.name("end"), 1);
    await until(() => late.told.subscribed.length === 2);
    // Behind it nothing retained is to come any more.
    late.client.publish(hall.name("end"), "end", 1);
    await until(() => late.told.messages.some(({ payload }) => text(payload) === "end"));
    const kept = late.told.messages.filter((message) => message.topic === topic);
    expect(kept.map(({ payload, retain }) => [text(payload), retain])).toEqual(
      expected.map((payload) => [payload, true]),
    );
  };
  for (const [at, payload] of ["on", "off", ""].entries()) {
    client.publish(topic, payload, 1, true);
    await until(() => told.delivered.length > at);
    await found(payload === "" ? [] : [payload]);
  }
}

async function retainedByWildcard(hall: Hall) {
  const { client, told } = hall.open();
  client.publish(hall.name("kept/a"), "on", 1, true);
  await until(() => told.delivered.length);
  const late = hall.open();
  late.client.subscribe(hall.name("kept/+"), 1);
  await until(() => late.told.messages.length);
  expect(late.told.messages[0]).toMatchObject({ topic: hall.name("kept/a"), retain: true });
}

async function wildcards(hall: Hall) {
  const topics = ["w/a", "w/a/b", "w/a/b/c", "w", "v"];
  const { client, told } = hall.open();
  const hits: string[] = [];
  const note = (filter: string) => (topic: string) => void hits.push(`${filter} ${topic}`);
  for (const filter of ["w/+", "w/#", "w/+/b"]) {
    client.subscribe(hall.name(filter), 1, note(filter));
  }
  client.subscribe(hall.name("v"), 1);
  await until(() => told.subscribed.length === 4);
  const { client: judge } = await hall.judge();
  for (const topic of topics) await judge.publishAsync(hall.name(topic), "x", { qos: 1 });
  // Of overlapping subscriptions a server may send one copy or one for each.
  await until(() => told.messages.some(({ topic }) => topic === hall.name("v")));
  const right = [
    ...["w/# w", "w/# w/a", "w/# w/a/b", "w/# w/a/b/c"],
    ...["w/+ w/a", "w/+/b w/a/b"],
  ];
  expect([...new Set(hits.map((hit) => hit.replace(/d\d+\//, "")))].sort()).toEqual(right.sort());
}

async function dollar(hall: Hall) {
  const { client, told } = hall.open();
  client.subscribe("#", 0);
  client.subscribe("$SYS/#", 0, () => {});
  await until(() => told.subscribed.length === 2);
  const { client: judge } = await hall.judge();
  // Figures that are kept would have come before the first of these.
  for (let round = 0; round < 20; round++) {
    await judge.publishAsync(hall.name("tick"), `${round}`, { qos: 1 });
  }
  const ticks = () => told.messages.filter(({ topic }) => topic === hall.name("tick"));
  await until(() => ticks().length >= 20);
  expect(told.messages.filter(({ topic }) => topic.startsWith("$"))).toEqual([]);
}

async function figures(hall: Hall) {
  const { client } = hall.open();
  const topics: string[] = [];
  client.subscribe("$SYS/#", 0, (topic) => void topics.push(topic));
  await until(() => topics.length);
  expect(topics.every((topic) => topic.startsWith("$SYS/"))).toBe(true);
}

async function names(hall: Hall) {
  const topics = ["a b", "v1.0", "grad/°C/€", "x//y", "/x", "$x"].map((rest) => hall.name(rest));
  const { client, told } = hall.open();
  client.subscribe(hall.name("#"), 1);
  await until(() => told.subscribed.length);
  for (const topic of topics) expect(client.publish(topic, "x", 1)).toBeGreaterThan(0);
  await until(() => told.messages.length === topics.length);
  expect(told.messages.map(({ topic }) => topic)).toEqual(topics);
}

async function logins(hall: Hall) {
  const right = hall.open({ username: USER, password: PASSWORD });
  await until(() => right.told.connects.length);
  const wrong = hall.open({ username: USER, password: "something else" });
  await until(() => wrong.told.closes.length);
  expect([Status.REFUSED_LOGIN, Status.REFUSED_AUTHORIZATION]).toContain(wrong.told.closes[0]);
  expect(wrong.told.connects).toEqual([]);
}

/** A server without QoS 2: what was accepted goes over again and again, and the program is told. */
async function withoutQos2(hall: Hall) {
  const { client, told } = hall.open();
  await until(() => told.connects.length);
  expect(client.publish(hall.name("out"), "x", 2)).toBeGreaterThan(0);
  await until(() => told.uncertain.length || told.errors.length);
  expect(told.delivered).toEqual([]);
  if (told.uncertain.length === 0) expect(told.errors).toContain(Status.TAKEN_OVER);
}

/** A subscription at QoS 2 works at the level that was granted. */
async function atLowerQos(hall: Hall) {
  const topic = hall.name("in");
  const { client, told } = hall.open();
  client.subscribe(topic, 2);
  await until(() => told.subscribed.length);
  const { client: judge } = await hall.judge();
  await judge.publishAsync(topic, "x", { qos: 1 });
  await until(() => told.messages.length);
  expect([told.subscribed[0], told.messages[0]!.qos]).toEqual([1, 1]);
}

export const dialogues: Dialogue[] = [
  { name: "QoS 0 to the server", clause: "[MQTT-4.3.1-1]", hold: (hall) => toServer(hall, 0) },
  { name: "QoS 1 to the server", clause: "[MQTT-4.3.2-1]", hold: (hall) => toServer(hall, 1) },
  {
    name: "QoS 2 to the server",
    clause: "[MQTT-4.3.3-1]",
    hold: (hall) => toServer(hall, 2),
    otherwise: withoutQos2,
  },
  { name: "QoS 0 from the server", clause: "[MQTT-4.3.1-1]", hold: (hall) => fromServer(hall, 0) },
  { name: "QoS 1 from the server", clause: "[MQTT-4.3.2-2]", hold: (hall) => fromServer(hall, 1) },
  {
    name: "QoS 2 from the server",
    clause: "[MQTT-4.3.3-2]",
    hold: (hall) => fromServer(hall, 2),
    otherwise: atLowerQos,
  },
  { name: "256 KB in parts, there and back", clause: "[MQTT-3.3.1-5]", hold: long },
  { name: "retained, replaced, cleared", clause: "[MQTT-3.3.1-10]", hold: retained },
  { name: "retained, by a wildcard", clause: "[MQTT-3.3.1-6]", hold: retainedByWildcard },
  { name: "wildcards", clause: "[MQTT-4.7.1-2]", hold: wildcards },
  { name: "topics come as they were sent", clause: "[MQTT-4.7.3-4]", hold: names },
  { name: "# leaves out topics that begin with $", clause: "[MQTT-4.7.2-1]", hold: dollar },
  { name: "figures under $SYS", clause: "", hold: figures },
  { name: "a login, right and wrong", clause: "[MQTT-3.2.2-4]", hold: logins },
];
