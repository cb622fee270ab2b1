// SPDX-License-Identifier: MIT
// The client over WebSockets (MQTT 3.1.1 chapter 6): against a mock, and against a server on
// loopback with the package `ws` on both ends.

import { createServer as createHttpServer } from "node:http";
import {
  Client as MockClient,
  Server as MockServer,
  WebSocket as MockWebSocket,
} from "mock-socket";
import { afterEach, describe, expect, test } from "vitest";
import { createWebSocketStream, WebSocket, WebSocketServer } from "ws";
import {
  type Client,
  connect,
  Status,
  text,
  type WebSocketConstructor,
} from "../../boards/browser/module.js";
import { brokerOpen, octetsOf, until } from "../boards/broker.js";

const close: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const each of close.splice(0).reverse()) await each();
});

function open(url: string, constructor: unknown, options = {}) {
  const told = { connects: 0, closes: [] as number[], long: [] as Uint8Array[], messages: "" };
  const client: Client = connect({
    url,
    WebSocket: constructor as WebSocketConstructor,
    reconnect: { min: 10, max: 50 },
    ...options,
  });
  let parts: Uint8Array[] = [];
  close.push(() => client.end());
  client
    .on("connect", () => (told.connects += 1))
    .on("close", (status) => told.closes.push(status))
    .on("message", (_topic, payload, { at, total }) => {
      // A long one that lies whole in a frame comes whole.
      if (total === 0 && payload.length > 65536) told.long.push(payload);
      else if (total === 0) told.messages += text(payload);
      else {
        parts = at === 0 ? [payload] : [...parts, payload];
        if (at + payload.length === total) told.long.push(Buffer.concat(parts));
      }
    });
  return { client, told };
}

const CONNACK = "\x20\x02\0\0";
const bytes = (octets: string) => Uint8Array.from(octets, (each) => each.charCodeAt(0));

/** A mock of a server that says what it is told to; what came is kept, one frame an entry. */
function mock(url: string) {
  const server = new MockServer(url);
  const frames: Uint8Array[] = [];
  const seen: { socket?: MockClient; protocols?: unknown } = {};
  close.push(() => server.stop());
  server.on("connection", (socket) => {
    seen.socket = socket;
    socket.on("message", (data) => {
      frames.push(data as unknown as Uint8Array);
      if (frames.length === 1) seen.socket!.send(bytes(CONNACK).buffer as ArrayBuffer);
    });
  });
  class Watched extends MockWebSocket {
    constructor(to: string, protocols: string[]) {
      super(to, protocols);
      seen.protocols = protocols;
    }
  }
  return { frames, seen, constructor: Watched };
}

