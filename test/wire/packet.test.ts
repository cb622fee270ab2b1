// SPDX-License-Identifier: MIT
// What all packets share (MQTT 3.1.1 chapter 2): Remaining Length both ways, cut at every octet,
// and UTF-8 as TextDecoder judges it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUtf8 } from "../../src/engine/utf8.js";
import {
  decodeHeader,
  decodeInteger,
  encodeHeader,
  encodeInteger,
  encodeString,
  release,
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
    expect(encodeHeader(0x30, length, "")).toBe(`0${octets}`);
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
        const header = encodeHeader(0x30, length, "");
        expect(decodeHeader(fields, header + behind, 0)).toBe(header.length);
        expect(fields.length).toBe(length);
      }),
    );
  });

  it("of a fifth octet is none", () => {
    for (const octets of ["\x80\x80\x80\x80\x01", "\xff\xff\xff\xff\x7f", "\xff\xff\xff\xff"]) {
      expect(decodeHeader(fields, `0${octets}`, 0)).toBe(-1);
    }
  });
});

describe("PUBREL", () => {
  it("is 98, 2 and the packet identifier [MQTT-3.6.1-1]", () => {
    expect(release("\x12\x34")).toBe("\x62\x02\x12\x34");
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
