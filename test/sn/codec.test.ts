// SPDX-License-Identifier: MIT
// The messages of MQTT-SN 1.2, both ways: one table of vectors, whole and cut at every octet, and
// properties. The octets were checked with two other programs that read MQTT-SN.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressOf,
  encapsulate,
  encapsulatedAt,
  encodeAck,
  encodeAdvertise,
  encodeConnect,
  encodeGatewayInfo,
  encodePublish,
  encodeRegister,
  encodeReturnCode,
  encodeSearchGateway,
  encodeSleep,
  encodeSuback,
  encodeSubscription,
  encodeWillTopic,
  isTopicWhole,
  portOf,
} from "../../src/sn/messages.js";
import {
  decodeMessage,
  encodeMessage,
  isRetained,
  type MessageFields,
  MsgFlag,
  MsgType,
  qosOf,
} from "../../src/sn/packet.js";
import { Status } from "../../src/status.js";
import { decodeInteger, encodeInteger } from "../../src/wire/packet.js";
import { octetsOf, wordOf } from "./words.js";

const fromHex = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex").toString("latin1");
const id = encodeInteger;

interface Vector {
  /** In words, as test/sn/words.ts reads and writes them. */
  words: string;
  octets: string;
  encoded: string;
  fields: Partial<Record<"flags" | "topicId" | "msgId" | "code" | "duration", number>>;
  data: string;
}

/** What is said, its octets, what our encoder makes, and what is found in it. */
function vector(
  words: string,
  hex: string,
  encoded: string,
  fields: Vector["fields"] = {},
  data = "",
): Vector {
  return { words, octets: fromHex(hex), encoded, fields, data };
}