describe("on a mock", () => {
  test('asks for the sub-protocol "mqtt" [MQTT-6.0.0-3] and sends binary frames', async () => {
    const { frames, seen, constructor } = mock("ws://mock:1");
    const { told } = open("ws://mock:1", constructor, { clientId: "a" });
    await until(() => told.connects);
    expect(seen.protocols).toEqual(["mqtt"]);
    expect(frames[0]).toBeInstanceOf(Uint8Array);
    expect(text(frames[0]!).substring(4, 8)).toBe("MQTT");
  });

  test("closes the connection at a frame that is text [MQTT-6.0.0-1]", async () => {
    const { seen, constructor } = mock("ws://mock:2");
    const { told } = open("ws://mock:2", constructor);
    await until(() => told.connects);
    let isClosed = false;
    seen.socket!.on("close", () => (isClosed = true));
    seen.socket!.send("\x30\x03\0\x01a");
    await until(() => told.closes.length);
    expect(told.closes[0]).toBe(Status.CLOSED);
    expect(told.messages).toBe("");
    await until(() => isClosed);
  });

  test("takes packets over several frames and several in one [MQTT-6.0.0-2]", async () => {
    const { seen, constructor } = mock("ws://mock:3");
    const { told } = open("ws://mock:3", constructor);
    await until(() => told.connects);
    const octets = "\x30\x06\0\x01aone\x30\x06\0\x01atwo\x30\x04\0\x01a3";
    for (const [from, to] of [
      [0, 1],
      [1, 5],
      [5, 14],
      [14, 22],
    ]) {
      seen.socket!.send(bytes(octets.substring(from!, to)).buffer as ArrayBuffer);
    }
    await until(() => told.messages.length >= 7);
    expect(told.messages).toBe("onetwo3");
  });

  test("gathers small messages in one frame; a long payload is a frame and no copy", async () => {
    const { frames, constructor } = mock("ws://mock:4");
    const { client, told } = open("ws://mock:4", constructor);
    const long = octetsOf(5000);
    await until(() => told.connects);
    client.publish("a", "1");
    client.publish("a", new Uint8Array([50]));
    client.publish("a", long);
    client.publish("a", "3");
    await until(() => frames.length === 4);
    expect(text(frames[1]!)).toMatch(/^0\x04\0\x01a10\x04\0\x01a20/);
    expect(frames[2]).toBe(long);
    expect(text(frames[3]!)).toBe("0\x04\0\x01a3");
  });

  test("tells of room when the browser has sent what it held back", async () => {
    const { constructor } = mock("ws://mock:5");
    let held = 0;
    const Slow = function (to: string, protocols: string[]) {
      return Object.defineProperty(new constructor(to, protocols), "bufferedAmount", {
        get: () => held,
      });
    };
    const { client, told } = open("ws://mock:5", Slow, { linkWindow: 100 });
    let rooms = 0;
    client.on("room", () => (rooms += 1));
    await until(() => told.connects);
    await new Promise((done) => setTimeout(done, 30));
    held = 1;
    while (client.publish("a", "0123456789") === 0);
    await new Promise((done) => setTimeout(done, 30));
    expect(rooms).toBe(0);
    held = 0;
    await until(() => rooms);
    expect(client.publish("a", "0123456789")).toBe(0);
  });

  test("is UNREACHABLE where no server is, and where the constructor throws", async () => {
    const nobody = open("ws://mock:6", MockWebSocket);
    const throwing = open(
      "ws://mock:6",
      class {
        constructor() {
          throw new Error("mixed content");
        }
      },
    );
    await until(() => nobody.told.closes.length > 1 && throwing.told.closes.length > 1);
    expect(nobody.told.closes[0]).toBe(Status.UNREACHABLE);
    expect(throwing.told.closes[0]).toBe(Status.UNREACHABLE);
  });
});

describe("against a server", () => {
  async function serve() {
    const broker = await brokerOpen((handle) => {
      const server = createHttpServer();
      new WebSocketServer({ server }).on("connection", (socket) =>
        handle(createWebSocketStream(socket).on("error", () => {}) as never),
      );
      return server;
    });
    close.push(() => broker.close());
    return broker;
  }

  test.each([0, 1, 2])("all octets go both ways, 256 KB too, at QoS %i", async (qos) => {
    const broker = await serve();
    const { client, told } = open(`ws://127.0.0.1:${broker.port}/mqtt`, WebSocket);
    const octets = octetsOf(262144);
    let all: Uint8Array | undefined;
    let subscribed = 0;
    client.on("subscribed", () => (subscribed += 1));
    client.subscribe("long", qos);
    client.subscribe("all", qos, (_topic, payload) => (all = payload));
    await until(() => subscribed === 2);
    client.publish(
      "all",
      Uint8Array.from({ length: 256 }, (_, at) => at),
      qos,
    );
    client.publish("long", octets, qos);
    await until(() => all !== undefined && told.long.length);
    expect([...all!]).toEqual(Array.from({ length: 256 }, (_, at) => at));
    expect(Buffer.compare(told.long[0]!, octets)).toBe(0);
  });

  test("comes back after the server was gone, with what was accepted meanwhile", async () => {
    const broker = await serve();
    const { client, told } = open(`ws://127.0.0.1:${broker.port}`, WebSocket);
    let delivered = 0;
    client.on("delivered", () => (delivered += 1));
    await until(() => told.connects);
    await broker.stop();
    await until(() => told.closes.length);
    for (let at = 0; at < 20; at++) expect(client.publish("a", "x", 1)).toBeGreaterThan(0);
    await broker.start();
    await until(() => delivered === 20);
    expect(told.closes[0]).toBe(Status.CLOSED);
  });

  test("ends with DISCONNECT behind what was put: no will is published", async () => {
    const broker = await serve();
    const topics: string[] = [];
    broker.aedes.on("publish", ({ topic }) => {
      if (!topic.startsWith("$SYS")) topics.push(topic);
    });
    const { client, told } = open(`ws://127.0.0.1:${broker.port}`, WebSocket, {
      will: { topic: "will", payload: "gone" },
    });
    await until(() => told.connects);
    client.publish("last", "words");
    client.end();
    await until(() => told.closes.length);
    await until(() => topics.length);
    await new Promise((done) => setTimeout(done, 50));
    expect(told.closes).toEqual([Status.OK]);
    expect(topics).toEqual(["last"]);
  });
});
