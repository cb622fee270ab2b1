// SPDX-License-Identifier: MIT
// Datagrams over a byte stream that loses, doubles and injects octets: what arrives is what was sent, or
// nothing.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc16 } from "#engine";
import { decodeFrame, encodeFrame, type FrameReader, readFrames } from "../../src/sn/frame.js";
import { frame } from "./words.js";

/** A reader that keeps the messages it finds. */
function reader(most = 528) {
  const r: FrameReader = { part: "" };
  const got: string[] = [];
  return {
    r,
    got,
    reads: (octets: string) => {
      for (const piece of readFrames(r, octets, most)) {
        const message = decodeFrame(piece);
        if (message !== "") got.push(message);
      }
    },
  };
}

/** Numbers from 0 to below 1, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) / 32768;
  };
}

test("the check is CRC-16 as Modbus has it", () => {
  expect(crc16("123456789")).toBe(0x4b37);
  expect(crc16("")).toBe(65535);
  expect(encodeFrame("123456789")).toBe("~123456789\x37\x4b~");
});

test("flag, escape and what a console takes for itself are not inside a frame", () => {
  const octets = encodeFrame("a\x03\x11\x13~}b");
  expect(octets.slice(1, 13)).toBe("a}#}1}3}^}]b");
  expect(octets.slice(1, -1)).not.toMatch(/[\x03\x11\x13~]/);
  expect(decodeFrame(octets.slice(1, -1))).toBe("a\x03\x11\x13~}b");
});

test("any octets go through, cut anywhere", () => {
  const message = fc
    .uint8Array({ minLength: 1, maxLength: 300 })
    .map((bytes) => String.fromCharCode(...bytes));
  fc.assert(
    fc.property(fc.array(message), fc.integer({ min: 1, max: 40 }), (messages, size) => {
      const { reads, got } = reader();
      const octets = messages.map(encodeFrame).join("");
      for (let at = 0; at < octets.length; at += size) reads(octets.slice(at, at + size));
      expect(got).toEqual(messages);
    }),
  );
});

describe("a wire with faults", () => {
  const messages = Array.from({ length: 2000 }, (_, i) =>
    frame(0x0c, `\x22ab\0${String.fromCharCode(i % 256)}${i} ~}\x03\x11\x13 ${"x".repeat(i % 30)}`),
  );
  const sent = new Set(messages);

  /** Sends them all, each octet as `fault` makes it. */
  function through(fault: (octet: string, chance: () => number) => string, between = "") {
    const { reads, got } = reader();
    const chance = chanceOf(7);
    for (const message of messages) {
      reads(between + [...encodeFrame(message)].map((octet) => fault(octet, chance)).join(""));
    }
    return got;
  }

  test("XON and XOFF between any octets cost no frame", () => {
    const got = through(
      (octet, chance) => (chance() < 0.1 ? "\x11" : "") + octet + (chance() < 0.1 ? "\x13" : ""),
    );
    expect(got).toEqual(messages);
  });

  test("with XON, XOFF and 1 % of the octets lost, nothing wrong is taken for a message", () => {
    const got = through(
      (octet, chance) => (chance() < 0.05 ? "\x11\x13" : "") + (chance() < 0.01 ? "" : octet),
    );
    expect(got.filter((message) => !sent.has(message))).toEqual([]);
    expect(got.length).toBeGreaterThan(1000);
    expect(got.length).toBeLessThan(2000);
  });

  test("doubled, changed and injected octets are no message either", () => {
    const got = through((octet, chance) => {
      const luck = chance();
      if (luck < 0.003) return octet + octet;
      if (luck < 0.006)
        return String.fromCharCode((octet.charCodeAt(0) + 1 + Math.floor(chance() * 254)) % 256);
      return luck < 0.009 ? octet + "#" : octet;
    });
    expect(got.filter((message) => !sent.has(message))).toEqual([]);
    expect(got.length).toBeGreaterThan(1000);
    expect(got.length).toBeLessThan(2000);
  });

  test("what a console prints in between costs no frame", () => {
    const got = through((octet) => octet, "\r\n>print('~}')\r\n=undefined\r\n");
    expect(got).toEqual(messages);
  });

  test("a flag lost or doubled costs no frame, for each frame has two", () => {
    const { reads, got } = reader();
    for (const [i, message] of messages.entries()) {
      const octets = encodeFrame(message);
      reads(i % 3 === 0 ? octets.slice(1) : i % 3 === 1 ? octets : `~${octets}~`);
    }
    expect(got).toEqual(messages);
  });
});

test("what never ends is not kept", () => {
  const { r, reads, got } = reader(20);
  for (let i = 0; i < 100; i++) {
    reads("x".repeat(30));
    expect(r.part.length).toBeLessThanOrEqual(44);
  }
  reads("~" + encodeFrame("message"));
  expect(got).toEqual(["message"]);
});
