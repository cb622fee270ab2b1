// SPDX-License-Identifier: MIT
// Fuzzing of what is decoded: whatever octets come, in whatever chunks, the client makes of them
// what the judge does, and the judge makes of good ones what mqtt-packet does.

import fc from "fast-check";
import mqttPacket, { type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { decodeConnack } from "../../src/wire/connect.js";
import { decodeHeader } from "../../src/wire/packet.js";
import { chunksOf, cuts, noise, stream, validStream } from "./grammar.js";
import { headerOf } from "./dump.js";
import { agrees, agreesInParts, RECEIVED } from "./hears.js";
import { judge } from "./judge.js";
import { fuzz, timeout } from "./run.js";
import { seeds } from "./seeds.js";

describe.each(seeds)("the seed $name", ({ octets, statuses }) => {
  it("is judged as its name says", () => {
    expect(judge(octets, RECEIVED).statuses).toEqual(statuses);
  });

  it("is the same whole, cut at each octet, and in single octets", () => {
    agrees(octets, [octets]);
    for (let at = 1; at < octets.length; at++) {
      agrees(octets, [octets.slice(0, at), octets.slice(at)]);
    }
    agrees(octets, [...octets]);
    for (const inbox of [1, 2, 5, 20]) agreesInParts(octets, [...octets], inbox);
  });
});

describe("fuzzing", () => {
  it(
    "mutated packets, in any chunks",
    () => {
      fuzz(
        "packets",
        fc.property(stream, cuts, (octets, lengths) => {
          agrees(octets, [octets]);
          agrees(octets, chunksOf(octets, lengths));
        }),
        500,
      );
    },
    timeout,
  );

  it(
    "mutated packets and an inbox that is too small",
    () => {
      fuzz(
        "parts",
        fc.property(stream, cuts, fc.integer({ min: 1, max: 60 }), (octets, lengths, inbox) =>
          agreesInParts(octets, chunksOf(octets, lengths), inbox),
        ),
        900,
      );
    },
    timeout,
  );

  it(
    "octets without any grammar",
    () => {
      fuzz(
        "noise",
        fc.property(noise, cuts, (octets, lengths) => {
          agrees(octets, chunksOf(octets, lengths));
        }),
        500,
      );
    },
    timeout,
  );

  it(
    "good packets, which mqtt-packet reads the same",
    () => {
      fuzz(
        "good",
        fc.property(validStream, cuts, (octets, lengths) => {
          const verdict = agrees(octets, chunksOf(octets, lengths));
          expect(verdict.statuses).toEqual([]);
          const found: Packet[] = [];
          const parser = mqttPacket.parser({ protocolVersion: 4 } as never);
          parser.on("packet", (packet) => found.push(packet));
          parser.parse(Buffer.from(octets, "latin1"));
          const seen = new Set<number>();
          const messages = found.flatMap((packet) => {
            if (packet.cmd === "pubrel") seen.delete(packet.messageId!);
            if (packet.cmd !== "publish") return [];
            if (packet.qos === 2 && seen.has(packet.messageId!)) return [];
            if (packet.qos === 2) seen.add(packet.messageId!);
            const { qos, retain, dup } = packet;
            const payload = (packet.payload as Buffer).toString("latin1");
            return [
              { topic: Buffer.from(packet.topic).toString("latin1"), payload, qos, retain, dup },
            ];
          });
          expect(verdict.messages).toEqual(messages);
        }),
        300,
      );
    },
    timeout,
  );

  it(
    "decoders that are given any octets, at any place",
    () => {
      const fields = { length: 0 };
      fuzz(
        "decoders",
        fc.property(noise, fc.nat(40), (octets, at) => {
          const end = decodeHeader(fields, octets, at);
          const header = headerOf(octets, at);
          expect(end).toBe(header?.body ?? (octets.length - at > 4 ? -1 : 0));
          if (header !== undefined) expect(fields.length).toBe(header.length);
          const connack = decodeConnack(octets, at);
          const [flags = NaN, code = NaN] = [...octets.slice(at, at + 2)].map((c) =>
            c.charCodeAt(0),
          );
          const isAnswer = code <= 5 && (flags === 0 || (flags === 1 && code === 0));
          if (at + 2 <= octets.length) {
            expect(connack).toBe(isAnswer ? (code > 0 ? -20 - code : flags) : -26);
          }
        }),
        300,
      );
    },
    timeout,
  );
});