const CLEAN = MsgFlag.CLEAN_SESSION;
const vectors: Vector[] = [
  vector("ADVERTISE 7 900", "05 00 07 03 84", encodeAdvertise(7, 900), { code: 7, duration: 900 }),
  vector("SEARCHGW 3", "03 01 03", encodeSearchGateway(3), { code: 3 }),
  vector("GWINFO 8", "03 02 08", encodeGatewayInfo(8, ""), { code: 8 }),
  vector(
    "GWINFO 8 c0a801020730",
    "09 02 08 c0 a8 01 02 07 30",
    encodeGatewayInfo(8, fromHex("c0a801020730")),
    { code: 8 },
    fromHex("c0a801020730"),
  ),
  vector(
    "CONNECT clean 60 qa",
    "08 04 04 01 00 3C 71 61",
    encodeConnect(CLEAN, 60, "qa"),
    { flags: 4, code: 1, duration: 60 },
    "qa",
  ),
  vector(
    "CONNECT will clean 60 st",
    "08 04 0C 01 00 3C 73 74",
    encodeConnect(CLEAN + MsgFlag.WILL, 60, "st"),
    { flags: 12, code: 1, duration: 60 },
    "st",
  ),
  vector("CONNACK 0", "03 05 00", encodeReturnCode(MsgType.CONNACK, 0), { code: 0 }),
  vector("WILLTOPICREQ", "02 06", encodeMessage(MsgType.WILLTOPICREQ, "")),
  vector(
    "WILLTOPIC q1 w/t",
    "06 07 20 77 2F 74",
    encodeWillTopic(MsgType.WILLTOPIC, MsgFlag.QOS, "w/t"),
    { flags: 32 },
    "w/t",
  ),
  vector("WILLTOPIC", "02 07", encodeMessage(MsgType.WILLTOPIC, ""), { flags: 0 }),
  vector("WILLMSGREQ", "02 08", encodeMessage(MsgType.WILLMSGREQ, "")),
  vector("WILLMSG gone", "06 09 67 6F 6E 65", encodeMessage(MsgType.WILLMSG, "gone"), {}, "gone"),
  vector("WILLMSG", "02 09", encodeMessage(MsgType.WILLMSG, "")),
  vector(
    "REGISTER 0 1 t/q2",
    "0A 0A 00 00 00 01 74 2F 71 32",
    encodeRegister(id(0), id(1), "t/q2"),
    { topicId: 0, msgId: 1 },
    "t/q2",
  ),
  vector("REGACK 1 1 0", "07 0B 00 01 00 01 00", encodeAck(MsgType.REGACK, id(1), id(1), 0), {
    topicId: 1,
    msgId: 1,
    code: 0,
  }),
  vector(
    "PUBLISH 2 q2 #1 two",
    "0A 0C 40 00 01 00 02 74 77 6F",
    encodePublish(2 * MsgFlag.QOS, id(1), id(2), "two"),
    { flags: 64, topicId: 1, msgId: 2 },
    "two",
  ),
  vector(
    "PUBLISH q-1 =1 qm1pre",
    "0D 0C 61 00 01 00 00 71 6D 31 70 72 65",
    encodePublish(3 * MsgFlag.QOS + 1, id(1), id(0), "qm1pre"),
    { flags: 97, topicId: 1, msgId: 0 },
    "qm1pre",
  ),
  vector(
    "PUBLISH 1 q1 'ab' short",
    "0C 0C 22 61 62 00 01 73 68 6F 72 74",
    encodePublish(MsgFlag.QOS + 2, "ab", id(1), "short"),
    { flags: 34, topicId: 0x6162, msgId: 1 },
    "short",
  ),
  vector(
    "PUBLISH 7 q1 dup retain #3",
    "07 0C B0 00 03 00 07",
    encodePublish(MsgFlag.DUP + MsgFlag.QOS + MsgFlag.RETAIN, id(3), id(7), ""),
    { flags: 0xb0, topicId: 3, msgId: 7 },
  ),
  vector("PUBACK 1 2 2", "07 0D 00 01 00 02 02", encodeAck(MsgType.PUBACK, id(1), id(2), 2), {
    topicId: 1,
    msgId: 2,
    code: 2,
  }),
  vector("PUBCOMP 2", "04 0E 00 02", encodeMessage(MsgType.PUBCOMP, id(2)), { msgId: 2 }),
  vector("PUBREC 2", "04 0F 00 02", encodeMessage(MsgType.PUBREC, id(2)), { msgId: 2 }),
  vector("PUBREL 2", "04 10 00 02", encodeMessage(MsgType.PUBREL, id(2)), { msgId: 2 }),
  vector(
    "SUBSCRIBE 1 q1 n/+",
    "08 12 20 00 01 6E 2F 2B",
    encodeSubscription(MsgType.SUBSCRIBE, MsgFlag.QOS, id(1), "n/+"),
    { flags: 32, msgId: 1 },
    "n/+",
  ),
  vector(
    "SUBSCRIBE 1 q1 'xy'",
    "07 12 22 00 01 78 79",
    encodeSubscription(MsgType.SUBSCRIBE, MsgFlag.QOS + 2, id(1), "xy"),
    { flags: 34, msgId: 1 },
    "xy",
  ),
  vector(
    "SUBSCRIBE 1 q1 =1",
    "07 12 21 00 01 00 01",
    encodeSubscription(MsgType.SUBSCRIBE, MsgFlag.QOS + 1, id(1), id(1)),
    { flags: 33, msgId: 1 },
    id(1),
  ),
  vector("SUBACK q1 0 1 0", "08 13 20 00 00 00 01 00", encodeSuback(32, id(0), id(1), 0), {
    flags: 32,
    topicId: 0,
    msgId: 1,
    code: 0,
  }),
  vector(
    "UNSUBSCRIBE 5 n/+",
    "08 14 00 00 05 6E 2F 2B",
    encodeSubscription(MsgType.UNSUBSCRIBE, 0, id(5), "n/+"),
    { flags: 0, msgId: 5 },
    "n/+",
  ),
  vector("UNSUBACK 5", "04 15 00 05", encodeMessage(MsgType.UNSUBACK, id(5)), { msgId: 5 }),
  vector("PINGREQ sl", "04 16 73 6C", encodeMessage(MsgType.PINGREQ, "sl"), {}, "sl"),
  vector("PINGREQ", "02 16", encodeMessage(MsgType.PINGREQ, "")),
  vector("PINGRESP", "02 17", encodeMessage(MsgType.PINGRESP, "")),
  vector("DISCONNECT 30", "04 18 00 1E", encodeSleep(30), { duration: 30 }),
  vector("DISCONNECT", "02 18", encodeMessage(MsgType.DISCONNECT, ""), { duration: 0 }),
  vector(
    "WILLTOPICUPD q2 retain w",
    "04 1A 50 77",
    encodeWillTopic(MsgType.WILLTOPICUPD, 2 * MsgFlag.QOS + MsgFlag.RETAIN, "w"),
    { flags: 80 },
    "w",
  ),
  vector("WILLTOPICUPD", "02 1A", encodeMessage(MsgType.WILLTOPICUPD, "")),
  vector("WILLTOPICRESP 3", "03 1B 03", encodeReturnCode(MsgType.WILLTOPICRESP, 3), { code: 3 }),
  vector("WILLMSGUPD new", "05 1C 6E 65 77", encodeMessage(MsgType.WILLMSGUPD, "new"), {}, "new"),
  vector("WILLMSGRESP 0", "03 1D 00", encodeReturnCode(MsgType.WILLMSGRESP, 0), { code: 0 }),
];

