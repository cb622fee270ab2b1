// SPDX-License-Identifier: MIT
// What a server says, by a grammar: packets it may send with fields near the edges, packets that lie
// about themselves, and octets changed behind its back. All of it shrinks to something small.

import fc, { type Arbitrary } from "fast-check";

const char = String.fromCharCode;
const pair = (value: number) => char((value >> 8) & 255, value & 255);
const field = (octets: string) => pair(octets.length) + octets;

/** Remaining Length in as few octets as it takes, or padded with more: the decoder takes both. */
function lengthOf(value: number, padding = 0): string {
  let octets = "";
  do {
    const more = value >= 128 || octets.length < padding;
    octets += char((value % 128) + (more ? 128 : 0));
    value = Math.floor(value / 128);
    if (!more) break;
  } while (octets.length < 4);
  return octets;
}

const identifier = fc.constantFrom(1, 2, 3, 255, 256, 32768, 65535);
const topic = fc.constantFrom(
  "a",
  "a/b",
  "/",
  "$SYS/x",
  "\xc3\xa4\xf0\x9f\x98\x80",
  "t".repeat(130),
);
const payload = fc
  .oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.nat(400).map((length) => new Uint8Array(length).fill(0x30)) },
  )
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

/** One packet: its first octet, its body. */
type Draft = [first: number, body: string];

const publish: Arbitrary<Draft> = fc
  .tuple(fc.constantFrom(0, 1, 2), fc.boolean(), fc.boolean(), topic, identifier, payload)
  .map(([qos, dup, retain, name, id, octets]) => [
    48 + (dup && qos > 0 ? 8 : 0) + qos * 2 + (retain ? 1 : 0),
    field(name) + (qos > 0 ? pair(id) : "") + octets,
  ]);
const answer: Arbitrary<Draft> = fc
  .tuple(fc.constantFrom(0x40, 0x50, 0x62, 0x70, 0xb0), identifier)
  .map(([first, id]) => [first, pair(id)]);
const suback: Arbitrary<Draft> = fc
  .tuple(identifier, fc.constantFrom(0, 1, 2, 128))
  .map(([id, code]) => [0x90, pair(id) + char(code)]);
const valid = fc.oneof(
  { weight: 5, arbitrary: publish },
  { weight: 4, arbitrary: answer },
  suback,
  fc.constant<Draft>([0xd0, ""]),
);

/** Packets as they should be. */
export const validPacket = valid.map(([first, body]) => char(first) + lengthOf(body.length) + body);
export const validStream = fc
  .array(validPacket, { maxLength: 8 })
  .map((packets) => packets.join(""));

/** Whole fields that are wrong: what a careless server would send. */
const wrong: Arbitrary<Draft> = fc.oneof(
  // PUBLISH with any flags, a topic that is none, an identifier that is none, a length that lies.
  fc
    .tuple(
      fc.integer({ min: 48, max: 63 }),
      fc.constantFrom(
        "a",
        "",
        "a+",
        "#",
        "a\0",
        "\xc0\xaf",
        "\xed\xa0\x80",
        "\xf4\x90\x80\x80",
        "\xc3",
      ),
      fc.constantFrom(0, 1, 65535),
      fc.constantFrom(0, 0, -1, 1, 2, 300),
    )
    .map(([first, name, id, lie]): Draft => [
      first,
      pair(Math.max(0, name.length + lie)) + name + pair(id) + "x",
    ]),
  // Any first octet with a body of any other packet.
  fc.tuple(fc.nat(255), valid).map(([first, [, body]]): Draft => [first, body]),
  // An answer with the wrong length, or without an identifier.
  fc
    .tuple(
      fc.constantFrom(0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xb0, 0xd0),
      fc.uint8Array({ maxLength: 5 }),
    )
    .map(([first, bytes]): Draft => [first, Buffer.from(bytes).toString("latin1")]),
);

/** A packet, or something like one, with its length right, padded, or wrong. */
export const packet = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: valid }, { weight: 2, arbitrary: wrong }),
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(-2, -1, 1, 2, 128, 16384, 2097152, 268435000) },
    ),
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    ),
  )
  .map(([[first, body], lie, padding]) => {
    const length = Math.min(Math.max(0, body.length + lie), 268435455);
    return char(first) + lengthOf(length, padding) + body;
  });

/** A change of octets; places are taken modulo the length, so that all of them hit. */
type Change = (octets: string) => string;
const change: Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(9999), fc.nat(7)).map(([place, bit]): Change => (octets) => {
    const at = place % Math.max(1, octets.length);
    return (
      octets.slice(0, at) + char((octets.charCodeAt(at) || 0) ^ (1 << bit)) + octets.slice(at + 1)
    );
  }),
  fc
    .tuple(fc.nat(9999), fc.uint8Array({ minLength: 1, maxLength: 4 }))
    .map(([place, bytes]): Change => (octets) => {
      const at = place % (octets.length + 1);
      return octets.slice(0, at) + Buffer.from(bytes).toString("latin1") + octets.slice(at);
    }),
  fc
    .tuple(fc.nat(9999), fc.integer({ min: 1, max: 6 }))
    .map(([place, count]): Change => (octets) => {
      const at = place % (octets.length + 1);
      return octets.slice(0, at) + octets.slice(at + count);
    }),
  fc
    .tuple(fc.nat(9999), fc.nat(9999), fc.integer({ min: 1, max: 20 }))
    .map(([from, to, count]): Change => (octets) => {
      const piece = octets.substr(from % (octets.length + 1), count);
      const at = to % (octets.length + 1);
      return octets.slice(0, at) + piece + octets.slice(at);
    }),
  fc.nat(9999).map(
    (place): Change =>
      (octets) =>
        octets.slice(0, place % (octets.length + 1)),
  ),
);

/** What a server says, mutated. */
export const stream = fc
  .tuple(fc.array(packet, { maxLength: 6 }), fc.array(change, { maxLength: 3 }))
  .map(([packets, changes]) => changes.reduce((octets, one) => one(octets), packets.join("")));

/** Octets of no grammar. */
export const noise = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

/** How octets arrive: the lengths of chunks, again and again. */
export const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

/** The octets in chunks. */
export function chunksOf(octets: string, lengths: number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0, i = 0; at < octets.length; i++) {
    const length = lengths[i % lengths.length]!;
    chunks.push(octets.slice(at, at + length));
    at += length;
  }
  return chunks;
}
