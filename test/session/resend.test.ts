// SPDX-License-Identifier: MIT
// What is sent again on a new connection (MQTT 3.1.1 sections 4.4 and 4.6): PUBRELs in the order of
// their PUBRECs, then PUBLISHes in the order they were first sent, and DUP only where it is true.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession, dialUp, worldOpen } from "../fake.js";

describe("after session present", () => {
  it("sends PUBRELs in their order, then PUBLISHes in theirs [MQTT-4.6.0-4] [MQTT-4.6.0-1]", () => {
    const dial = dialSession();
    const publish = (qos: number) => dial.client.publish("a", `m${qos}`, qos);
    const [a, b, c, d, e] = [publish(1), publish(2), publish(2), publish(1), publish(2)];
    dial.serverSays(`PUBREC ${c}`, `PUBREC ${b}`);
    dial.serverCloses();
    const f = publish(1);
    const g = publish(2);
    dial.accepted(true);
    expect(dial.sent()).toEqual([
      `PUBREL ${c}`,
      `PUBREL ${b}`,
      `PUBLISH ${a} q1 dup a m1`,
      `PUBLISH ${d} q1 dup a m1`,
      `PUBLISH ${e} q2 dup a m2`,
      `PUBLISH ${f} q1 a m1`,
      `PUBLISH ${g} q2 a m2`,
    ]);
  });

  it("sends with the same identifier and octets but DUP [MQTT-4.4.0-1] [MQTT-2.3.1-3]", () => {
    const dial = dialSession();
    dial.client.publish("größe", new Uint8Array([0, 255, 1]), 1, true);
    dial.client.publish("b", "x".repeat(300), 2);
    const first = dial.link.octets.substring(dial.link.octets.indexOf("\x33"));
    dial.reconnects(true);
    const again = dial.link.octets.substring(dial.link.octets.indexOf("\x3b"));
    expect(again).toBe(first.replace("\x33", "\x3b").replace("\x34\xb1", "\x3c\xb1"));
  });

  it("sends no PUBLISH again whose PUBREC came [MQTT-4.3.3-1]", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBREC ${id}`);
    for (let i = 0; i < 3; i++) {
      dial.reconnects(true);
      expect(dial.sent()).toEqual([`PUBREL ${id}`]);
    }
    dial.serverSays(`PUBCOMP ${id}`);
    expect(dial.heard().at(-1)).toBe(`delivered ${id}`);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([]);
  });

  it("sends PUBREL with its flags and never with DUP [MQTT-3.6.1-1]", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBREC ${id}`);
    dial.reconnects(true);
    expect(dial.link.octets.slice(-4, -2)).toBe("\x62\x02");
  });

  it("keeps the order of PUBRECs over several connections [MQTT-4.6.0-4] [MQTT-4.1.0-1]", () => {
    const dial = dialSession();
    const ids = [1, 2, 3, 4].map((n) => dial.client.publish("a", n, 2));
    dial.serverSays(`PUBREC ${ids[3]}`);
    dial.reconnects(true);
    dial.serverSays(`PUBREC ${ids[0]}`);
    dial.reconnects(true);
    dial.serverSays(`PUBREC ${ids[2]}`);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([
      `PUBREL ${ids[3]}`,
      `PUBREL ${ids[0]}`,
      `PUBREL ${ids[2]}`,
      `PUBLISH ${ids[1]} q2 dup a 2`,
    ]);
  });

  it("tells identifiers apart whatever octets they are made of", () => {
    const world = worldOpen();
    // Identifiers from 0x61fd on: 0x6202 is what a PUBREL begins with.
    world.chance = 0x61fd / 32767;
    const dial = dialSession({ inFlight: 7 }, world);
    world.chance = 0;
    const ids = [1, 2, 3, 4, 5, 6, 7].map((n) => dial.client.publish("a", n, 2));
    expect(ids).toContain(0x6202);
    for (const id of ids) dial.serverSays(`PUBREC ${id}`);
    dial.serverSays(`PUBCOMP ${ids[1]}`, `PUBCOMP ${0x6202}`, `PUBCOMP ${ids[1]}`);
    dial.reconnects(true);
    const left = ids.filter((id) => id !== 0x6202 && id !== ids[1]);
    expect(dial.sent()).toEqual(left.map((id) => `PUBREL ${id}`));
  });

  it("keeps the first place of a PUBREC that came twice [MQTT-4.6.0-4]", () => {
    const dial = dialSession();
    const [a, b] = [1, 2].map((n) => dial.client.publish("a", n, 2));
    dial.serverSays(`PUBREC ${a}`, `PUBREC ${b}`, `PUBREC ${a}`);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([`PUBREL ${a}`, `PUBREL ${b}`]);
  });

  it("answers a PUBREC of the new connection for a message resent there", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 2);
    dial.reconnects(true);
    dial.sent();
    dial.serverSays(`PUBREC ${id}`);
    expect(dial.sent()).toEqual([`PUBREL ${id}`]);
  });

  it("passes over a message that is acknowledged before its turn", () => {
    const dial = dialSession({ linkWindow: 60 });
    const publish = () => dial.client.publish("a", "x".repeat(30), 1);
    const first = publish();
    dial.drained();
    const second = publish();
    dial.drained();
    dial.reconnects(true);
    expect(dial.sent()).toEqual([`PUBLISH ${first} q1 dup a ${"x".repeat(30)}`]);
    // It got there by the connection before.
    const writes = dial.link.writes.length;
    dial.serverSays(`PUBACK ${second}`);
    expect(dial.heard().at(-1)).toBe(`delivered ${second}`);
    dial.drained();
    expect(dial.link.writes).toHaveLength(writes);
    expect(dial.client.stats().inFlight).toBe(1);
    const third = publish();
    expect(dial.sent()).toEqual([`PUBLISH ${third} q1 a ${"x".repeat(30)}`]);
  });

  it("sends what is exactly as long as the window", () => {
    const dial = dialUp({ clientId: "c", cleanSession: false, linkWindow: 37 });
    const id = dial.client.publish("a", "x".repeat(30), 1);
    expect(dial.client.publish("a", "x".repeat(31), 1)).toBe(Status.TOO_LONG);
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a ${"x".repeat(30)}`]);
  });

  it("takes a PUBREC or PUBACK for what the new connection has not carried as nothing", () => {
    const dial = dialSession({ linkWindow: 30 });
    const first = dial.client.publish("a", "x".repeat(20), 1);
    const second = dial.client.publish("a", "y", 1);
    expect(dial.sent()).toHaveLength(1);
    dial.serverSays(`PUBACK ${second}`);
    expect(dial.heard()).toEqual([]);
    dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${second} q1 a y`]);
    expect(dial.client.stats().skipped).toBe(1);
    dial.serverSays(`PUBACK ${second}`, `PUBACK ${first}`);
    expect(dial.heard()).toEqual([`delivered ${second}`, `delivered ${first}`]);
  });
});

