// SPDX-License-Identifier: MIT
// Subscriptions over several connections: what the server has forgotten is restored, what it was
// told and confirmed is spared, what it never answered is said again. And their identifiers.

import { describe, expect, it } from "vitest";
import { type Dial, dialSession, dialUp, worldOpen } from "../fake.js";

function confirmed(dial: Dial, ...filters: string[]) {
  for (const filter of filters) dial.serverSays(`SUBACK ${dial.client.subscribe(filter, 1)} 1`);
  dial.sent();
  dial.heard();
}

/** What was sent, without identifiers. */
const sent = (dial: Dial) => dial.sent().map((word) => word.replace(/ \d+/, ""));

describe("a subscription", () => {
  it("made offline is sent once the connection is accepted, and not before", () => {
    const dial = dialUp();
    const id = dial.client.subscribe("a", 1);
    dial.connects();
    expect(dial.sent()).toEqual([]);
    dial.serverSays("CONNACK");
    expect(dial.sent()).toEqual([`SUBSCRIBE ${id} a q1`]);
    dial.serverSays(`SUBACK ${id} 1`);
    expect(dial.heard()).toEqual(["connect false", `subscribed ${id} 1`]);
  });

  it("is restored with its QoS and handler when the server forgot it", () => {
    const dial = dialSession();
    const id = dial.client.subscribe("a", 2, (topic) => dial.note(`called ${topic}`));
    dial.serverSays(`SUBACK ${id} 2`);
    dial.reconnects(false);
    const again = dial.sent();
    expect(again).toHaveLength(1);
    expect(again[0]).toMatch(/^SUBSCRIBE \d+ a q2$/);
    dial.heard();
    dial.serverSays("PUBLISH q0 a x");
    expect(dial.heard()).toEqual(["called a"]);
  });

  it("is spared when the session is present and it was confirmed", () => {
    const dial = dialSession();
    confirmed(dial, "a", "b");
    dial.reconnects(true);
    expect(dial.sent()).toEqual([]);
    dial.reconnects(false);
    expect(sent(dial)).toEqual(["SUBSCRIBE a q1", "SUBSCRIBE b q1"]);
  });

  it("is restored behind a connection without CONNACK, which may have begun a session", () => {
    const dial = dialSession();
    confirmed(dial, "a");
    dial.serverCloses();
    dial.connects();
    dial.reconnects(true);
    expect(sent(dial)).toEqual(["SUBSCRIBE a q1"]);
    dial.reconnects(true);
    expect(sent(dial)).toEqual(["SUBSCRIBE a q1"]);
    dial.serverSays(`SUBACK 32768 1`);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([]);
  });

  it("is sent again, the same, when it was not confirmed in a kept session [MQTT-2.3.1-3]", () => {
    const dial = dialSession();
    confirmed(dial, "a");
    const id = dial.client.subscribe("b", 1);
    expect(dial.sent()).toHaveLength(1);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([`SUBSCRIBE ${id} b q1`]);
    dial.serverSays(`SUBACK ${id} 1`);
    expect(dial.heard()).toContain(`subscribed ${id} 1`);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([]);
  });

  it("is sent again when its restoring was not confirmed", () => {
    const dial = dialSession();
    confirmed(dial, "a");
    dial.reconnects(false);
    dial.reconnects(true);
    expect(sent(dial)).toEqual(["SUBSCRIBE a q1"]);
  });

  it("in a clean session is restored each time [MQTT-3.1.2-6]", () => {
    const dial = dialUp().accepted();
    confirmed(dial, "a");
    for (let i = 0; i < 3; i++) {
      dial.reconnects();
      const word = dial.sent()[0]!;
      expect(word).toMatch(/^SUBSCRIBE \d+ a q1$/);
      dial.serverSays(`SUBACK ${word.split(" ")[1]} 1`);
    }
  });

  it("is sent before messages are resent, so that answers are not missed", () => {
    const dial = dialSession();
    confirmed(dial, "a");
    dial.client.publish("q", "x", 1);
    dial.sent();
    dial.reconnects(false);
    expect(sent(dial)).toEqual(["SUBSCRIBE a q1", "PUBLISH q1 dup q x"]);
  });

  it("that had no room on one connection is sent on the next", () => {
    const dial = dialSession({ linkWindow: 20 });
    for (const filter of ["aaaaaaaa", "bbbbbbbb", "cccccccc"]) dial.client.subscribe(filter);
    expect(dial.sent()).toHaveLength(1);
    dial.reconnects(true);
    const words = sent(dial);
    for (let i = 0; i < 3; i++) {
      dial.drained();
      words.push(...sent(dial));
    }
    expect(words.sort()).toEqual(
      ["aaaaaaaa", "bbbbbbbb", "cccccccc"].map((filter) => `SUBSCRIBE ${filter} q0`),
    );
  });
});

