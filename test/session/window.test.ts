// SPDX-License-Identifier: MIT
// The link's window: what is refused, what waits, and that nothing is written into the middle of a
// packet. `drained` is the link saying that it has taken everything.

import { describe, expect, it } from "vitest";
import { Limit } from "#limits";
import { Status } from "../../src/status.js";
import { type Dial, dialOnline, dialSession } from "../fake.js";
import { publishOf } from "../words.js";

const X = "x".repeat(20);

describe("QoS 0", () => {
  it("is refused when the window is full, told when there is room, and then taken", () => {
    const dial = dialOnline({ linkWindow: 60 });
    const results = [1, 2, 3].map(() => dial.client.publish("a", X));
    expect(results).toEqual([0, 0, Status.WINDOW_FULL]);
    expect(dial.client.stats().refused).toBe(1);
    expect(dial.heard()).toEqual([]);
    dial.drained();
    expect(dial.heard()).toEqual(["room"]);
    expect(dial.client.publish("a", X)).toBe(0);
    expect(dial.sent()).toHaveLength(3);
    dial.drained();
    expect(dial.heard()).toEqual([]);
  });

  it("fills the window to its last octet and not beyond", () => {
    for (const payload of ["x".repeat(15), new Uint8Array(15)]) {
      const dial = dialOnline({ linkWindow: 40 });
      expect(dial.client.publish("a", payload)).toBe(0);
      expect(dial.client.publish("a", payload)).toBe(0);
      expect(dial.client.publish("a", "")).toBe(Status.WINDOW_FULL);
    }
  });

  it("is too long when it is longer than the window", () => {
    const dial = dialOnline({ linkWindow: 40 });
    expect(dial.client.publish("a", "x".repeat(36))).toBe(Status.TOO_LONG);
    expect(dial.client.publish("a", "x".repeat(35))).toBe(0);
  });
});

