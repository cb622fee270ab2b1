// SPDX-License-Identifier: MIT
// What all packets share (MQTT 3.1.1 chapter 2): Remaining Length both ways, cut at every octet,
// and UTF-8 as TextDecoder judges it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUtf8 } from "../../src/engine/utf8.js";
import {
  decodeHeader,
  decodeInteger,
  encodeInteger,
  encodePacket,
  encodeString,
  First,
  placeOf,
  withoutPlace,
} from "../../src/wire/packet.js";

const fields = { length: -1 };

describe("Remaining Length", () => {
  // Table 2.4 of the standard: the first and the last value of each number of octets.
  const table: [number, string][] = [
    [0, "\x00"],
    [127, "\x7f"],
    [128, "\x80\x01"],
    [16383, "\xff\x7f"],
    [16384, "\x80\x80\x01"],
    [2097151, "\xff\xff\x7f"],
    [2097152, "\x80\x80\x80\x01"],
    [268435455, "\xff\xff\xff\x7f"],
    [321, "\xc1\x02"],
  ];

  it.each(table)("%i is encoded and decoded as in table 2.4", (length, octets) => {
    expect(encodePacket(0x30, "", length)).toBe(`0${octets}`);
    expect(decodeHeader(fields, `0${octets}`, 0)).toBe(octets.length + 1);
    expect(fields.length).toBe(length);
    expect(decodeHeader(fields, `xyz0${octets}xyz`, 3)).toBe(octets.length + 4);
    expect(fields.length).toBe(length);
  });

  it.each(table)("%i is not decoded when it is cut", (_, octets) => {
    for (let end = 0; end <= octets.length; end++) {
      expect(decodeHeader(fields, `0${octets}`.slice(0, end), 0)).toBe(0);
    }
  });

  it("is what was encoded", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 268435455 }), fc.string(), (length, behind) => {
        const header = encodePacket(0x30, "", length);
        expect(decodeHeader(fields, header + behind, 0)).toBe(header.length);
        expect(fields.length).toBe(length);
      }),
    );
  });

  it("counts the body and what comes behind it", () => {
    expect(encodePacket(0x62, "\x00\x07", 0)).toBe("\x62\x02\x00\x07");
    expect(encodePacket(0x30, "abc", 200)).toBe("\x30\xcb\x01abc");
  });

  it("of a fifth octet is none", () => {
    for (const octets of ["\x80\x80\x80\x80\x01", "\xff\xff\xff\xff\x7f", "\xff\xff\xff\xff"]) {
      expect(decodeHeader(fields, `0${octets}`, 0)).toBe(-1);
    }
  });
});

describe("integers and strings", () => {
  it("are what was encoded, most significant octet first", () => {
    expect(encodeInteger(0x1234)).toBe("\x12\x34");
    for (let value = 0; value < 65536; value += 17) {
      expect(decodeInteger(`x${encodeInteger(value)}`, 1)).toBe(value);
    }
    expect(decodeInteger("\xff\xff", 0)).toBe(65535);
    expect(encodeString("")).toBe("\x00\x00");
    expect(encodeString("x".repeat(300)).slice(0, 3)).toBe("\x01\x2cx");
  });
});

describe("UTF-8", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  function judge(bytes: Uint8Array): boolean {
    try {
      decoder.decode(bytes);
      return !bytes.includes(0);
    } catch {
      return false;
    }
  }
  const octetsOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  const agrees = (bytes: Uint8Array) => {
    expect([bytes, isUtf8(octetsOf(bytes))]).toEqual([bytes, judge(bytes)]);
  };

  it("is judged as by TextDecoder, for every pair of octets [MQTT-1.5.3-1]", () => {
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        const bytes = Uint8Array.of(a, b);
        if (isUtf8(octetsOf(bytes)) !== judge(bytes)) expect([a, b]).toBe("as TextDecoder judges");
      }
    }
  });

  it("is judged as by TextDecoder, for any octets [MQTT-1.5.3-1]", () => {
    const lead = fc.constantFrom(0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x41);
    const more = fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0x7f, 0x41);
    const near = fc.tuple(lead, more, more, more, lead).map((octets) => Uint8Array.from(octets));
    fc.assert(fc.property(near, agrees), { numRuns: 2000 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 8 }), agrees), { numRuns: 1000 });
  });

  it("is valid for any text, and cut anywhere only where TextDecoder says so", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 6 }), (text) => {
        const bytes = new TextEncoder().encode(text);
        for (let end = 0; end <= bytes.length; end++) agrees(bytes.subarray(0, end));
      }),
    );
  });

  it("has no U+0000 [MQTT-1.5.3-2]", () => {
    expect(isUtf8("a\0b")).toBe(false);
    expect(isUtf8("\0")).toBe(false);
    expect(isUtf8("\xc0\x80")).toBe(false);
    expect(isUtf8("")).toBe(true);
  });
});

describe("a row of packets of four octets", () => {
  const packet = (id: number) => encodePacket(First.PUBREL, encodeInteger(id), 0);
  /** As Espruino 2v29 does: the mere beginning of what is searched is found at the end. */
  const careless = (text: string, sought: string) => {
    for (let at = 0; at <= text.length; at++) {
      const piece = text.slice(at, at + sought.length);
      if (piece !== "" && sought.startsWith(piece) && text.length >= sought.length) return at;
    }
    return -1;
  };

  it("is searched where an identifier stands, however the octets fall", () => {
    // 98, 2 is how each packet begins: identifiers of these octets are where searching goes wrong.
    const octet = fc.constantFrom(0, 1, 2, 3, 97, 98, 99, 255);
    const id = fc.tuple(octet, octet).map(([high, low]) => high * 256 + low);
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 20 }), id, (ids, sought) => {
        const row = ids.map(packet).join("");
        const place = ids.includes(sought) ? ids.indexOf(sought) * 4 : -1;
        expect(placeOf(row, packet(sought))).toBe(place);
        const found = careless(row, packet(sought));
        expect(found % 4 === 0 ? found : -1).toBe(place);
        expect(withoutPlace(row, place)).toBe(
          ids
            .filter((other) => other !== sought)
            .map(packet)
            .join(""),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
