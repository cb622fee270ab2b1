// SPDX-License-Identifier: MIT
// CONNECT and CONNACK, SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1 sections 3.1, 3.2, 3.8, 3.10), with
// mqtt-packet as the judge.

import fc from "fast-check";
import mqttPacket, { type IConnectPacket, type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { type ConnectFields, decodeConnack, encodeConnect } from "../../src/wire/connect.js";
import { encodeSubscription } from "../../src/wire/subscribe.js";

function judge(octets: string): Packet[] {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser();
  parser.on("packet", (packet) => packets.push(packet));
  expect(parser.parse(Buffer.from(octets, "latin1"))).toBe(0);
  return packets;
}

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((t) => !/\0/.test(t));
const bytes = fc.uint8Array({ maxLength: 40 });

describe("CONNECT", () => {
  it("is encoded so that mqtt-packet reads it [MQTT-3.1.3-1] [MQTT-3.1.3-4]", () => {
    const will = fc.record({
      topic: text.filter((topic) => !/[+#]/.test(topic)),
      payload: bytes,
      qos: fc.integer({ min: 0, max: 2 }),
      retain: fc.boolean(),
    });
    const fields = fc.record(
      { clientId: text, username: text, password: bytes, will },
      { requiredKeys: ["clientId"] },
    );
    const seconds = fc.integer({ min: 0, max: 65535 });
    fc.assert(
      fc.property(fields, fc.boolean(), seconds, (given, clean, keepalive) => {
        const octets = encodeConnect(given as ConnectFields, clean, keepalive);
        if (given.password !== undefined && given.username === undefined) {
          expect(octets).toBe("");
          return;
        }
        const [packet] = judge(octets) as [IConnectPacket];
        expect(packet).toMatchObject({ clientId: given.clientId, clean, keepalive });
        expect(packet.protocolVersion).toBe(4);
        expect(packet.username).toBe(given.username);
        const plain = (value: unknown) =>
          value === undefined ? undefined : Array.from(Buffer.from(value as Uint8Array));
        expect(plain(packet.password)).toEqual(plain(given.password));
        expect(packet.will === undefined).toBe(given.will === undefined);
        if (given.will !== undefined) {
          const { topic, qos, retain } = given.will;
          expect(packet.will).toMatchObject({ topic, qos, retain });
          expect(plain(packet.will!.payload)).toEqual(plain(given.will.payload));
        }
      }),
    );
  });

  it("has fields of at most 65,535 octets (section 1.5.3)", () => {
    for (const name of ["clientId", "username"]) {
      const of = (length: number) => encodeConnect({ [name]: "x".repeat(length) }, true, 0);
      expect(judge(of(65535))).toMatchObject([{ [name]: "x".repeat(65535) }]);
      expect(of(65536)).toBe("");
    }
  });

  it("is octet for octet the standard's own example of figure 3.6, but for its flags", () => {
    expect(encodeConnect({}, true, 10)).toBe("\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00");
  });
});

describe("CONNACK", () => {
  it("is session present, a refusal, or malformed, for every two octets [MQTT-3.2.2-4]", () => {
    for (let flags = 0; flags < 256; flags++) {
      for (let code = 0; code < 256; code++) {
        let expected: number = Status.MALFORMED;
        if (code === 0 && flags < 2) expected = flags;
        if (flags === 0 && code > 0 && code < 6) expected = -20 - code;
        const result = decodeConnack(`x${String.fromCharCode(flags, code)}`, 1);
        if (result !== expected) expect([flags, code, result]).toEqual([flags, code, expected]);
      }
    }
  });
});

describe("SUBSCRIBE and UNSUBSCRIBE", () => {
  it("are encoded so that mqtt-packet reads them [MQTT-3.8.3-1] [MQTT-3.10.3-1]", () => {
    const id = fc.integer({ min: 1, max: 65535 });
    fc.assert(
      fc.property(text, id, fc.integer({ min: 0, max: 2 }), (filter, messageId, qos) => {
        const octets = Buffer.from(filter, "utf8").toString("latin1");
        const ask = encodeSubscription(messageId, octets, qos);
        const leave = encodeSubscription(messageId, octets, -1);
        const [subscribe, unsubscribe] = judge(ask + leave);
        expect(subscribe).toMatchObject({ cmd: "subscribe", messageId });
        expect(subscribe).toMatchObject({ subscriptions: [{ topic: filter, qos }] });
        expect(unsubscribe).toMatchObject({ cmd: "unsubscribe", messageId });
        expect(unsubscribe).toMatchObject({ unsubscriptions: [filter] });
      }),
    );
  });
});
