// SPDX-License-Identifier: MIT
// Chunks of any size: a network may cut what the server says anywhere, and it must make no
// difference to what is heard and what is sent.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Dial, dialSession, dialUp } from "../fake.js";
import { octetsOf, publishOf } from "../words.js";

/** What the server says behind CONNACK to a client with messages 1 … 4 and a subscription. */
const dialogue = octetsOf(
  "PUBLISH q0 a/b hello",
  "PUBACK 1",
  "SUBACK 32768 1",
  "PUBLISH 300 q1 größe/x ",
  "PUBREC 2",
  "PUBREC 3",
  "PUBLISH 7 q2 a/b once",
  publishOf("long/topic", "x".repeat(200), 1, 65535, { retain: true }),
  "PUBLISH 7 q2 dup a/b once",
  "PUBCOMP 3",
  "PINGRESP",
  "PUBREL 7",
  "PUBLISH q0 a/b ",
  "PUBACK 4",
  "PUBLISH 7 q2 a/b again",
  "PUBCOMP 2",
  "UNSUBACK 9",
);

function begin(): Dial {
  const dial = dialSession();
  for (const qos of [1, 2, 2, 1]) dial.client.publish("mine", "x", qos);
  dial.client.subscribe("a/#", 1, (topic) => dial.note(`a/#: ${topic}`));
  dial.sent();
  return dial;
}

function outcome(dial: Dial) {
  return { heard: dial.heard(), sent: dial.sent(), stats: dial.client.stats() };
}

function whole() {
  const dial = begin();
  dial.serverSays(dialogue);
  return outcome(dial);
}

describe("a dialogue", () => {
  it("is what it is", () => {
    const { heard, sent, stats } = whole();
    expect(heard).toEqual([
      "a/#: a/b",
      "delivered 1",
      "subscribed 32768 1",
      "message größe/x q1 ",
      "a/#: a/b",
      `message long/topic q1 retain ${"x".repeat(200)}`,
      "delivered 3",
      "a/#: a/b",
      "delivered 4",
      "a/#: a/b",
      "delivered 2",
    ]);
    expect(sent).toEqual([
      "PUBACK 300",
      "PUBREL 2",
      "PUBREL 3",
      "PUBREC 7",
      "PUBACK 65535",
      "PUBREC 7",
      "PUBCOMP 7",
      "PUBREC 7",
    ]);
    expect(stats).toMatchObject({ inFlight: 0, skipped: 1 });
  });

  it("is the same one octet at a time", () => {
    const dial = begin();
    for (const octet of dialogue) dial.serverSays(octet);
    expect(outcome(dial)).toEqual(whole());
  });

  it("is the same cut in two at every octet", () => {
    const expected = whole();
    for (let at = 0; at <= dialogue.length; at++) {
      const dial = begin();
      dial.serverSays(dialogue.slice(0, at));
      dial.serverSays(dialogue.slice(at));
      expect(outcome(dial)).toEqual(expected);
    }
  });

  it("is the same cut anywhere", () => {
    const expected = whole();
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: dialogue.length }), { maxLength: 12 }),
        (cuts) => {
          const dial = begin();
          let from = 0;
          for (const cut of [...cuts.sort((a, b) => a - b), dialogue.length]) {
            dial.serverSays(dialogue.slice(from, cut));
            from = cut;
          }
          expect(outcome(dial)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("begins the same when CONNACK is cut as well", () => {
    const octets = octetsOf("CONNACK present", "PUBLISH 5 q1 a x", "PUBREL 9");
    for (let at = 1; at < octets.length; at++) {
      const dial = dialSession();
      dial.serverCloses();
      dial.connects();
      dial.heard();
      dial.serverSays(octets.slice(0, at));
      dial.serverSays(octets.slice(at));
      expect(dial.heard()).toEqual(["connect true", "message a q1 x"]);
      expect(dial.sent()).toEqual(["PUBACK 5", "PUBCOMP 9"]);
    }
  });

  it("is not changed by a chunk of no octets, as an empty WebSocket frame is one", () => {
    const dial = dialUp();
    dial.connects();
    dial.serverSays("");
    dial.serverSays("CONNACK");
    dial.serverSays("");
    dial.serverSays("\x30");
    dial.serverSays("");
    dial.serverSays("\x04\x00\x01ax");
    expect(dial.heard()).toEqual(["connect false", "message a q0 x"]);
  });
});
