// SPDX-License-Identifier: MIT
// The lean client in dialogues: QoS 0 both ways, login, will, keep alive, reconnect. The link and the
// clock are the fakes of the whole client's tests.

import { describe, expect, test } from "vitest";
import { type LeanClient, leanOpen } from "../../src/lean/lean.js";
import { Limit } from "#limits";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { worldOpen } from "../fake.js";
import { publishOf, wordOf } from "../words.js";

function dial(options: Partial<Options> = {}) {
  const world = worldOpen();
  const heard: string[] = [];
  const made = leanOpen({ host: "server", clientId: "lean", ...options }, world.port);
  if (typeof made === "number") throw new Error(`refused: ${made}`);
  const client: LeanClient = made;
  client.on("connect", () => heard.push("connect"));
  client.on("close", (status: number) => heard.push(`close ${status}`));
  client.on("error", (error: unknown) => heard.push(`error ${error}`));
  client.on("message", (topic: string, payload: Uint8Array) =>
    heard.push(`message ${topic} ${Buffer.from(payload)}`),
  );
  const link = () => world.links.at(-1)!;
  const sent = () => link().packets().map(wordOf);
  const opens = (ms = 1000) => {
    world.passes(ms);
    link().opened();
  };
  return { world, client, heard, link, sent, opens };
}

function online(options: Partial<Options> = {}) {
  const it = dial(options);
  it.world.passes(0);
  it.link().opened();
  it.link().says("CONNACK");
  it.sent();
  it.heard.length = 0;
  return it;
}

