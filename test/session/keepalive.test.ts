// SPDX-License-Identifier: MIT
// Time on a connection: keep alive (MQTT 3.1.1 section 3.1.2.10) and the one time-out that bounds
// every answer.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession, dialUp } from "../fake.js";

describe("keep alive", () => {
  it("is PINGREQ after three quarters of the interval, before it is over [MQTT-3.1.2-23]", () => {
    const dial = dialOnline({ keepAlive: 60 });
    dial.drained();
    dial.passes(44999);
    expect(dial.sent()).toEqual([]);
    dial.passes(15000);
    expect(dial.sent()).toEqual(["PINGREQ"]);
  });

  it("is PINGREQ again and again while the server answers", () => {
    const dial = dialOnline({ keepAlive: 40 });
    let pings = 0;
    for (let second = 0; second < 400; second++) {
      dial.passes(1000);
      for (const word of dial.sent()) {
        expect(word).toBe("PINGREQ");
        pings += 1;
        dial.drained();
        dial.serverSays("PINGRESP");
      }
    }
    expect(pings).toBeGreaterThanOrEqual(10);
    expect(pings).toBeLessThanOrEqual(13);
    expect(dial.heard()).toEqual([]);
  });

  it("never lets an interval pass in which nothing was sent [MQTT-3.1.2-23]", () => {
    for (const [keepAlive, answerMs] of [
      [1, 20000],
      [3, 1000],
      [10, 20000],
      [60, 20000],
      [100, 7000],
    ] as const) {
      const dial = dialOnline({ keepAlive, answerMs });
      const step = keepAlive * 37;
      let silent = 0;
      let length = dial.link.octets.length;
      for (let i = 0; i < 400; i++) {
        dial.passes(step);
        silent += step;
        if (i % 61 === 0) dial.client.publish("a", "x");
        if (dial.link.octets.length > length) {
          // What was sent at the end of this step may have been sent a step ago.
          expect(silent).toBeLessThanOrEqual(keepAlive * 1000 + step);
          silent = 0;
          length = dial.link.octets.length;
          dial.drained();
          dial.serverSays("PINGRESP");
        }
        expect(silent).toBeLessThanOrEqual(keepAlive * 1000);
      }
      expect(dial.heard()).toEqual([]);
      expect(dial.sent()).toContain("PINGREQ");
    }
  });

  it("is no PINGREQ while there is something else to send", () => {
    const dial = dialOnline({ keepAlive: 60 });
    for (let i = 0; i < 20; i++) {
      dial.passes(20000);
      dial.client.publish("a", "x");
      dial.drained();
      dial.serverSays("PUBLISH q0 a b");
    }
    expect(dial.sent()).not.toContain("PINGREQ");
  });

  it("is PINGREQ too when a whole interval nothing came, though much was sent", () => {
    const dial = dialOnline({ keepAlive: 20, answerMs: 8000 });
    for (let i = 0; i < 19; i++) {
      dial.passes(1000);
      dial.client.publish("a", "x");
      dial.drained();
    }
    expect(dial.sent()).not.toContain("PINGREQ");
    for (let i = 0; i < 7; i++) {
      dial.passes(1000);
      dial.client.publish("a", "x");
      dial.drained();
    }
    expect(dial.sent().filter((word) => word === "PINGREQ")).toHaveLength(1);
  });

  it("goes on while PINGRESP is late, and closes when it is too late [MQTT-3.1.2-23]", () => {
    const dial = dialOnline({ keepAlive: 4, answerMs: 20000 });
    for (let i = 0; i < 5; i++) {
      dial.passes(4000);
      expect(dial.sent()).toContain("PINGREQ");
    }
    expect(dial.heard()).toEqual([]);
    const link = dial.link;
    dial.passes(9000);
    expect(dial.heard()[0]).toBe(`close ${Status.NO_ANSWER}`);
    expect(link.dropped).toBe(true);
  });

  it("goes on while CONNACK is late: section 3.1.4 allows packets before it [MQTT-3.1.2-23]", () => {
    const dial = dialUp({ keepAlive: 4, answerMs: 20000 });
    dial.connects();
    for (let i = 0; i < 4; i++) {
      dial.passes(4000);
      expect(dial.sent()).toContain("PINGREQ");
    }
    dial.serverSays("CONNACK", "PINGRESP", "PINGRESP");
    expect(dial.heard()).toEqual(["connect false"]);
    dial.passes(4000);
    expect(dial.sent()).toContain("PINGREQ");
  });

  it("sends nothing before CONNACK where the interval is longer than answerMs", () => {
    const dial = dialUp({ keepAlive: 60, answerMs: 20000 });
    dial.connects();
    dial.passes(19999);
    expect(dial.sent()).toEqual([]);
  });

  it("comes with the tick at three quarters, and with that at a whole interval of silence", () => {
    // A tick is a quarter of `answerMs`: five seconds.
    const quiet = dialOnline({ keepAlive: 60 });
    quiet.passes(45000);
    expect(quiet.sent()).toEqual(["PINGREQ"]);
    const busy = dialOnline({ keepAlive: 60 });
    const sent: string[] = [];
    for (let second = 0; second < 60; second++) {
      busy.client.publish("a", "x");
      busy.passes(1000);
      sent.push(...busy.sent());
    }
    expect(sent.filter((word) => word === "PINGREQ")).toHaveLength(1);
  });

  it("is never a PINGREQ inside a message that is on its way in parts", () => {
    // The window holds its head and nothing more.
    const dial = dialOnline({ keepAlive: 20, linkWindow: 8 });
    const give = (at: number, max: number) => "x".repeat(Math.min(max, 200 - at));
    const id = dial.client.publishParts("a", 200, 1, false, give);
    expect(dial.link.writes.at(-1)!.head).toHaveLength(8);
    dial.passes(20000);
    for (let i = 0; i < 30; i++) dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a [200]`]);
    dial.passes(15000);
    expect(dial.sent()).toEqual(["PINGREQ"]);
  });

  it("of 0 is never a PINGREQ, and silence breaks nothing", () => {
    const dial = dialOnline({ keepAlive: 0 });
    dial.passes(3600000);
    expect(dial.sent()).toEqual([]);
    expect(dial.heard()).toEqual([]);
  });

  it("starts anew with each connection", () => {
    const dial = dialOnline({ keepAlive: 60 });
    dial.passes(40000);
    dial.reconnects();
    dial.passes(40000);
    expect(dial.sent()).toEqual([]);
    dial.passes(20000);
    expect(dial.sent()).toEqual(["PINGREQ"]);
  });

  it("does not wait on a new connection for the PINGRESP of the old one", () => {
    const dial = dialOnline({ keepAlive: 4, answerMs: 20000 });
    dial.passes(4000);
    dial.reconnects();
    dial.heard();
    for (let i = 0; i < 15; i++) {
      dial.passes(2000);
      dial.client.publish("a", "x");
      dial.serverSays("PUBLISH q0 a b");
    }
    expect(dial.heard().filter((line) => line.startsWith("close"))).toEqual([]);
  });
});

describe("answerMs bounds the wait for", () => {
  const begin = () => dialOnline({ answerMs: 8000, keepAlive: 0 });
  const breaks = (dial: ReturnType<typeof begin>) => {
    const link = dial.link;
    dial.passes(7999);
    expect(dial.heard()).toEqual([]);
    dial.passes(4001);
    expect(dial.heard()[0]).toBe(`close ${Status.NO_ANSWER}`);
    expect(link.dropped).toBe(true);
  };

  it("PUBACK, and the message is sent again", () => {
    const dial = begin();
    const id = dial.client.publish("a", "x", 1);
    breaks(dial);
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 dup a x`]);
  });

  it("PUBREC", () => {
    const dial = begin();
    dial.client.publish("a", "x", 2);
    breaks(dial);
  });

  it("PUBCOMP", () => {
    const dial = begin();
    const id = dial.client.publish("a", "x", 2);
    dial.passes(6000);
    dial.serverSays(`PUBREC ${id}`);
    breaks(dial);
  });

  it("PUBCOMP of a message resent as PUBREL", () => {
    const dial = dialSession({ answerMs: 8000, keepAlive: 0 });
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBREC ${id}`);
    dial.passes(5000);
    dial.reconnects(true);
    dial.heard();
    breaks(dial);
  });

  it("SUBACK", () => {
    const dial = begin();
    dial.client.subscribe("a");
    breaks(dial);
    dial.accepted();
    expect(dial.sent()).toHaveLength(1);
  });

  it("UNSUBACK", () => {
    const dial = begin();
    dial.serverSays(`SUBACK ${dial.client.subscribe("a")} 0`);
    dial.heard();
    dial.client.unsubscribe("a");
    breaks(dial);
  });

  it("the oldest message only: those behind it have time from when it was answered", () => {
    const dial = begin();
    let oldest = dial.client.publish("a", "0", 1);
    for (let i = 1; i < 8; i++) {
      const next = dial.client.publish("a", i, 1);
      dial.passes(5000);
      dial.serverSays(`PUBACK ${oldest}`);
      oldest = next;
    }
    expect(dial.heard().filter((line) => line.startsWith("close"))).toEqual([]);
    breaks(dial);
  });

  it("the oldest message also while younger ones are answered", () => {
    const dial = begin();
    dial.client.publish("a", "0", 1);
    for (let i = 1; i < 6; i++) {
      dial.passes(2000);
      dial.serverSays(`PUBACK ${dial.client.publish("a", i, 1)}`);
    }
    dial.passes(2000);
    expect(dial.heard()).toContain(`close ${Status.NO_ANSWER}`);
  });

  it("the oldest PUBREL also while messages at QoS 1 come and go", () => {
    const dial = begin();
    const id = dial.client.publish("a", "0", 2);
    dial.serverSays(`PUBREC ${id}`);
    for (let i = 1; i < 6; i++) {
      dial.passes(2000);
      dial.serverSays(`PUBACK ${dial.client.publish("a", i, 1)}`);
    }
    dial.passes(2000);
    expect(dial.heard()).toContain(`close ${Status.NO_ANSWER}`);
  });

  it("nothing, when nothing is awaited", () => {
    const dial = begin();
    dial.serverSays(`PUBACK ${dial.client.publish("a", "x", 1)}`);
    dial.passes(100000);
    expect(dial.heard()).toHaveLength(1);
  });
});