describe("an UNSUBSCRIBE", () => {
  it.each([true, false])("that was not answered is sent again, session present %s", (present) => {
    const dial = dialSession();
    confirmed(dial, "a");
    const id = dial.client.unsubscribe("a");
    dial.sent();
    dial.reconnects(present);
    expect(dial.sent()).toEqual([`UNSUBSCRIBE ${id} a`]);
    dial.serverSays(`UNSUBACK ${id}`);
    expect(dial.heard().at(-1)).toBe(`unsubscribed ${id}`);
    dial.reconnects(false);
    expect(dial.sent()).toEqual([]);
  });

  it("made offline is sent on the next connection, and the filter not restored", () => {
    const dial = dialSession();
    confirmed(dial, "a", "b");
    dial.serverCloses();
    const id = dial.client.unsubscribe("a");
    dial.accepted(false);
    const words = dial.sent();
    expect(words).toContain(`UNSUBSCRIBE ${id} a`);
    expect(words.filter((word) => word.startsWith("SUBSCRIBE"))).toHaveLength(1);
    expect(words.join()).not.toMatch(/SUBSCRIBE \d+ a q/);
  });

  it("of a filter that was never sent leaves nothing behind", () => {
    const dial = dialUp();
    dial.client.subscribe("a");
    const id = dial.client.unsubscribe("a");
    dial.accepted();
    expect(dial.sent()).toEqual([`UNSUBSCRIBE ${id} a`]);
    dial.serverSays(`UNSUBACK ${id}`);
    dial.reconnects();
    expect(dial.sent()).toEqual([]);
  });

  it("that was confirmed is not said again", () => {
    const dial = dialSession();
    confirmed(dial, "a");
    dial.serverSays(`UNSUBACK ${dial.client.unsubscribe("a")}`);
    dial.sent();
    dial.reconnects(true);
    expect(dial.sent()).toEqual([]);
    dial.reconnects(false);
    expect(dial.sent()).toEqual([]);
  });
});

describe("identifiers", () => {
  it("are never shared by messages and subscriptions in flight [MQTT-2.3.1-2]", () => {
    for (const chance of [0, 0.3, 0.9999]) {
      const world = worldOpen();
      world.chance = chance;
      const dial = dialSession({ inFlight: 50 }, world);
      const inFlight = new Set<number>();
      for (let i = 0; i < 100; i++) {
        const id = i % 2 > 0 ? dial.client.subscribe(`f/${i}`) : dial.client.publish("a", i, 1);
        expect(id > 0 && id < 65536).toBe(true);
        expect(inFlight.has(id)).toBe(false);
        inFlight.add(id);
      }
    }
  });

  it("of a SUBSCRIBE in flight are not given again after a whole round [MQTT-2.3.1-3]", () => {
    const dial = dialSession();
    const waits = dial.client.subscribe("waits");
    let rounds = 0;
    let before = waits;
    for (let i = 0; i < 70000 && rounds < 2; i++) {
      const id = dial.client.subscribe("turns");
      if (id < before) rounds += 1;
      before = id;
      if (id === waits) expect(id).not.toBe(waits);
      if (id < 1 || id > 65535) expect(id).toBeGreaterThan(0);
      dial.link.says(String.fromCharCode(0x90, 3, Math.floor(id / 256), id % 256, 0));
    }
    expect(rounds).toBe(2);
    dial.heard();
    dial.serverSays(`SUBACK ${waits} 0`);
    expect(dial.heard()).toEqual([`subscribed ${waits} 0`]);
  });

  it("of a message do not answer for a subscription, nor the other way round", () => {
    const dial = dialSession();
    const message = dial.client.publish("a", "x", 1);
    const wish = dial.client.subscribe("f");
    dial.serverSays(`SUBACK ${message} 0`, `PUBACK ${wish}`, `UNSUBACK ${wish}`);
    expect(dial.heard()).toEqual([]);
    expect(dial.client.stats().skipped).toBe(3);
    dial.serverSays(`SUBACK ${wish} 0`, `PUBACK ${message}`);
    expect(dial.heard()).toEqual([`subscribed ${wish} 0`, `delivered ${message}`]);
  });
});