describe("DUP", () => {
  it("is 0 for a message accepted offline, 1 once a connection got it [MQTT-3.3.1-1]", () => {
    const dial = dialUp({ clientId: "c", cleanSession: false });
    const id = dial.client.publish("a", "x", 1);
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a x`]);
    for (let i = 0; i < 2; i++) {
      dial.reconnects(true);
      expect(dial.sent()).toEqual([`PUBLISH ${id} q1 dup a x`]);
    }
  });

  it("is 0 for a message that an earlier connection had no room for", () => {
    const dial = dialSession({ linkWindow: 60 });
    const ids = [1, 2].map(() => dial.client.publish("a", "x".repeat(30), 1));
    dial.drained();
    const third = dial.client.publish("a", "x".repeat(30), 1);
    expect(dial.sent()).toHaveLength(2);
    dial.reconnects(true);
    dial.drained();
    dial.drained();
    dial.drained();
    const x = "x".repeat(30);
    expect(dial.sent()).toEqual([
      `PUBLISH ${ids[0]} q1 dup a ${x}`,
      `PUBLISH ${ids[1]} q1 dup a ${x}`,
      `PUBLISH ${third} q1 a ${x}`,
    ]);
  });

  it("is 1 for a message of which an earlier connection got a part", () => {
    const dial = dialSession({ linkWindow: 30 });
    const give = (at: number, max: number) => "x".repeat(Math.min(max, 38 - at));
    const id = dial.client.publishParts("a", 38, 1, false, give);
    expect(dial.sent()).toEqual([]);
    dial.reconnects(true);
    dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 dup a ${"x".repeat(38)}`]);
  });

  it("is 0 when the earlier connection was refused before anything went out", () => {
    const dial = dialUp({ clientId: "c", cleanSession: false });
    const id = dial.client.publish("a", "x", 1);
    dial.connects();
    dial.serverSays("CONNACK 3");
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a x`]);
  });
});

describe("on one connection", () => {
  it("sends no packet twice, whatever time passes and however often the link drains", () => {
    const dial = dialSession({ answerMs: 20000 });
    const a = dial.client.publish("a", "x", 1);
    const b = dial.client.publish("a", "y", 2);
    dial.serverSays(`PUBREC ${b}`);
    expect(dial.sent()).toHaveLength(3);
    for (let i = 0; i < 5; i++) {
      dial.drained();
      dial.passes(3000);
      dial.client.publish("q", "0");
      dial.serverSays("PUBLISH q0 a b", "PINGRESP");
    }
    const counted = dial.sent().filter((word) => word !== "PUBLISH q0 q 0");
    expect(counted).toEqual([]);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([`PUBREL ${b}`, `PUBLISH ${a} q1 dup a x`]);
    dial.drained();
    dial.passes(3000);
    dial.drained();
    expect(dial.sent()).toEqual([]);
  });
});

describe("after a new session", () => {
  it("sends unacknowledged PUBLISHes all the same", () => {
    const dial = dialOnline();
    const a = dial.client.publish("a", "x", 1);
    const b = dial.client.publish("a", "y", 2);
    dial.reconnects(false);
    expect(dial.sent()).toEqual([`PUBLISH ${a} q1 dup a x`, `PUBLISH ${b} q2 dup a y`]);
  });

  it("tells messages between PUBREC and PUBCOMP as uncertain, in the order of PUBRECs", () => {
    const dial = dialSession();
    const ids = [1, 2, 3].map((n) => dial.client.publish("a", n, 2));
    dial.serverSays(`PUBREC ${ids[2]}`, `PUBREC ${ids[0]}`);
    dial.reconnects(false);
    const heard = dial.heard();
    expect(heard.filter((line) => line.startsWith("uncertain"))).toEqual([
      `uncertain ${ids[2]}`,
      `uncertain ${ids[0]}`,
    ]);
    expect(heard.some((line) => line.startsWith("delivered"))).toBe(false);
    expect(dial.sent()).toEqual([`PUBLISH ${ids[1]} q2 dup a 2`]);
    dial.serverSays(`PUBCOMP ${ids[0]}`);
    expect(dial.heard()).toEqual([]);
  });

  it("gives room for what was refused while those were in flight", () => {
    const dial = dialSession({ inFlight: 1 });
    const id = dial.client.publish("a", "1", 2);
    dial.serverSays(`PUBREC ${id}`);
    expect(dial.client.publish("a", "2", 1)).toBe(Status.IN_FLIGHT_FULL);
    dial.reconnects(false);
    const heard = dial.heard();
    expect(heard).toContain(`uncertain ${id}`);
    expect(heard).toContain("room");
    expect(dial.client.publish("a", "2", 1)).toBeGreaterThan(0);
  });

  it("forgets nothing that waits behind them", () => {
    const dial = dialSession();
    const a = dial.client.publish("a", "1", 2);
    dial.serverSays(`PUBREC ${a}`);
    dial.serverCloses();
    const b = dial.client.publish("a", "2", 1);
    dial.accepted(false);
    expect(dial.sent()).toEqual([`PUBLISH ${b} q1 a 2`]);
    dial.serverSays(`PUBACK ${b}`);
    expect(dial.heard().at(-1)).toBe(`delivered ${b}`);
    expect(dial.client.stats()).toMatchObject({ inFlight: 0 });
  });
});
