// SPDX-License-Identifier: MIT
// PUBLISH both ways (MQTT 3.1.1 section 3.3), with mqtt-packet as the judge.

import fc from "fast-check";
import mqttPacket, { type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { decodeHeader, encodeString } from "../../src/wire/packet.js";
import { decodePublish, encodePublish } from "../../src/wire/publish.js";
import { publishOf } from "../words.js";

const fields = { qos: 0, topicEnd: 0, packetId: 0, payloadAt: 0 };
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
  it("is encoded so that mqtt-packet reads it", () => {
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
        expect(decodePublish(fields, octets.charCodeAt(at), octets, body, end)).toBe(true);
        const name = Buffer.from(octets.slice(body + 2, fields.topicEnd), "latin1").toString(
          "utf8",
        );
        expect(name).toBe(topic);
        expect(fields.qos).toBe(qos);
        expect(fields.packetId).toBe(qos > 0 ? id : 0);
        expect(octets.slice(fields.payloadAt, end)).toBe(payload);
      }),
    );
  });

  it("is refused when its body is cut within topic or identifier", () => {
    for (const qos of [0, 1, 2]) {
      const octets = publishOf("a/b", "xyz", qos, 5);
      const payloadAt = 2 + 2 + 3 + (qos > 0 ? 2 : 0);
      for (let end = 2; end <= octets.length; end++) {
        const result = decodePublish(fields, octets.charCodeAt(0), octets, 2, end);
        expect([qos, end, result]).toEqual([qos, end, end >= payloadAt]);
      }
    }
  });

  const wrong: [string, number, string][] = [
    ["QoS 3 [MQTT-3.3.1-4]", 0x36, "\x00\x01a\x00\x05"],
    ["QoS 3 with DUP and RETAIN [MQTT-3.3.1-4]", 0x3f, "\x00\x01a\x00\x05"],
    ["DUP at QoS 0 [MQTT-3.3.1-2]", 0x38, "\x00\x01ax"],
    ["DUP and RETAIN at QoS 0 [MQTT-3.3.1-2]", 0x39, "\x00\x01ax"],
    ["identifier 0 at QoS 1 [MQTT-2.3.1-1]", 0x32, "\x00\x01a\x00\x00"],
    ["identifier 0 at QoS 2 [MQTT-2.3.1-1]", 0x3c, "\x00\x01a\x00\x00"],
  ];
  it.each(wrong)("is refused with %s", (_, first, body) => {
    expect(decodePublish(fields, first, body, 0, body.length)).toBe(false);
  });

  it("is taken with every other first octet", () => {
    for (const first of [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3b, 0x3c, 0x3d]) {
      const body = "\x00\x01a\x00\x05payload";
      expect(decodePublish(fields, first, body, 0, body.length)).toBe(true);
      expect(fields.qos).toBe(Math.floor(first / 2) % 4);
    }
  });
});
