// SPDX-License-Identifier: MIT
// Octets and byte arrays on V8, with Node's Buffer and where there is none, as in a browser.

import { afterEach, describe, expect, test, vi } from "vitest";

const all = Uint8Array.from({ length: 256 }, (_, i) => i);
const octets = Array.from(all, (octet) => String.fromCharCode(octet)).join("");

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe.each([
  ["with Buffer", true],
  ["without Buffer", false],
])("%s", (_, hasBuffer) => {
  async function load() {
    vi.resetModules();
    if (!hasBuffer) vi.stubGlobal("Buffer", undefined);
    return import("../../src/engine/v8/octets.js");
  }

  test("all 256 octets go both ways", async () => {
    const { fromOctets, toOctets } = await load();
    expect(toOctets(all)).toBe(octets);
    expect([...fromOctets(octets)]).toEqual([...all]);
  });

  test("a view is no more than what it shows", async () => {
    const { toOctets } = await load();
    expect(toOctets(all.subarray(5, 8))).toBe("\x05\x06\x07");
  });

  test.each([0, 1, 8191, 8192, 8193, 20000])("%d octets", async (length) => {
    const { fromOctets, toOctets } = await load();
    const text = octets.repeat(length / 256 + 1).slice(0, length);
    const bytes = fromOctets(text);
    expect(bytes).toHaveLength(length);
    expect(toOctets(bytes)).toBe(text);
  });

  test("octets are written where they belong", async () => {
    const { octetsWrite } = await load();
    const bytes = new Uint8Array(5);
    octetsWrite(bytes, 1, "\xff\x80a");
    expect([...bytes]).toEqual([0, 255, 128, 97, 0]);
  });
});
