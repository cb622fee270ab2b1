// SPDX-License-Identifier: MIT
// Messages longer than the inbox: handed on in parts with their place and their whole length,
// acknowledged at the last part, and told as broken off when their connection dies.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { type Dial, dialOnline, dialSession } from "../fake.js";
import { octetsOf, publishOf } from "../words.js";

const LONG = Array.from({ length: 100 }, (_, i) => String.fromCharCode(i)).join("");

/** Says octets in chunks of `size`. */
function says(dial: Dial, octets: string, size: number): void {
  for (let at = 0; at < octets.length; at += size) dial.link.says(octets.substring(at, at + size));
}

/** The parts told, as [at, total, octets]. */
function parts(dial: Dial): [number, number, string][] {
  return dial
    .heard()
    .filter((line) => line.startsWith("message"))
    .map((line) => {
      const match = /^message (\S+) q\d(?: retain)?(?: (-?\d+)\/(\d+))? ([^]*)$/.exec(line)!;
      return [Number(match[2] ?? 0), Number(match[3] ?? 0), match[4]!];
    });
}

describe("a long message", () => {
  it.each([0, 1, 2])("comes in parts that make it whole, at QoS %i, however it is cut", (qos) => {
    for (let size = 1; size < 100; size += 3) {
      const dial = dialOnline({ inbox: 32 });
      says(dial, publishOf("long", LONG, qos, 7), size);
      const told = parts(dial);
      let next = 0;
      for (const [at, total, octets] of told) {
        expect([at, total]).toEqual([next, LONG.length]);
        next += octets.length;
      }
      expect(told.map(([, , octets]) => octets).join("")).toBe(LONG);
      expect(told.length).toBeGreaterThan(1);
      expect(dial.sent()).toEqual(qos === 0 ? [] : [qos === 1 ? "PUBACK 7" : "PUBREC 7"]);
    }
  });

  it("has no empty part, so that at 0 comes once", () => {
    const octets = publishOf("long", LONG, 1, 7);
    for (let cut = 1; cut < octets.length; cut++) {
      const dial = dialOnline({ inbox: 32 });
      dial.serverSays(octets.slice(0, cut));
      dial.serverSays(octets.slice(cut));
      for (const [, , part] of parts(dial)) expect([cut, part.length]).not.toEqual([cut, 0]);
    }
  });

  it("comes whole when it lies whole in its chunk", () => {
    const dial = dialOnline({ inbox: 32 });
    says(dial, publishOf("long", LONG, 1, 7), 1000);
    expect(parts(dial)).toEqual([[0, 0, LONG]]);
  });

  it("comes whole when it fits the inbox, however it is cut", () => {
    const dial = dialOnline({ inbox: 200 });
    says(dial, publishOf("long", LONG, 1, 7), 1);
    expect(parts(dial)).toEqual([[0, 0, LONG]]);
  });

  it("is acknowledged at its last part and not before [MQTT-4.3.2-2]", () => {
    for (const [qos, word] of [
      [1, "PUBACK 7"],
      [2, "PUBREC 7"],
    ] as const) {
      const dial = dialOnline({ inbox: 32 });
      const octets = publishOf("long", LONG, qos, 7);
      says(dial, octets.slice(0, -1), 20);
      expect(dial.sent()).toEqual([]);
      dial.serverSays(octets.slice(-1));
      expect(dial.sent()).toEqual([word]);
    }
  });

  it("goes to the handlers of its topic, each part to each", () => {
    const dial = dialOnline({ inbox: 32 });
    const seen: Record<string, string> = { "lo/ng": "", "+/ng": "" };
    for (const filter of Object.keys(seen)) {
      dial.client.subscribe(filter, 0, (topic, payload, packet) => {
        expect([topic, packet.total, packet.at]).toEqual(["lo/ng", 100, seen[filter]!.length]);
        seen[filter] += Buffer.from(payload as Uint8Array).toString("latin1");
      });
    }
    says(dial, publishOf("lo/ng", LONG, 0, 0, { retain: true }), 30);
    expect(seen).toEqual({ "lo/ng": LONG, "+/ng": LONG });
  });

  it("is followed by others in the same chunk, told by their own flags", () => {
    const dial = dialOnline({ inbox: 32 });
    const octets = publishOf("long", LONG, 1, 7, { retain: true });
    const behind = octetsOf("PUBLISH q0 long x", "PUBLISH 8 q1 b y");
    says(dial, octets + behind, 60);
    expect(dial.heard().slice(-2)).toEqual(["message long q0 x", "message b q1 y"]);
    expect(dial.sent()).toEqual(["PUBACK 7", "PUBACK 8"]);
  });

  it("does not keep answers from being read behind it", () => {
    const dial = dialOnline({ inbox: 32 });
    const id = dial.client.publish("a", "x", 1);
    says(dial, publishOf("long", LONG, 0) + octetsOf(`PUBACK ${id}`), 50);
    expect(dial.heard().at(-1)).toBe(`delivered ${id}`);
  });

  it("whose handler throws goes on with the next part", () => {
    const dial = dialOnline({ inbox: 32 });
    dial.client.on("message", (_: string, payload: Uint8Array, packet: { at: number }) => {
      dial.note(`${packet.at} ${payload.length}`);
      throw new Error("oops");
    });
    says(dial, publishOf("long", LONG, 1, 7), 60);
    expect(dial.heard().filter((line) => line === "error oops").length).toBeGreaterThan(1);
    expect(dial.sent()).toEqual(["PUBACK 7"]);
    dial.serverSays("PUBLISH 9 q1 b y");
    expect(dial.sent()).toEqual(["PUBACK 9"]);
  });
});