describe("QoS 1 and 2", () => {
  it("are accepted beyond the window and leave in order as the link drains", () => {
    const dial = dialOnline({ linkWindow: 60 });
    const ids = [1, 2, 1, 2, 1].map((qos) => dial.client.publish("a", X, qos));
    const sent = [dial.sent().length];
    for (let i = 0; i < 4; i++) {
      dial.drained();
      sent.push(dial.sent().length);
    }
    expect(ids.every((id) => id > 0)).toBe(true);
    expect(sent).toEqual([2, 2, 1, 0, 0]);
  });

  it("keep their order: a short one does not overtake a long one that waits", () => {
    const dial = dialOnline({ linkWindow: 60 });
    const a = dial.client.publish("a", X, 1);
    const b = dial.client.publish("b", "x".repeat(35), 1);
    const c = dial.client.publish("c", "", 1);
    expect(dial.sent()).toEqual([`PUBLISH ${a} q1 a ${X}`]);
    dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${b} q1 b ${"x".repeat(35)}`, `PUBLISH ${c} q1 c `]);
  });

  it("are paced by the link when they are resent", () => {
    const dial = dialSession({ linkWindow: 60 });
    const ids = [1, 2, 3, 4].map(() => dial.client.publish("a", X, 1));
    for (let i = 0; i < 4; i++) dial.drained();
    dial.reconnects(true);
    const words: string[] = [];
    for (let i = 0; i < 3; i++) {
      const part = dial.sent();
      expect(part.length).toBeLessThanOrEqual(2);
      words.push(...part);
      dial.drained();
    }
    expect(words).toEqual(ids.map((id) => `PUBLISH ${id} q1 dup a ${X}`));
  });

  it("never put more under way than the window allows", () => {
    const window = 100;
    const dial = dialSession({ linkWindow: window });
    let under = 0;
    let seen = dial.link.octets.length;
    const check = () => {
      under += dial.link.octets.length - seen;
      seen = dial.link.octets.length;
      expect(under).toBeLessThanOrEqual(window);
    };
    for (let i = 0; i < 300; i++) {
      dial.client.publish("topic", "x".repeat((i * 37) % 150), i % 3);
      check();
      if (i % 4 === 0) {
        under = 0;
        dial.drained();
        check();
      }
      if (i % 50 === 49) {
        dial.serverCloses();
        dial.connects();
        under = 0;
        seen = dial.link.octets.length;
        dial.serverSays("CONNACK present");
        check();
      }
    }
    expect(dial.world.links.length).toBe(7);
    const total = dial.world.links.reduce((sum, link) => sum + link.octets.length, 0);
    expect(total).toBeGreaterThan(1000);
  });
});

describe("a packet longer than the window", () => {
  const long = "y".repeat(95);
  const parts = (dial: Dial, qos: number) =>
    dial.client.publishParts("a", 95, qos, false, (at, max) => long.slice(at, at + max));

  it("is refused where it does not come in parts", () => {
    const dial = dialOnline({ linkWindow: 40 });
    for (const qos of [0, 1, 2]) {
      expect(dial.client.publish("a", long, qos)).toBe(Status.TOO_LONG);
    }
    expect(dial.link.octets).not.toContain("y");
    expect(dial.client.stats()).toMatchObject({ inFlight: 0, refused: 3 });
  });

  it("leaves in pieces of at most a window, one after each drain", () => {
    const dial = dialOnline({ linkWindow: 40 });
    const id = parts(dial, 1);
    const from = dial.link.writes.length;
    expect(dial.sent()).toEqual([]);
    dial.drained();
    expect(dial.sent()).toEqual([]);
    dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a [95]`]);
    expect(dial.link.writes.slice(from).every((write) => write.head.length <= 40)).toBe(true);
    dial.serverSays(`PUBACK ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
  });

  it("lets nothing into its middle: messages, acknowledgements, wishes, PINGREQ", () => {
    const dial = dialOnline({ linkWindow: 40, keepAlive: 10, answerMs: 100000 });
    dial.drained();
    const id = parts(dial, 1);
    expect(dial.client.publish("zero", "0")).toBe(Status.WINDOW_FULL);
    const wish = dial.client.subscribe("f");
    const next = dial.client.publish("b", "1", 1);
    dial.serverSays("PUBLISH 9 q1 in x", "PUBLISH 8 q2 in x", "PUBREL 8", "PUBREC 77");
    dial.passes(9000);
    expect(dial.sent()).toEqual([]);
    dial.drained();
    expect(dial.client.publish("zero", "0")).toBe(Status.WINDOW_FULL);
    dial.serverSays("PUBLISH 7 q1 in x");
    const words: string[] = [];
    for (let i = 0; i < 4; i++) {
      dial.drained();
      words.push(...dial.sent());
    }
    expect(words[0]).toBe(`PUBLISH ${id} q1 a [95]`);
    const acks = ["PUBACK 9", "PUBREC 8", "PUBCOMP 8", "PUBREL 77", "PUBACK 7"];
    expect(words.filter((word) => acks.includes(word))).toEqual(acks);
    expect(words).toContain(`SUBSCRIBE ${wish} f q0`);
    expect(words).toContain(`PUBLISH ${next} q1 b 1`);
  });

  it("breaks off with its connection and begins again on the next", () => {
    const dial = dialSession({ linkWindow: 40 });
    const id = parts(dial, 2);
    dial.drained();
    dial.reconnects(true);
    const lengths = dial.link.writes.map(({ head, payload }) => (head + (payload ?? "")).length);
    expect(lengths.slice(1)).toEqual([7, 33]);
    dial.drained();
    dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q2 dup a [95]`]);
  });

  it("gives way to PUBRELs on the next connection", () => {
    const dial = dialSession({ linkWindow: 40 });
    const first = dial.client.publish("a", "x", 2);
    dial.drained();
    dial.serverSays(`PUBREC ${first}`);
    dial.drained();
    const id = parts(dial, 1);
    dial.reconnects(true);
    for (let i = 0; i < 4; i++) dial.drained();
    expect(dial.sent()).toEqual([`PUBREL ${first}`, `PUBLISH ${id} q1 dup a [95]`]);
  });

  it("is not cut by DISCONNECT when the client ends", () => {
    const dial = dialOnline({ linkWindow: 40 });
    parts(dial, 1);
    const written = dial.link.octets.length;
    dial.client.end();
    expect(dial.link.octets.length).toBe(written);
    expect(dial.link.ended || dial.link.dropped).toBe(true);
  });
});

describe("acknowledgements", () => {
  it("go beyond the window, into a reserve of their own", () => {
    const dial = dialOnline({ linkWindow: 40 });
    dial.client.publish("a", "x".repeat(35));
    dial.sent();
    dial.serverSays("PUBLISH 1 q1 a x", "PUBLISH 2 q2 a x", "PUBREL 2");
    expect(dial.sent()).toEqual(["PUBACK 1", "PUBREC 2", "PUBCOMP 2"]);
    expect(dial.heard()).toHaveLength(2);
  });

  it("close the connection as LINK_FAILED beyond the reserve", () => {
    const dial = dialSession({ linkWindow: 40 });
    dial.client.publish("a", "x".repeat(35));
    const count = Math.floor(Limit.LINK_RESERVE / 4);
    const chunk = publishOf("a", "", 1, 5).repeat(count - 20);
    dial.serverSays(chunk);
    expect(dial.heard().filter((line) => line.startsWith("close"))).toEqual([]);
    dial.serverSays(publishOf("a", "", 1, 5).repeat(40));
    expect(dial.heard().at(-1)).toBe(`close ${Status.LINK_FAILED}`);
    expect(dial.link.dropped).toBe(true);
    dial.accepted(true);
    expect(dial.heard()).toEqual(["connect true"]);
  });

  it("have the whole reserve again when the link has drained", () => {
    const dial = dialOnline({ linkWindow: 40 });
    const chunk = publishOf("a", "", 1, 5).repeat(Math.floor(Limit.LINK_RESERVE / 4));
    for (let i = 0; i < 3; i++) {
      dial.serverSays(chunk);
      dial.drained();
    }
    expect(dial.heard().filter((line) => line.startsWith("close"))).toEqual([]);
  });
});
