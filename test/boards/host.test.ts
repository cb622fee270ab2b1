// SPDX-License-Identifier: MIT
// The client in Node against a server on loopback: what only real sockets show.

import { connect as connectTcp, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, type Options, Status, text } from "../../boards/host/module.js";
import { type Broker, brokerOpen, octetsOf, until } from "./broker.js";
import { watched } from "./watched.js";

let broker: Broker;
let clients: Client[] = [];

beforeEach(async () => {
  broker = await brokerOpen();
});

afterEach(async () => {
  clients.forEach((client) => client.end());
  clients = [];
  await broker.close();
});

/** A client of the test's broker, ended with the test. */
function open(options: Partial<Options> = {}) {
  const made = watched({ port: broker.port, ...options });
  clients.push(made.client);
  return made;
}

describe("messages", () => {
  test.each([0, 1, 2])("go both ways at QoS %i [MQTT-7.0.0-2]", async (qos) => {
    const { client, told } = open();
    client.subscribe("a/+", qos);
    await until(() => told.subscribed.length);
    const packetId = client.publish("a/b", "grün", qos);
    await until(() => told.messages.length && (qos === 0 || told.delivered.length));
    expect(told.messages.map(({ payload, ...rest }) => ({ ...rest, text: text(payload) }))).toEqual(
      [{ topic: "a/b", text: "grün", qos, retain: false }],
    );
    expect(told.delivered).toEqual(qos > 0 ? [packetId] : []);
    expect(told.errors).toEqual([]);
  });

  test("keep each of the 256 octets", async () => {
    const { client, told } = open();
    const octets = Uint8Array.from({ length: 256 }, (_, at) => at);
    const all = (topic: string) => told.messages.find((message) => message.topic === topic);
    client.subscribe("#");
    await until(() => told.subscribed.length);
    client.publish("0", octets);
    client.publish("1", octets, 1);
    client.publish("2", octets.subarray(100, 200), 2);
    await until(() => told.messages.length === 3);
    expect([...all("0")!.payload]).toEqual([...octets]);
    expect([...all("1")!.payload]).toEqual([...octets]);
    expect([...all("2")!.payload]).toEqual([...octets.subarray(100, 200)]);
  });

  test.each([0, 1, 2])("of 256 KB go both ways whole, QoS %i [MQTT-7.1.2-1]", async (qos) => {
    const { client, told } = open();
    const octets = octetsOf(262144);
    client.subscribe("a", qos);
    await until(() => told.subscribed.length);
    client.publish("a", octets, qos);
    await until(() => told.long.length);
    expect(Buffer.compare(told.long[0]!, octets)).toBe(0);
    expect(told.closes).toEqual([]);
  });

  test("around the sizes at which gathering changes arrive whole and in order", async () => {
    const { client, told } = open({ inbox: 300000, linkWindow: 4000000 });
    const lengths = [0, 1, 127, 128, 129, 65000, 5, 65518, 65519, 65530, 65536, 2, 131072, 0, 7];
    client.subscribe("a");
    await until(() => told.subscribed.length);
    for (const length of lengths) {
      expect(client.publish("a", octetsOf(length))).toBe(0);
      expect(client.publish("a", "x".repeat(length))).toBe(0);
    }
    await until(() => told.messages.length + told.long.length === 2 * lengths.length);
    expect(told.messages.map(({ payload }) => payload.length)).toEqual(
      lengths.flatMap((length) => [length, length]),
    );
    for (const { payload } of told.messages.filter((_, at) => at % 2 === 0)) {
      expect(Buffer.compare(payload, octetsOf(payload.length))).toBe(0);
    }
  });

  test("are kept by the server when they are retained", async () => {
    const first = open();
    first.client.publish("state", "on", 1, true);
    await until(() => first.told.delivered.length);
    const second = open();
    second.client.subscribe("state");
    await until(() => second.told.messages.length);
    expect(second.told.messages[0]).toMatchObject({ topic: "state", retain: true });
  });

  test("pass at a rate: 20,000 in one turn, in few writes", async () => {
    const { client, told } = open();
    let count = 0;
    client.subscribe("a", 0, () => {
      count += 1;
    });
    await until(() => told.subscribed.length);
    for (let at = 0; at < 20000; at++) expect(client.publish("a", "0123456789")).toBe(0);
    await until(() => count === 20000);
  });
});

