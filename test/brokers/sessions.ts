// SPDX-License-Identifier: MIT
// What is said to every broker about connections and sessions: wills, sessions that are kept or
// forgotten, take-over, broken connections, restarts.

import { expect } from "vitest";
import { Status, text } from "../../boards/host/module.js";
import { until } from "../boards/broker.js";
import type { Dialogue } from "./dialogues.js";
import type { Hall } from "./hall.js";
import { CONNECT, converse } from "./raw.js";

const payloads = (messages: { payload: Uint8Array }[]) =>
  messages.map(({ payload }) => text(payload));

async function wills(hall: Hall) {
  const { heard } = await hall.judge(hall.name("will/#"));
  const proxy = await hall.proxy();
  const will = (which: string) => ({ topic: hall.name(`will/${which}`), payload: "gone", qos: 1 });
  const torn = hall.open({ port: proxy.port, will: will("torn") });
  const clean = hall.open({ will: will("clean") });
  await until(() => torn.told.connects.length && clean.told.connects.length);
  clean.client.end();
  await until(() => clean.told.closes.length);
  proxy.cut();
  await until(() => heard.length);
  expect(heard.map(({ topic, payload }) => [topic, `${payload}`])).toEqual([
    [hall.name("will/torn"), "gone"],
  ]);
}

/** A client goes and comes back under its name; `between` is what happens to the server meanwhile. */
async function away(hall: Hall, between: () => Promise<void>) {
  const topic = hall.name("kept");
  const options = { clientId: hall.name("kept"), cleanSession: false };
  const first = hall.open(options);
  first.client.subscribe(topic, hall.levels.at(-1));
  await until(() => first.told.subscribed.length);
  first.client.end();
  await until(() => first.told.closes.length);
  const other = hall.open();
  const ids = hall.levels.slice(1).map((qos) => other.client.publish(topic, `at ${qos}`, qos));
  await until(() => other.told.delivered.length === ids.length);
  await between();
  const again = hall.open(options);
  await until(() => again.told.messages.length >= ids.length);
  expect([...first.told.connects, ...again.told.connects.slice(0, 1)]).toEqual([false, true]);
  // Order is kept between messages of one QoS only [MQTT-4.6.0-6].
  expect([...new Set(payloads(again.told.messages))].sort()).toEqual(
    hall.levels.slice(1).map((qos) => `at ${qos}`),
  );
}

async function restart(hall: Hall) {
  await hall.server.stop("SIGTERM");
  await hall.server.start();
}

/** Someone else takes the name, once: the first is told, and comes back by itself. */
async function takeover(hall: Hall) {
  const clientId = hall.name("taken");
  const first = hall.open({ clientId });
  await until(() => first.told.connects.length);
  await converse(hall.server.port, [
    { send: { ...CONNECT, clientId }, until: "connack" },
    { send: { cmd: "disconnect" } },
  ]);
  await until(() => first.told.connects.length === 2);
  expect(first.told.closes).toEqual([Status.CLOSED]);
  // Two that fight for it are told what it is.
  const second = hall.open({ clientId });
  await until(() => [...first.told.errors, ...second.told.errors].includes(Status.TAKEN_OVER));
}

/** The server forgets the session while the client is connected under it. */
async function forgotten(hall: Hall) {
  const topic = hall.name("again");
  const clientId = hall.name("forgotten");
  const { client, told } = hall.open({ clientId, cleanSession: false });
  client.subscribe(topic, 1);
  await until(() => told.subscribed.length);
  // A clean session of the same name ends the kept one [MQTT-3.1.2-6].
  await converse(hall.server.port, [
    { send: { ...CONNECT, clientId }, until: "connack" },
    { send: { cmd: "disconnect" } },
  ]);
  await until(() => told.subscribed.length === 2);
  expect(told.connects).toEqual([false, false]);
  client.publish(topic, "again", 1);
  await until(() => told.messages.length);
  expect(payloads(told.messages)).toEqual(["again"]);
}

/** 20 connections are cut in mid-packet under messages of a kept session, to the server and back. */
async function broken(hall: Hall, top: number) {
  const proxy = await hall.proxy(20, 900);
  const topic = hall.name("n");
  const counts = new Map<string, number>();
  const options = { clientId: hall.name("cut"), cleanSession: false, port: proxy.port };
  // As many as mosquitto takes at QoS 2 where nobody says otherwise; see docs/brokers.md.
  const { client, told } = hall.open({ ...options, inFlight: 20 });
  client.subscribe(topic, top, (_topic, payload) => {
    counts.set(text(payload), (counts.get(text(payload)) ?? 0) + 1);
  });
  await until(() => told.connects.length);
  const isTwo = (n: number) => top === 2 && n % 3 === 2;
  let n = 0;
  const more = () => {
    while (n < 300 && client.publish(topic, `${n}`, isTwo(n) ? 2 : 1) > 0) n += 1;
  };
  client.on("room", more);
  more();
  await until(() => told.delivered.length === 300 && counts.size === 300);
  expect([...counts].filter(([key, count]) => count > 1 && isTwo(Number(key)))).toEqual([]);
  expect(proxy.cuts).toBe(20);
}

/** The server goes in mid-exchange and comes back: what was accepted arrives, and subscriptions hold. */
async function gone(hall: Hall) {
  const { client, told } = hall.open({ clientId: hall.name("back"), cleanSession: false });
  const topic = hall.name("back");
  client.subscribe(topic, 1);
  await until(() => told.subscribed.length);
  await hall.server.stop("SIGTERM");
  await until(() => told.closes.length);
  const ids = [1, 2, 3].map((n) => client.publish(topic, `${n}`, 1));
  await until(() => told.closes.includes(Status.UNREACHABLE));
  await hall.server.start();
  await until(() => told.delivered.length === 3 && new Set(payloads(told.messages)).size === 3);
  expect(told.delivered.sort()).toEqual(ids.sort());
}

export const sessions: Dialogue[] = [
  { name: "will: when torn, not when ended", clause: "[MQTT-3.1.2-8]", hold: wills },
  {
    name: "session kept while the client is away",
    clause: "[MQTT-3.1.2-5]",
    hold: (hall) => away(hall, async () => {}),
  },
  {
    name: "session kept over a restart of the server",
    clause: "[MQTT-4.1.0-1]",
    hold: (hall) => away(hall, () => restart(hall)),
  },
  { name: "taken over by the same identifier", clause: "[MQTT-3.1.4-2]", hold: takeover },
  { name: "subscribed again after a forgotten session", clause: "[MQTT-3.2.2-2]", hold: forgotten },
  {
    name: "20 connections cut in mid-exchange",
    clause: "[MQTT-4.4.0-1]",
    hold: (hall) => broken(hall, hall.levels.at(-1)!),
    otherwise: (hall) => broken(hall, 1),
  },
  { name: "server gone in mid-exchange and back", clause: "[MQTT-4.4.0-1]", hold: gone },
];
