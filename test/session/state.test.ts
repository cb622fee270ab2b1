// SPDX-License-Identifier: MIT
// What a session keeps and for how long (MQTT 3.1.1 sections 3.1.2.4 and 4.1), and what is true of all
// packets that a client sends.

import { describe, expect, it } from "vitest";
import { type Dial, dialOnline, dialSession } from "../fake.js";

/** A client in the midst of everything: a PUBREL out, a PUBREC out, a subscription granted. */
function busy(dial: Dial) {
  const wish = dial.client.subscribe("f", 2, (topic) => dial.note(`handler ${topic}`));
  const id = dial.client.publish("a", "x", 2);
  dial.serverSays(`SUBACK ${wish} 2`, `PUBREC ${id}`, "PUBLISH 7 q2 b y");
  dial.sent();
  dial.heard();
  return id;
}

describe("a session", () => {
  it("lasts as long as its connection: a day of silence forgets nothing [MQTT-4.1.0-2]", () => {
    const dial = dialOnline({ keepAlive: 0, answerMs: 100 * 3600 * 1000 });
    const id = busy(dial);
    dial.passes(24 * 3600 * 1000);
    dial.serverSays("PUBLISH 7 q2 dup b y", "PUBLISH q0 f z", `PUBCOMP ${id}`);
    expect(dial.heard()).toEqual(["handler f", `delivered ${id}`]);
    expect(dial.sent()).toEqual(["PUBREC 7"]);
  });

  it("outlives any number of connections with CleanSession 0 [MQTT-3.1.2-4] [MQTT-4.1.0-1]", () => {
    const dial = dialSession();
    const id = busy(dial);
    for (let i = 0; i < 5; i++) {
      dial.reconnects(true);
      expect(dial.sent()).toEqual([`PUBREL ${id}`]);
    }
    dial.heard();
    dial.serverSays("PUBLISH 7 q2 dup b y", "PUBLISH q0 f z", `PUBCOMP ${id}`);
    expect(dial.heard()).toEqual(["handler f", `delivered ${id}`]);
    expect(dial.sent()).toEqual(["PUBREC 7"]);
  });

  it("is discarded with its connection with CleanSession 1 [MQTT-3.1.2-6]", () => {
    const dial = dialOnline();
    const id = busy(dial);
    dial.reconnects();
    // No PUBREL of the old session; the subscription is asked for anew.
    expect(dial.sent().map((word) => word.replace(/ \d+/, ""))).toEqual(["SUBSCRIBE f q2"]);
    expect(dial.heard()).toContain(`uncertain ${id}`);
    // The identifier of a message that waited for its PUBREL is that of a new message.
    dial.serverSays("PUBLISH 7 q2 b other", `PUBCOMP ${id}`);
    expect(dial.heard()).toEqual(["message b q2 other"]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 0, skipped: 1 });
  });
});

describe("the packets of a client", () => {
  it("have the flags of table 2.2, those of PUBLISH apart [MQTT-2.2.2-1]", () => {
    const dial = dialOnline({ keepAlive: 60 });
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBREC ${id}`, `PUBCOMP ${id}`);
    dial.serverSays("PUBLISH 3 q1 a x", "PUBLISH 4 q2 a x", "PUBREL 4");
    dial.serverSays(`SUBACK ${dial.client.subscribe("a")} 0`);
    dial.serverSays(`UNSUBACK ${dial.client.unsubscribe("a")}`);
    dial.passes(60000);
    dial.client.end();
    const octets = dial.link.octets;
    const seen = new Set<number>();
    // No packet here is longer than 127 octets.
    for (let at = 0; at < octets.length; at += 2 + octets.charCodeAt(at + 1))
      seen.add(octets.charCodeAt(at));
    expect([...seen].sort((a, b) => a - b)).toEqual([
      0x10, 0x34, 0x40, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xc0, 0xe0,
    ]);
  });
});

describe("a message", () => {
  it("is answered by its QoS: not, PUBACK, PUBREC [MQTT-3.3.4-1]", () => {
    for (const [qos, answer] of [
      [0, []],
      [1, ["PUBACK 9"]],
      [2, ["PUBREC 9"]],
    ] as const) {
      const dial = dialOnline();
      dial.serverSays(qos > 0 ? `PUBLISH 9 q${qos} a x` : "PUBLISH q0 a x");
      expect(dial.sent()).toEqual(answer);
    }
  });

  it("is acknowledged though nobody listens, or a handler throws [MQTT-4.5.0-2]", () => {
    const dial = dialOnline();
    const arrive = () => dial.serverSays("PUBLISH 1 q1 a x", "PUBLISH 2 q2 a x", "PUBREL 2");
    const answers = ["PUBACK 1", "PUBREC 2", "PUBCOMP 2"];
    dial.client.on("message", undefined as never);
    arrive();
    expect(dial.sent()).toEqual(answers);
    dial.client.on("message", () => {
      throw new Error("no use for it");
    });
    arrive();
    expect(dial.sent()).toEqual(answers);
  });
});