describe("connections", () => {
  test("that are torn let the server publish the will; ended ones do not", async () => {
    const watcher = open();
    watcher.client.subscribe("will/+");
    await until(() => watcher.told.subscribed.length);
    // A server of its own that passes octets on, and can cut them off in the middle.
    const relay = await relayOpen(broker.port);
    const will = { payload: "gone", qos: 1 };
    const torn = open({ port: relay.port, will: { ...will, topic: "will/torn" } });
    const ended = open({ will: { ...will, topic: "will/ended" } });
    await until(() => torn.told.connects.length && ended.told.connects.length);
    ended.client.end();
    await until(() => ended.told.closes.length);
    relay.cut();
    await until(() => watcher.told.messages.length);
    expect(watcher.told.messages.map(({ topic }) => topic)).toEqual(["will/torn"]);
    expect(ended.told.closes).toEqual([Status.OK]);
    torn.client.end();
    relay.server.close();
  });

  test("have a client identifier of their own where none was given [MQTT-3.1.3-2]", async () => {
    const names: string[] = [];
    broker.aedes.on("client", ({ id }) => names.push(id));
    const told = [open().told, open().told];
    await until(() => told.every(({ connects }) => connects.length));
    expect(names).toEqual([
      expect.stringMatching(/^ringlet-[0-9a-f]{8}$/),
      expect.stringMatching(/^ringlet-[0-9a-f]{8}$/),
    ]);
    expect(names[0]).not.toBe(names[1]);
  });

  test("find their session again with cleanSession false [MQTT-3.2.2-2]", async () => {
    const options = { clientId: "kept", cleanSession: false };
    const first = open(options);
    first.client.subscribe("a", 1);
    await until(() => first.told.subscribed.length);
    first.client.end();
    await until(() => first.told.closes.length);
    const other = open();
    other.client.publish("a", "while away", 1);
    await until(() => other.told.delivered.length);
    const again = open(options);
    await until(() => again.told.messages.length);
    expect(again.told.connects).toEqual([true]);
    expect(text(again.told.messages[0]!.payload)).toBe("while away");
  });

  test("come back after the server was gone, and no QoS 1 message is lost", async () => {
    const received = new Set<string>();
    const sender = open({ clientId: "sender", cleanSession: false });
    const receiver = open({ clientId: "receiver", cleanSession: false });
    receiver.client.subscribe("n", 1, (_topic, payload) => received.add(text(payload)));
    await until(() => receiver.told.subscribed.length && sender.told.connects.length);
    let accepted = 0;
    for (let round = 0; round < 10; round++) {
      for (let at = 0; at < 50; at++) {
        expect(sender.client.publish("n", `${round}-${at}`, 1)).toBeGreaterThan(0);
        accepted += 1;
      }
      if (round === 3) await broker.stop();
      if (round === 6) await broker.start();
      if (round === 8) broker.cut();
      await new Promise((done) => setTimeout(done, 5));
    }
    await until(() => received.size === accepted && sender.told.delivered.length >= accepted);
    expect(new Set(sender.told.delivered).size).toBe(accepted);
    expect(sender.told.closes.length).toBeGreaterThan(1);
    expect(sender.told.errors).toEqual([]);
  });

  test("to a refused port are told as UNREACHABLE, and tried again", async () => {
    await broker.stop();
    const { client, told } = open();
    expect(client.publish("a", "later", 1)).toBeGreaterThan(0);
    await until(() => told.closes.length > 1);
    expect(new Set(told.closes)).toEqual(new Set([Status.UNREACHABLE]));
    await broker.start();
    await until(() => told.delivered.length);
  });

  test("to an unknown host are told as UNREACHABLE", async () => {
    const { told } = open({ host: "no-such-host.invalid" });
    await until(() => told.closes.length);
    expect(told.closes[0]).toBe(Status.UNREACHABLE);
  });

  test("that the server resets are told as CLOSED", async () => {
    const { told } = open();
    await until(() => told.connects.length);
    broker.cut();
    await until(() => told.closes.length);
    expect(told.closes[0]).toBe(Status.CLOSED);
    await until(() => told.connects.length === 2);
  });

  test("end although the other side does not close, and what was put has left", async () => {
    let heard = "";
    const sockets: Socket[] = [];
    const mute = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        heard += chunk.toString("latin1");
        if (heard.startsWith("\x10") && heard.length < 60) socket.write("\x20\x02\0\0", "latin1");
      });
    });
    await new Promise<void>((done) => mute.listen(0, "127.0.0.1", done));
    const { client, told } = open({ port: (mute.address() as { port: number }).port });
    await until(() => told.connects.length);
    client.publish("a", octetsOf(100000));
    client.end();
    await until(() => told.closes.length);
    expect(told.closes).toEqual([Status.OK]);
    expect(heard.length).toBeGreaterThan(100000);
    expect(heard.endsWith("\xe0\0")).toBe(true);
    sockets.forEach((socket) => socket.destroy());
    mute.close();
  });

  test("drain: everything is acknowledged, then the client ends", async () => {
    const { client, told } = open();
    const left = await new Promise<[number, number]>((done) => {
      for (let at = 0; at < 100; at++) client.publish("a", `${at}`, (at % 2) + 1);
      client.drain(5000, (status, count) => done([status, count]));
    });
    expect(left).toEqual([Status.OK, 0]);
    expect(told.delivered.length).toBe(100);
    expect(client.publish("a", "late", 1)).toBe(Status.ENDED);
  });
});

/** Passes octets between a client and a server. */
async function relayOpen(to: number) {
  const pairs: Socket[] = [];
  const server = createServer((near) => {
    const far = connectTcp(to, "127.0.0.1");
    pairs.push(near, far);
    near.on("error", () => {}).pipe(far);
    far.on("error", () => {}).pipe(near);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    server,
    port: (server.address() as { port: number }).port,
    cut: () => {
      server.close();
      pairs.forEach((socket) => socket.destroy());
    },
  };
}
