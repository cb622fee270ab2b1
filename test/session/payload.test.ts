// SPDX-License-Identifier: MIT
// Payloads and prepared topics: what a caller may hand over, and in which shape the link gets it.

import { describe, expect, it } from "vitest";
import type { Topic } from "../../src/session/publish.js";
import { Status } from "../../src/status.js";
import { dialOnline, octetsFrom } from "../fake.js";

function payloadsOf(dial: ReturnType<typeof dialOnline>): string[] {
  return dial.link
    .packets()
    .map((packet) => (packet.cmd === "publish" ? octetsFrom(packet.payload as Buffer) : ""));
}

describe("a payload", () => {
  it.each([0, 1, 2])(
    "that is a Uint8Array reaches the link as the same object at QoS %i",
    (qos) => {
      const dial = dialOnline();
      for (const length of [0, 1, 100, 5000]) {
        const payload = new Uint8Array(length).fill(200);
        const before = dial.link.writes.length;
        expect(dial.client.publish("a", payload, qos)).toBeGreaterThanOrEqual(0);
        expect(dial.link.writes.slice(before).some((write) => write.payload === payload)).toBe(
          true,
        );
        expect(payloadsOf(dial)).toEqual(["\xc8".repeat(length)]);
      }
    },
  );

  it("that is a view of a larger buffer is sent as the view only", () => {
    const dial = dialOnline();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (const qos of [0, 1]) dial.client.publish("a", bytes.subarray(126, 130), qos);
    dial.client.publish("a", Buffer.from([0, 255]), 0);
    expect(payloadsOf(dial)).toEqual(["\x7e\x7f\x80\x81", "\x7e\x7f\x80\x81", "\x00\xff"]);
  });

  it("carries all 256 octets", () => {
    const dial = dialOnline();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (const qos of [0, 1, 2]) dial.client.publish("a", all, qos);
    const octets = Buffer.from(all).toString("latin1");
    expect(payloadsOf(dial)).toEqual([octets, octets, octets]);
  });

  it("that is text is sent as UTF-8", () => {
    const dial = dialOnline();
    const texts = ["plain", "grün", "€", "😀", "", "x".repeat(300), "ü".repeat(300), "\xff\x00"];
    for (const text of texts) {
      for (const qos of [0, 1]) expect(dial.client.publish("a", text, qos)).toBeGreaterThan(-1);
    }
    const expected = texts.flatMap((text) => {
      const octets = Buffer.from(text, "utf8").toString("latin1");
      return [octets, octets];
    });
    expect(payloadsOf(dial)).toEqual(expected);
  });

  it("that is a number is sent as decimal text", () => {
    const dial = dialOnline();
    for (const value of [0, -1, 21.5, 1e21]) dial.client.publish("a", value);
    dial.client.publish("a", 7, 1);
    expect(payloadsOf(dial)).toEqual(["0", "-1", "21.5", "1e+21", "7"]);
  });

  it("may be changed by the caller once publish has returned: a resend is as it was", () => {
    const dial = dialOnline();
    const payload = new Uint8Array([1, 2, 3]);
    dial.client.publish("a", payload, 1);
    payload.fill(9);
    dial.reconnects();
    expect(payloadsOf(dial)).toEqual(["\x01\x02\x03"]);
  });
});

describe("a topic of text that is not ASCII", () => {
  it("is sent as UTF-8, with its length in octets [MQTT-3.3.2-1]", () => {
    const dial = dialOnline();
    dial.client.publish("größe/😀", "x");
    expect(dial.sent()).toEqual(["PUBLISH q0 größe/😀 x"]);
  });

  it("is not changed or normalized: U+FEFF and decomposed letters stay [MQTT-1.5.3-3]", () => {
    const dial = dialOnline();
    for (const topic of ["\ufeffa", "o\u0308", "ö"]) dial.client.publish(topic, "x");
    const topics = dial.link.packets().map((packet) => packet.cmd === "publish" && packet.topic);
    expect(topics).toEqual(["\ufeffa", "o\u0308", "ö"]);
  });
});

describe("a prepared topic", () => {
  it("takes the place of its name", () => {
    const dial = dialOnline();
    const topic = dial.client.topic("größe") as Topic;
    expect(dial.client.publish(topic, "1")).toBe(0);
    expect(dial.client.publish("other", "2")).toBe(0);
    const id = dial.client.publish(topic, "3", 1, true);
    dial.client.publishParts(topic, 1, 0, false, () => "4");
    expect(dial.sent()).toEqual([
      "PUBLISH q0 größe 1",
      "PUBLISH q0 other 2",
      `PUBLISH ${id} q1 retain größe 3`,
      "PUBLISH q0 größe 4",
    ]);
  });

  it("serves in turn with another one and with names", () => {
    const dial = dialOnline();
    const a = dial.client.topic("a") as Topic;
    const b = dial.client.topic("b") as Topic;
    for (const topic of [a, b, a, "c", b, "c", "a", a]) dial.client.publish(topic, "");
    expect(dial.sent().map((word) => word.split(" ")[2])).toEqual([..."abacbcaa"]);
  });

  it("serves another client", () => {
    const topic = dialOnline().client.topic("a/b") as Topic;
    const other = dialOnline();
    other.client.publish(topic, "x");
    expect(other.sent()).toEqual(["PUBLISH q0 a/b x"]);
  });

  it("is refused like a name: a wildcard [MQTT-3.3.2-2], nothing [MQTT-4.7.3-1]", () => {
    const dial = dialOnline();
    for (const name of ["a/+", "#", "", "\0", "\ud800"]) {
      expect(dial.client.topic(name)).toBe(Status.INVALID_TOPIC);
    }
  });
});