describe("a long message that breaks off", () => {
  it.each([0, 1, 2])("is told with at −1 and not acknowledged, QoS %i", (qos) => {
    const dial = dialSession({ inbox: 32 });
    const octets = publishOf("long", LONG, qos, 7);
    dial.serverSays(octets.slice(0, 60));
    dial.serverCloses();
    const told = parts(dial);
    expect(told.at(-1)).toEqual([-1, 100, ""]);
    expect(dial.sent()).toEqual([]);
  });

  it("starts again at 0 on the next connection, and then counts", () => {
    const dial = dialSession({ inbox: 32 });
    const octets = publishOf("long", LONG, 2, 7);
    dial.serverSays(octets.slice(0, 60));
    dial.reconnects(true);
    dial.heard();
    says(dial, publishOf("long", LONG, 2, 7, { dup: true }), 40);
    const told = parts(dial);
    expect(told[0]![0]).toBe(0);
    expect(told.map(([, , part]) => part).join("")).toBe(LONG);
    expect(dial.sent()).toEqual(["PUBREC 7"]);
    dial.serverSays(publishOf("long", LONG, 2, 7, { dup: true }), "PUBREL 7");
    expect(parts(dial)).toEqual([]);
    expect(dial.sent()).toEqual(["PUBREC 7", "PUBCOMP 7"]);
  });

  it("is told once, and before close", () => {
    const dial = dialSession({ inbox: 32 });
    dial.serverSays(publishOf("long", LONG, 0).slice(0, 60));
    dial.heard();
    dial.serverCloses();
    expect(dial.heard()).toEqual(["message long q0 -1/100 ", `close ${Status.CLOSED}`]);
    dial.reconnects();
    expect(parts(dial)).toEqual([]);
  });

  it("is told to the handler of its own topic", () => {
    const dial = dialSession({ inbox: 32 });
    dial.client.subscribe("long", 0, (topic, _, packet) => dial.note(`${topic} ${packet.at}`));
    dial.serverSays(publishOf("long", LONG, 0).slice(0, 60));
    dial.serverCloses();
    expect(dial.heard().filter((line) => line.startsWith("long"))).toEqual(["long 0", "long -1"]);
  });
});

describe("a long duplicate at QoS 2", () => {
  it("is not handed on, but acknowledged at its end [MQTT-4.3.3-2]", () => {
    const dial = dialSession({ inbox: 32 });
    const octets = publishOf("long", LONG, 2, 7);
    says(dial, octets, 40);
    dial.heard();
    dial.sent();
    says(dial, octets.slice(0, -1), 40);
    expect(dial.sent()).toEqual([]);
    dial.serverSays(octets.slice(-1) + octetsOf("PUBLISH q0 b x"));
    expect(dial.sent()).toEqual(["PUBREC 7"]);
    expect(dial.heard()).toEqual(["message b q0 x"]);
  });

  it("that breaks off is not told at all", () => {
    const dial = dialSession({ inbox: 32 });
    const octets = publishOf("long", LONG, 2, 7);
    says(dial, octets, 40);
    dial.heard();
    dial.serverSays(octets.slice(0, 60));
    dial.serverCloses();
    expect(parts(dial)).toEqual([]);
  });
});

describe("what does not fit the inbox and is no payload", () => {
  it.each([1, 7, 1000])("a topic closes as INBOX_FULL, in chunks of %i [MQTT-4.8.0-2]", (size) => {
    const dial = dialSession({ inbox: 32 });
    const octets = publishOf("t".repeat(60), "x", 1, 7);
    if (size < octets.length) {
      says(dial, octets.slice(0, 50), size);
      expect(dial.heard()[0]).toBe(`close ${Status.INBOX_FULL}`);
      expect(dial.sent()).toEqual([]);
    } else {
      says(dial, octets, size);
      expect(parts(dial)).toHaveLength(1);
    }
  });

  it("another packet that says it is long closes the connection", () => {
    const dial = dialSession({ inbox: 32 });
    dial.serverSays("\x90\x7f\x80\x00\x00");
    expect(dial.heard()[0]).toMatch(/^close -(16|26|27)$/);
  });

  it("a head that is malformed closes as MALFORMED before its payload came", () => {
    const dial = dialSession({ inbox: 32 });
    dial.serverSays(publishOf("ab", LONG, 1, 7).replace("ab", "a+").slice(0, 60));
    expect(dial.heard()).toEqual([`close ${Status.MALFORMED}`]);
  });
});