function decode(octets: string) {
  const m = {} as MessageFields;
  return { status: decodeMessage(m, octets), m };
}

describe.each(vectors)("$words", ({ words, octets, encoded, fields, data }) => {
  const type = octets.charCodeAt(1);

  test("is these octets [SN 5.4]", () => {
    expect(Buffer.from(encoded, "latin1").toString("hex")).toBe(
      Buffer.from(octets, "latin1").toString("hex"),
    );
    expect(wordOf(octets)).toBe(words);
    expect(octetsOf(words)).toBe(octets);
  });

  test("is read, behind a header in the long form too [SN 5.2.1]", () => {
    const long = String.fromCharCode(1) + id(octets.length + 2) + octets.slice(1);
    for (const form of [octets, long]) {
      const { status, m } = decode(form);
      expect(status).toBe(Status.OK);
      expect(m.type).toBe(type);
      const found = {
        ...m,
        topicId: fields.topicId !== undefined ? decodeInteger(m.topicId, 0) : undefined,
        msgId: fields.msgId !== undefined ? decodeInteger(m.msgId, 0) : undefined,
      };
      expect(found).toMatchObject(fields);
      expect(form.slice(m.data)).toBe(data);
    }
  });

  test("is refused when it is cut anywhere, or has an octet behind it [SN 5.2.1]", () => {
    for (let end = 0; end < octets.length; end++) {
      expect(decode(octets.slice(0, end)).status).toBe(Status.MALFORMED);
    }
    expect(decode(octets + "x").status).toBe(Status.MALFORMED);
  });

  test("with fewer fields is refused, or is another message that there is [SN 5.4]", () => {
    for (let end = 2; end < octets.length; end++) {
      const cut = String.fromCharCode(end) + octets.slice(1, end);
      const { status, m } = decode(cut);
      if (status === Status.OK) expect(wordOf(cut).split(" ")[0]).toBe(words.split(" ")[0]);
      const least = octets.length - data.length + (needsData.has(type) ? 1 : 0);
      const isEmpty = end === 2 && mayBeEmpty.has(type);
      expect(status === Status.OK).toBe(end >= least || isEmpty);
      if (status === Status.OK) expect(m.data).toBeLessThanOrEqual(end);
    }
  });

  test("with more fields than it has is refused [SN 5.4]", () => {
    if (goesToTheEnd.has(type)) return;
    const more = String.fromCharCode(octets.length + 1) + octets.slice(1) + "x";
    expect(decode(more).status).toBe(Status.MALFORMED);
  });
});

const needsData = new Set<number>([4, 7, 10, 18, 20, 26]);
const mayBeEmpty = new Set<number>([7, 24, 26]);
const goesToTheEnd = new Set<number>([2, 4, 7, 9, 10, 12, 18, 20, 22, 26, 28]);

describe("what is no message", () => {
  test.each([
    "",
    "00 00 00",
    "06 12 07",
    "01",
    "01 00",
    "01 00 03",
    "04 12 20 00",
    "01 00 02 17",
    "03 17",
    "02 0C",
    "03 18 00",
    "05 18 00 1E 00",
    "02 04",
    "06 04 04 01 00 3C",
    "03 07 20",
  ])("%s is refused [SN 5.2]", (hex) => {
    expect(decode(fromHex(hex)).status).toBe(Status.MALFORMED);
  });

  test("reserved types are refused [SN 5.2.2]", () => {
    const known = new Set(vectors.map(({ octets }) => octets.charCodeAt(1)));
    for (let type = 0; type < 256; type++) {
      if (known.has(type)) continue;
      for (const body of ["", "x", "xxxxxx"]) {
        expect(decode(encodeMessage(type, body)).status).toBe(Status.MALFORMED);
      }
    }
    expect(known.size).toBe(27);
  });
});

test("a message of 256 octets and more has a header in the long form [SN 5.2.1]", () => {
  const octets = encodePublish(MsgFlag.QOS, id(1), id(2), "x".repeat(400));
  expect(octets.slice(0, 9)).toBe(fromHex("01 01 99 0C 20 00 01 00 02"));
  expect(octets.length).toBe(0x199);
  const { status, m } = decode(octets);
  expect(status).toBe(Status.OK);
  expect(m.data).toBe(9);
  expect(encodeMessage(MsgType.WILLMSG, "x".repeat(253)).charCodeAt(0)).toBe(255);
  expect(encodeMessage(MsgType.WILLMSG, "x".repeat(254)).charCodeAt(0)).toBe(1);
});

