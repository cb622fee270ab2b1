// SPDX-License-Identifier: MIT
// Links and their troubles: events of an old connection, a link that throws, and two clients in one
// process that share nothing.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession, dialUp, worldOpen } from "../fake.js";

describe("events of an old connection", () => {
  it("are ignored once the client let go of it", () => {
    const dial = dialSession();
    const old = dial.link;
    const id = dial.client.publish("a", "x", 1);
    dial.serverSays("\x00\x00");
    expect(old.dropped).toBe(true);
    dial.heard();
    const written = old.octets;
    const late = () => {
      old.opened();
      old.says(`PUBACK ${id}`, "PUBLISH 5 q1 a x", "\x00\x00");
      old.drained();
      old.closes();
    };
    late();
    dial.dials();
    late();
    dial.opened();
    late();
    dial.serverSays("CONNACK present");
    late();
    expect(dial.heard()).toEqual(["connect true"]);
    expect(old.octets).toBe(written);
    expect(dial.sent()).toEqual(["CONNECT", `PUBLISH ${id} q1 dup a x`]);
    expect(dial.world.links).toHaveLength(2);
  });

  it("are ignored when the connection closed by itself", () => {
    const dial = dialSession();
    const old = dial.link;
    dial.reconnects(true);
    dial.heard();
    old.closes();
    old.says("PUBLISH q0 a x");
    expect(dial.heard()).toEqual([]);
    dial.serverSays("PUBLISH q0 a y");
    expect(dial.heard()).toEqual(["message a q0 y"]);
  });
});

describe("a link that throws on write", () => {
  it("refuses QoS 0 as OFFLINE, closes, and comes back", () => {
    const dial = dialSession();
    const link = dial.link;
    dial.writesThrow();
    expect(dial.client.publish("a", "x")).toBe(Status.OFFLINE);
    expect(dial.client.publish("a", "x")).toBe(Status.OFFLINE);
    dial.passes(6000);
    dial.writesThrow(false);
    expect(dial.heard()).toContain(`close ${Status.LINK_FAILED}`);
    expect(link.dropped).toBe(true);
    dial.accepted(true);
    expect(dial.client.publish("a", "x")).toBe(0);
  });

  it("loses nothing that was accepted", () => {
    const dial = dialSession();
    dial.writesThrow();
    const ids = [1, 2, 1].map((qos) => dial.client.publish("a", "x", qos));
    expect(ids.every((id) => id > 0)).toBe(true);
    dial.writesThrow(false);
    dial.reconnects(true);
    const words = dial.sent().map((word) => word.replace(" dup", ""));
    expect(words).toEqual(ids.map((id, i) => `PUBLISH ${id} q${[1, 2, 1][i]} a x`));
  });

  it("and then closes is told once", () => {
    const dial = dialSession();
    dial.writesThrow();
    dial.client.publish("a", "x", 1);
    dial.writesThrow(false);
    dial.serverCloses();
    expect(dial.heard().filter((line) => line.startsWith("close"))).toHaveLength(1);
  });

  it("loses no wish to subscribe", () => {
    const dial = dialSession();
    dial.writesThrow();
    const id = dial.client.subscribe("f", 1);
    expect(id).toBeGreaterThan(0);
    dial.writesThrow(false);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([`SUBSCRIBE ${id} f q1`]);
  });

  it("at DISCONNECT lets the client end all the same", () => {
    const dial = dialOnline();
    dial.writesThrow();
    dial.client.end();
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    expect(dial.world.timers).toHaveLength(0);
  });
});

describe("a link that was given octets", () => {
  it("got all acknowledgements of a chunk in one write", () => {
    const dial = dialOnline();
    const before = dial.link.writes.length;
    dial.serverSays("PUBLISH 1 q1 a x", "PUBLISH 2 q2 a x", "PUBREL 2", "PUBLISH 3 q1 a x");
    expect(dial.link.writes.length - before).toBe(1);
    expect(dial.sent()).toEqual(["PUBACK 1", "PUBREC 2", "PUBCOMP 2", "PUBACK 3"]);
  });
});

describe("two clients in one process", () => {
  it("share no topic, no handler, no identifier, no state", () => {
    const a = dialUp({ clientId: "a" });
    const world = worldOpen();
    world.chance = 0.5;
    const b = dialUp({ clientId: "b", keepAlive: 7 }, world);
    expect(a.connects()).toMatchObject({ clientId: "a", keepalive: 60 });
    expect(b.connects()).toMatchObject({ clientId: "b", keepalive: 7 });
    a.serverSays("CONNACK");
    b.serverSays("CONNACK");
    const ids = [a.client.publish("t", "1", 1), b.client.publish("t", "1", 1)];
    expect(ids[0]).not.toBe(ids[1]);
    a.client.subscribe("s/+", 0, (topic) => a.note(`mine ${topic}`));
    a.serverSays("PUBLISH q0 s/1 x");
    b.serverSays("PUBLISH q0 s/1 x");
    a.serverSays("PUBLISH 7 q2 u x");
    b.serverSays("PUBLISH 7 q2 u y");
    b.serverSays(`PUBACK ${ids[0]}`, `PUBACK ${ids[1]}`);
    expect(a.heard()).toEqual(["connect false", "mine s/1", "message u q2 x"]);
    expect(b.heard()).toEqual([
      "connect false",
      "message s/1 q0 x",
      "message u q2 y",
      `delivered ${ids[1]}`,
    ]);
    expect(a.client.stats()).toMatchObject({ inFlight: 1, skipped: 0 });
    expect(b.client.stats()).toMatchObject({ inFlight: 0, skipped: 1 });
    b.client.end();
    a.serverSays("PUBLISH q0 v x");
    expect(a.heard()).toEqual(["message v q0 x"]);
    expect(a.client.publish("t", "2")).toBe(0);
  });

  it("may publish to each other from their handlers", () => {
    const a = dialOnline();
    const b = dialOnline();
    a.client.on("message", (topic: string) => b.client.publish(`b/${topic}`, "x"));
    b.client.on("message", (topic: string) => a.client.publish(`a/${topic}`, "x"));
    a.serverSays("PUBLISH q0 1 x", "PUBLISH q0 2 x");
    b.serverSays("PUBLISH q0 3 x");
    expect(b.sent()).toEqual(["PUBLISH q0 b/1 x", "PUBLISH q0 b/2 x"]);
    expect(a.sent()).toEqual(["PUBLISH q0 a/3 x"]);
  });

  it("may read in turn while each is in the midst of a packet", () => {
    const a = dialOnline();
    const b = dialOnline();
    const octets = "\x32\x0a\x00\x03a/b\x00\x05xyz";
    for (const octet of octets) {
      a.serverSays(octet);
      b.serverSays(octet);
    }
    for (const dial of [a, b]) {
      expect(dial.heard()).toEqual(["message a/b q1 xyz"]);
      expect(dial.sent()).toEqual(["PUBACK 5"]);
    }
  });
});
