// SPDX-License-Identifier: MIT
// PUBLISH both ways (MQTT 3.1.1 section 3.3), with mqtt-packet as the judge.

import fc from "fast-check";
import mqttPacket, { type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { decodeHeader, decodeInteger, encodeString } from "../../src/wire/packet.js";
import { decodeQos, encodePublish, topicEnd } from "../../src/wire/publish.js";
import { publishOf } from "../words.js";

const header = { length: 0 };

/** What mqtt-packet makes of octets. */
function judge(octets: string): Packet[] {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: 4 } as never);
  parser.on("packet", (packet) => packets.push(packet));
  parser.parse(Buffer.from(octets, "latin1"));
  return packets;
}

const message = fc.record({
  topic: fc
    .string({ unit: "binary", minLength: 1, maxLength: 60 })
    .filter((t) => !/[+#\0]/.test(t)),
  payload: fc.uint8Array({ maxLength: 300 }),
  qos: fc.integer({ min: 0, max: 2 }),
  id: fc.integer({ min: 1, max: 65535 }),
  dup: fc.boolean(),
  retain: fc.boolean(),
});

describe("PUBLISH", () => {
  it("is encoded so that mqtt-packet reads it, topic name first [MQTT-3.3.2-1]", () => {
    fc.assert(
      fc.property(message, ({ topic, payload, qos, id, dup, retain }) => {
        const octets = Buffer.from(payload).toString("latin1");
        const name = encodeString(Buffer.from(topic, "utf8").toString("latin1"));
        const flags = qos * 2 + (dup && qos > 0 ? 8 : 0) + (retain ? 1 : 0);
        const head = encodePublish(48 + flags, name, qos > 0 ? id : 0, octets.length);
        const [packet] = judge(head + octets);
        expect(packet).toMatchObject({ topic, qos, retain, dup: dup && qos > 0 });
        expect(packet!.messageId).toBe(qos > 0 ? id : undefined);
        expect(Buffer.from((packet as { payload: Buffer }).payload).toString("latin1")).toBe(
          octets,
        );
      }),
    );
  });

  it.each([126, 127, 128, 129, 16383, 16384])(
    "has its Remaining Length of %d in as few octets as it takes (section 2.2.3)",
    (length) => {
      // The topic name takes three octets.
      const payload = "x".repeat(length - 3);
      const octets = encodePublish(48, "\0\x01a", 0, payload.length) + payload;
      expect(octets).toBe(publishOf("a", payload));
    },
  );

  it("is decoded as mqtt-packet wrote it, wherever it lies", () => {
    fc.assert(
      fc.property(message, fc.string({ maxLength: 9 }), (given, before) => {
        const { topic, qos, id, dup, retain } = given;
        const payload = Buffer.from(given.payload).toString("latin1");
        const flags = { dup: dup && qos > 0, retain };
        const octets = before + publishOf(topic, payload, qos, id, flags) + "behind";
        const at = before.length;
        const body = decodeHeader(header, octets, at);
        const end = body + header.length;
        const from = topicEnd(octets, body);
        const name = Buffer.from(octets.slice(body + 2, from), "latin1").toString("utf8");
        expect(name).toBe(topic);
        expect(decodeQos(octets.charCodeAt(at))).toBe(qos);
        const packetId = qos > 0 ? decodeInteger(octets, from) : 0;
        expect(packetId).toBe(qos > 0 ? id : 0);
        expect(octets.slice(qos > 0 ? from + 2 : from, end)).toBe(payload);
      }),
    );
  });

  it("has QoS 0, 1 or 2, and DUP above 0 only [MQTT-3.3.1-2] [MQTT-3.3.1-4]", () => {
    const found: Record<number, string[]> = {};
    for (let first = 0x30; first < 0x40; first++) {
      (found[decodeQos(first)] ??= []).push(first.toString(16));
    }
    expect(found).toEqual({
      0: ["30", "31"],
      1: ["32", "33", "3a", "3b"],
      2: ["34", "35", "3c", "3d"],
      3: ["36", "37", "38", "39", "3e", "3f"],
    });
  });
});