test("an encapsulated message stands behind a header that counts itself only [SN 5.5]", () => {
  const octets = encapsulate(0, fromHex("AA BB"), encodeConnect(CLEAN, 60, "fw"));
  expect(octets).toBe(fromHex("05 FE 00 AA BB 08 04 04 01 00 3C 66 77"));
  expect(encapsulatedAt(octets)).toBe(5);
  for (let end = 0; end < 5; end++) expect(encapsulatedAt(octets.slice(0, end))).toBe(0);
  expect(encapsulatedAt(octetsOf("PUBLISH q0 #1 x"))).toBe(0);
  expect(encapsulatedAt(fromHex("02 FE 00"))).toBe(0);
});

test("an identifier or a short name in SUBSCRIBE is two octets long [SN 5.4.15]", () => {
  const whole = (hex: string) => {
    const octets = fromHex(hex);
    const { m, status } = decode(octets);
    expect(status).toBe(Status.OK);
    return isTopicWhole(m, octets);
  };
  expect(whole("06 12 20 00 01 6E")).toBe(true);
  expect(whole("07 12 22 00 01 78 79")).toBe(true);
  expect(whole("06 12 22 00 01 78")).toBe(false);
  expect(whole("08 14 01 00 01 78 79 7A")).toBe(false);
  expect(whole("07 12 23 00 01 78 79")).toBe(false);
});

test("the address of a gateway is IPv4 and a port, or none [SN 5.4.3]", () => {
  const octets = octetsOf("GWINFO 1 c0a801fe0730");
  expect(addressOf(octets, 3)).toBe("192.168.1.254");
  expect(portOf(octets, 3)).toBe(1840);
  expect(addressOf(octetsOf("GWINFO 1 c0a801fe"), 3)).toBe("");
  expect(addressOf(octetsOf("GWINFO 1"), 3)).toBe("");
});

describe("any fields", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const two = fc.integer({ min: 0, max: 65535 });
  const octets = (min: number) =>
    fc.uint8Array({ minLength: min, maxLength: 400 }).map((a) => String.fromCharCode(...a));

  test("of a PUBLISH come out as they went in", () => {
    fc.assert(
      fc.property(octet, two, two, octets(0), (flags, topicId, msgId, payload) => {
        const message = encodePublish(flags, id(topicId), id(msgId), payload);
        const { status, m } = decode(message);
        expect(status).toBe(Status.OK);
        expect([m.flags, m.topicId, m.msgId]).toEqual([flags, id(topicId), id(msgId)]);
        expect(message.slice(m.data)).toBe(payload);
        expect(qosOf(flags)).toBe(Math.floor(flags / 32) % 4);
        expect(isRetained(flags)).toBe((flags & 16) > 0);
      }),
    );
  });

  test("of CONNECT, REGISTER, SUBSCRIBE and SUBACK come out as they went in", () => {
    fc.assert(
      fc.property(octet, two, two, octets(1), (one, a, b, text) => {
        const connect = decode(encodeConnect(one, a, text)).m;
        expect([connect.flags, connect.duration]).toEqual([one, a]);
        const register = encodeRegister(id(a), id(b), text);
        const { m } = decode(register);
        expect([m.topicId, m.msgId, register.slice(m.data)]).toEqual([id(a), id(b), text]);
        const subscribe = decode(encodeSubscription(MsgType.SUBSCRIBE, one, id(a), text)).m;
        expect([subscribe.flags, subscribe.msgId]).toEqual([one, id(a)]);
        const suback = decode(encodeSuback(one, id(a), id(b), one)).m;
        expect([suback.flags, suback.topicId, suback.msgId, suback.code]).toEqual([
          one,
          id(a),
          id(b),
          one,
        ]);
      }),
    );
  });

  test("octets of any kind are read without a fault, and within their end", () => {
    fc.assert(
      fc.property(octets(0), fc.boolean(), (text, framed) => {
        const message = framed ? encodeMessage(text.charCodeAt(0) % 32 || 0, text) : text;
        const { status, m } = decode(message);
        if (status === Status.OK) expect(m.data).toBeLessThanOrEqual(message.length);
      }),
    );
  });
});