describe("a lean client", () => {
  test("begins with CONNECT, with will and login [MQTT-3.1.0-1]", () => {
    const it = dial({
      username: "user",
      password: "secret",
      keepAlive: 30,
      will: { topic: "gone", payload: "bye", qos: 1, retain: true },
    });
    it.world.passes(0);
    it.link().opened();
    expect(it.link().packets()[0]).toMatchObject({
      cmd: "connect",
      clientId: "lean",
      username: "user",
      password: Buffer.from("secret"),
      keepalive: 30,
      clean: true,
      will: { topic: "gone", payload: Buffer.from("bye"), qos: 1, retain: true },
    });
    it.link().says("CONNACK");
    expect(it.heard).toEqual(["connect"]);
  });

  test("has a will that is not retained where nothing is said of it, at QoS 0", () => {
    const it = dial({ will: { topic: "gone", payload: "" } });
    it.world.passes(0);
    it.link().opened();
    const will = { topic: "gone", payload: Buffer.alloc(0), qos: 0, retain: false };
    expect(it.link().packets()[0]).toMatchObject({ cmd: "connect", will });
  });

  test("needs a host and a client identifier", () => {
    const { port } = worldOpen();
    expect(leanOpen({ host: "server" }, port)).toBe(Status.INVALID_OPTION);
    expect(leanOpen({ host: "", clientId: "a" }, port)).toBe(Status.INVALID_OPTION);
  });

  // The payload is shown octet by octet: two for the degree sign.
  test("publishes at QoS 0, text and numbers, retained or not [MQTT-4.3.1-1]", () => {
    const it = online();
    expect(it.client.publish("a/ä", "°C")).toBe(Status.OK);
    expect(it.client.publish("a", 22.5, 0, true)).toBe(Status.OK);
    expect(it.sent()).toEqual(["PUBLISH q0 a/ä Â°C", "PUBLISH q0 retain a 22.5"]);
  });

  test("refuses QoS 1, a wildcard [MQTT-3.3.2-2], no topic [MQTT-4.7.3-1], a full window", () => {
    const it = online();
    expect(it.client.publish("a", "x", 1 as 0)).toBe(Status.INVALID_QOS);
    expect(it.client.publish("a/+", "x")).toBe(Status.INVALID_TOPIC);
    expect(it.client.publish("", "x")).toBe(Status.INVALID_TOPIC);
    expect(it.client.publish("a", "x".repeat(Limit.LINK_WINDOW))).toBe(Status.WINDOW_FULL);
    it.link().closes();
    expect(it.client.publish("a", "x")).toBe(Status.OFFLINE);
  });

  test("has its window back when the link has taken everything", () => {
    const it = online();
    const half = "x".repeat(Limit.LINK_WINDOW / 2);
    expect(it.client.publish("a", half)).toBe(Status.OK);
    expect(it.client.publish("a", half)).toBe(Status.WINDOW_FULL);
    it.link().drained();
    expect(it.client.publish("a", half)).toBe(Status.OK);
  });

  test("calls the handlers whose filters match, and `message` where none does", () => {
    const it = online();
    it.client.subscribe("home/+/light", 0, (topic) => it.heard.push(`light ${topic}`));
    it.client.subscribe("home/#", 0, (topic) => it.heard.push(`home ${topic}`));
    expect(it.sent()).toEqual(["SUBSCRIBE 1 home/+/light q0", "SUBSCRIBE 2 home/# q0"]);
    it.link().says(publishOf("home/hall/light", "on"), publishOf("other", "x"));
    expect(it.heard).toEqual(["light home/hall/light", "home home/hall/light", "message other x"]);
  });

  test("gives each subscription in flight its own identifier [MQTT-2.3.1-2]", () => {
    const it = online();
    for (const filter of ["a", "b", "c"]) it.client.subscribe(filter);
    it.sent();
    it.link().closes();
    it.opens();
    it.link().says("CONNACK");
    it.client.subscribe("d");
    const expected = ["a", "b", "c", "d"].map((filter, at) => `SUBSCRIBE ${at + 1} ${filter} q0`);
    expect(it.sent().slice(1)).toEqual(expected);
  });

  test("sends no password without a user name, and be that empty [MQTT-3.1.2-22]", () => {
    for (const username of [undefined, ""]) {
      const it = dial(username === undefined ? { password: "t" } : { password: "t", username });
      it.world.passes(0);
      it.link().opened();
      expect(it.link().octets).toBe("\x10\x15\0\x04MQTT\x04\xc2\0\x3c\0\x04lean\0\0\0\x01t");
    }
  });

  test("refuses a subscription it cannot keep: above QoS 0, or one too many", () => {
    const it = online();
    expect(it.client.subscribe("a", 1 as 0)).toBe(Status.INVALID_QOS);
    for (let i = 0; i < Limit.SUBSCRIPTIONS; i++) {
      expect(it.client.subscribe(`a/${i}`, 0)).toBe(Status.OK);
    }
    expect(it.client.subscribe("b", 0)).toBe(Status.SUBSCRIPTIONS_FULL);
    expect(it.sent()).toHaveLength(Limit.SUBSCRIPTIONS);
  });

  test("subscribes again on each connection, and tells a refusal", () => {
    const it = online();
    it.client.subscribe("a", 0);
    it.sent();
    it.link().closes();
    it.opens();
    it.link().says("CONNACK");
    expect(it.sent().slice(1)).toEqual(["SUBSCRIBE 1 a q0"]);
    it.link().says("SUBACK 1 128");
    expect(it.heard).toEqual([
      `close ${Status.CLOSED}`,
      "connect",
      `error ${Status.SUBSCRIPTION_REFUSED}`,
    ]);
  });

  test("subscribes when it is connected, if it was not, and tells nothing of a SUBACK", () => {
    const it = dial();
    expect(it.client.subscribe("early", 0)).toBe(Status.OK);
    it.world.passes(0);
    it.link().opened();
    expect(it.sent()).toEqual(["CONNECT"]);
    it.link().says("CONNACK", "SUBACK 1 0");
    expect(it.sent()).toEqual(["SUBSCRIBE 1 early q0"]);
    expect(it.heard).toEqual(["connect"]);
  });

  test("ends without a connection, and no timer is left", () => {
    const it = dial();
    it.client.end();
    it.world.passes(100000);
    expect(it.world.links).toHaveLength(0);
    const lost = online();
    lost.link().closes();
    lost.client.end();
    lost.world.passes(100000);
    expect(lost.world.links).toHaveLength(1);
    expect(lost.world.timers).toHaveLength(0);
  });

  test("reads packets however they are cut", () => {
    const octets = publishOf("a", "1") + "\xd0\0" + publishOf("b", "x".repeat(200));
    for (let at = 1; at < octets.length; at++) {
      const it = online();
      it.link().says(octets.slice(0, at));
      it.link().says(octets.slice(at));
      expect(it.heard).toEqual(["message a 1", `message b ${"x".repeat(200)}`]);
    }
  });

  test("sends PINGREQ at three quarters, and waits for one answer [MQTT-3.1.2-23]", () => {
    const it = online({ keepAlive: 40 });
    it.world.passes(30000);
    expect(it.sent()).toEqual(["PINGREQ"]);
    it.link().says("PINGRESP");
    it.world.passes(30000);
    expect(it.sent()).toEqual(["PINGREQ"]);
    it.world.passes(30000);
    expect(it.heard).toEqual([`close ${Status.NO_ANSWER}`]);
    expect(it.world.links[0]!.dropped).toBe(true);
  });

  test("tells a refused login, and waits long before it tries again", () => {
    const it = dial();
    it.world.chance = 0.999;
    it.world.passes(0);
    it.link().opened();
    it.link().says("\x20\x02\0\x05");
    expect(it.heard).toEqual([`close ${Status.REFUSED_AUTHORIZATION}`]);
    it.world.passes(900);
    const tried = it.world.links.length;
    it.world.passes(Limit.RECONNECT_MAX_MS);
    expect(it.world.links.length).toBeGreaterThan(tried);
  });

  test("closes on what is not allowed: too early, QoS 1, or huge [MQTT-4.8.0-1]", () => {
    const early = dial();
    early.world.passes(0);
    early.link().opened();
    early.link().says(publishOf("a", "x"));
    expect(early.heard).toEqual([`close ${Status.UNEXPECTED}`]);
    const late = online();
    late.link().says(publishOf("a", "x", 1, 7));
    expect(late.heard).toEqual([`close ${Status.UNEXPECTED}`]);
    const huge = online();
    huge.link().says("\x30\xff\xff\xff\x7f");
    expect(huge.heard).toEqual([`close ${Status.INBOX_FULL}`]);
  });

  test("closes on a topic that is longer than its packet", () => {
    const it = online();
    it.link().says(publishOf("a", "1"), "\x30\x03\0\x02a", publishOf("b", "2"));
    expect(it.heard).toEqual(["message a 1", `close ${Status.MALFORMED}`]);
  });

  test("waits longer from time to time, and never longer than the longest time", () => {
    const it = dial();
    it.world.refuses = true;
    const waits: number[] = [];
    // What chance is asked for is the bound of the wait.
    it.world.port.chance = (bound) => {
      waits.push(bound);
      return 1;
    };
    it.world.passes(100);
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...waits)).toBe(Limit.RECONNECT_MAX_MS);
    expect(waits.at(-1)).toBe(Limit.RECONNECT_MAX_MS);
  });

  test("takes no CONNACK that is none: empty, or before its return code [MQTT-4.8.0-1]", () => {
    for (const octets of ["\x20\0", "\x20\x01\0"]) {
      const it = dial();
      it.opens();
      it.link().says(octets);
      expect(it.heard).toEqual([`close ${Status.UNEXPECTED}`]);
    }
  });

  test("goes on when a handler throws", () => {
    const it = online();
    it.client.subscribe("a", 0, () => {
      throw new Error("oops");
    });
    it.link().says(publishOf("a", "1"), publishOf("b", "2"));
    expect(it.heard).toEqual(["error Error: oops", "message b 2"]);
  });

  test("comes back when no connection can be made", () => {
    const it = dial();
    it.world.refuses = true;
    it.world.chance = 0.5;
    it.world.passes(5000);
    expect(it.heard[0]).toBe(`close ${Status.UNREACHABLE}`);
    it.world.refuses = false;
    it.opens(20000);
    it.link().says("CONNACK");
    expect(it.heard.at(-1)).toBe("connect");
  });

  test("ends with DISCONNECT, and no timer is left [MQTT-3.14.4-1]", () => {
    const it = online();
    it.client.end();
    expect(it.sent()).toEqual(["DISCONNECT"]);
    expect(it.link().ended).toBe(true);
    it.link().says(publishOf("a", "x"));
    it.link().closes();
    expect(it.world.timers).toHaveLength(0);
    expect(it.heard).toEqual([]);
    expect(it.client.publish("a", "x")).toBe(Status.OFFLINE);
  });
});
