// SPDX-License-Identifier: MIT
// Messages published in parts: the caller's function gives the payload piece by piece, as the link
// takes it, and again when the message is resent.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession, dialUp, octetsFrom } from "../fake.js";

const TEXT = Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");

/** A source that notes how it was asked. */
function source(text = TEXT) {
  const asked: [number, number][] = [];
  const pull = (at: number, max: number) => {
    asked.push([at, max]);
    return text.substring(at, at + max);
  };
  return { asked, pull };
}

function payloadOf(dial: ReturnType<typeof dialOnline>) {
  return dial.link.packets().flatMap((p) => (p.cmd === "publish" ? [octetsFrom(p.payload)] : []));
}

describe("publishParts", () => {
  it.each([0, 1, 2])("sends at QoS %i what was pulled", (qos) => {
    const dial = dialOnline({ linkWindow: 64 });
    const { asked, pull } = source();
    const id = dial.client.publishParts("a", TEXT.length, qos, true, pull);
    expect(qos === 0 ? id === 0 : id > 0).toBe(true);
    for (let i = 0; i < 8; i++) dial.drained();
    expect(asked.every(([, max]) => max > 0 && max <= 64)).toBe(true);
    const [packet] = dial.link.packets();
    expect(packet).toMatchObject({ cmd: "publish", topic: "a", qos, retain: true, dup: false });
    expect(octetsFrom((packet as { payload: Buffer }).payload)).toBe(TEXT);
    expect(dial.client.stats().inFlight).toBe(qos === 0 ? 0 : 1);
    if (qos === 1) dial.serverSays(`PUBACK ${id}`);
    if (qos === 2) dial.serverSays(`PUBREC ${id}`, `PUBCOMP ${id}`);
    expect(dial.heard()).toEqual(qos === 0 ? [] : [`delivered ${id}`]);
  });

  it("asks for each octet once, in order, and never beyond the end", () => {
    const dial = dialOnline({ linkWindow: 50 });
    const { asked, pull } = source();
    dial.client.publishParts("a", TEXT.length, 1, false, pull);
    for (let i = 0; i < 9; i++) dial.drained();
    let next = 0;
    for (const [at, max] of asked) {
      expect(at).toBe(next);
      next += max;
    }
    expect(next).toBe(TEXT.length);
  });

  it("takes less than it asked for, and Uint8Arrays as the same object", () => {
    const dial = dialOnline();
    const parts: Uint8Array[] = [];
    dial.client.publishParts("a", 10, 0, false, (at) => {
      const part = new Uint8Array([at, at + 1]);
      parts.push(part);
      return part;
    });
    expect(payloadOf(dial)).toEqual(["\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09"]);
    expect(parts).toHaveLength(5);
    for (const part of parts) {
      expect(dial.link.writes.some((write) => write.payload === part)).toBe(true);
    }
  });

  it("sends an empty payload without asking", () => {
    const dial = dialOnline();
    const { asked, pull } = source();
    const id = dial.client.publishParts("a", 0, 1, false, pull);
    expect(asked).toEqual([]);
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a `]);
  });

  it("keeps only the head in the outbox", () => {
    const dial = dialOnline({ outbox: 40 });
    const { pull } = source();
    expect(dial.client.publishParts("a", TEXT.length, 1, false, pull)).toBeGreaterThan(0);
    expect(payloadOf(dial)).toEqual([TEXT]);
  });

  it("refuses what publish refuses", () => {
    const dial = dialOnline({ inFlight: 1 });
    const { asked, pull } = source();
    const parts = (topic: string, qos: number) =>
      dial.client.publishParts(topic, 5, qos, false, pull);
    expect(parts("a/#", 1)).toBe(Status.INVALID_TOPIC);
    expect(parts("a", 3)).toBe(Status.INVALID_QOS);
    dial.client.publish("a", "x", 1);
    expect(parts("a", 1)).toBe(Status.IN_FLIGHT_FULL);
    expect(asked).toEqual([]);
  });
});

describe("a resend", () => {
  it.each([1, 2])("asks again from the beginning at QoS %i, with DUP [MQTT-3.3.1-1]", (qos) => {
    const dial = dialSession({ linkWindow: 100 });
    const { asked, pull } = source();
    const id = dial.client.publishParts("a", TEXT.length, qos, false, pull);
    dial.drained();
    asked.length = 0;
    dial.reconnects(true);
    for (let i = 0; i < 5; i++) dial.drained();
    expect(asked[0]![0]).toBe(0);
    expect(dial.link.octets).toContain(TEXT);
    expect(dial.sent()).toEqual([`PUBLISH ${id} q${qos} dup a [300]`]);
  });

  it("asks for nothing that was released [MQTT-4.3.3-1]", () => {
    const dial = dialSession();
    const { asked, pull } = source();
    const id = dial.client.publishParts("a", TEXT.length, 2, false, pull);
    dial.serverSays(`PUBREC ${id}`);
    asked.length = 0;
    dial.reconnects(true);
    expect(asked).toEqual([]);
    expect(dial.sent()).toEqual([`PUBREL ${id}`]);
  });

  it.each([false, true])(
    "is not for QoS 0: what broke off is not repeated, RETAIN %s",
    (retain) => {
      const dial = dialSession({ linkWindow: 100 });
      const { asked, pull } = source();
      dial.client.publishParts("a", TEXT.length, 0, retain, pull);
      dial.drained();
      asked.length = 0;
      dial.reconnects(true);
      dial.drained();
      expect(asked).toEqual([]);
      expect(dial.sent()).toEqual([]);
      expect(dial.client.stats().inFlight).toBe(0);
      expect(dial.client.publish("b", "x")).toBe(0);
    },
  );
});

describe("a source that fails", () => {
  const empty = new Uint8Array(0);
  const nothing = [
    () => "",
    () => empty,
    () => undefined,
    () => null,
    () => ({}),
  ] as (() => never)[];
  it.each([...nothing, () => "x".repeat(5000)])("is told, its message dropped: %s", (pull) => {
    const dial = dialOnline({ linkWindow: 200 });
    const link = dial.link;
    dial.client.publishParts("a", 1000, 1, false, pull as () => string);
    expect(dial.heard()[0]).toBe(`error ${Status.INVALID_PAYLOAD}`);
    expect(dial.client.stats().inFlight).toBe(0);
    // The head is on the wire: the packet cannot be completed, so its connection has to go.
    dial.passes(6000);
    expect(link.dropped).toBe(true);
    dial.accepted();
    expect(dial.sent()).toEqual([]);
    expect(dial.client.publish("a", "x", 1)).toBeGreaterThan(0);
    expect(dial.sent()).toHaveLength(1);
  });

  it("is told when it throws, and messages behind it are not lost", () => {
    const dial = dialOnline({ linkWindow: 100 });
    let calls = 0;
    dial.client.publishParts("a", 300, 2, false, (_, max) => {
      if (++calls > 1) throw new Error("no more");
      return "x".repeat(max);
    });
    const behind = dial.client.publish("b", "y", 1);
    dial.drained();
    expect(dial.heard()[0]).toBe("error no more");
    dial.passes(6000);
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${behind} q1 b y`]);
    expect(dial.client.stats().inFlight).toBe(1);
  });

  it("is told when it throws while the message was offline", () => {
    const dial = dialUp();
    dial.client.publishParts("a", 300, 1, false, () => {
      throw new Error("no source");
    });
    const behind = dial.client.publish("b", "y", 1);
    dial.accepted();
    expect(dial.heard()).toContain("error no source");
    dial.passes(6000);
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${behind} q1 b y`]);
  });
});

describe("a source that fails in the midst of its message", () => {
  /** Gives ten octets, and then nothing. */
  const breaksOff = () => {
    let count = 0;
    return () => (count++ < 1 ? "0123456789" : "");
  };

  it("lets nothing into that until the connection is closed: no PINGREQ", () => {
    const dial = dialOnline({ keepAlive: 4 });
    dial.client.publishParts("a", 100, 1, false, breaksOff());
    const { octets } = dial.link;
    const link = dial.link;
    dial.drained();
    dial.passes(10000);
    expect(link.octets).toBe(octets);
    expect(dial.heard()).toContain(`close ${Status.LINK_FAILED}`);
  });

  it("no message, though the link has taken all; no acknowledgement", () => {
    const dial = dialOnline();
    dial.client.publishParts("a", 100, 1, false, breaksOff());
    const { octets } = dial.link;
    const link = dial.link;
    dial.drained();
    const id = dial.client.publish("a", "next", 1);
    expect(dial.client.publish("a", "zero")).toBe(Status.OFFLINE);
    dial.serverSays("PUBLISH 5 q1 b x");
    expect(link.octets).toBe(octets);
    expect(dial.heard()).toContain(`close ${Status.LINK_FAILED}`);
    dial.accepted();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a next`]);
  });

  it("nothing behind CONNACK, where it was eager", () => {
    const dial = dialUp({ eager: true });
    dial.client.publishParts("a", 100, 1, false, breaksOff());
    dial.client.publish("a", "next", 1);
    dial.dials();
    const { octets } = dial.link;
    const link = dial.link;
    dial.serverSays("CONNACK");
    expect(link.octets).toBe(octets);
    expect(dial.heard()).toContain(`close ${Status.LINK_FAILED}`);
  });

  it("drops its own message only, though a handler of `error` publishes", () => {
    const dial = dialOnline();
    let id = 0;
    dial.client.on("error", () => {
      id = dial.client.publish("a", "of the handler", 1);
    });
    const next = dial.client.publish("a", "before", 1);
    dial.client.publishParts("a", 100, 1, false, breaksOff());
    dial.passes(10000);
    dial.accepted();
    expect(dial.sent().map((word) => word.replace(" dup", ""))).toEqual([
      `PUBLISH ${next} q1 a before`,
      `PUBLISH ${id} q1 a of the handler`,
    ]);
    expect(dial.client.stats().inFlight).toBe(2);
  });
});

describe("a link that takes no more in the midst of a message", () => {
  it("is given up when it has taken nothing for answerMs, where nothing else is awaited", () => {
    for (const keepAlive of [0, 4]) {
      const dial = dialOnline({ keepAlive, answerMs: 8000, linkWindow: 40 });
      dial.client.publishParts("a", TEXT.length, 1, false, source().pull);
      const link = dial.link;
      for (let i = 0; i < 4; i++) {
        dial.passes(7000);
        dial.drained();
      }
      expect(dial.heard()).toEqual([]);
      dial.passes(10000);
      expect(dial.heard()[0]).toBe(`close ${Status.NO_ANSWER}`);
      expect(link.dropped).toBe(true);
    }
  });
});

describe("a source that calls the client", () => {
  it("publishes behind its own message, never into it", () => {
    const dial = dialOnline({ linkWindow: 100 });
    const results: number[] = [];
    let inner = 0;
    const id = dial.client.publishParts("a", 300, 1, false, (at, max) => {
      if (at === 0) {
        results.push(dial.client.publish("z", "0"));
        inner = dial.client.publish("b", "1", 1);
        dial.client.subscribe("f");
      }
      return TEXT.substring(at, at + max);
    });
    for (let i = 0; i < 6; i++) dial.drained();
    expect(results[0]).toBeLessThan(0);
    const words = dial.sent().filter((word) => !word.startsWith("SUBSCRIBE"));
    expect(words).toEqual([`PUBLISH ${id} q1 a [300]`, `PUBLISH ${inner} q1 b 1`]);
  });

  it("ends the client, and nothing is written after that", () => {
    const dial = dialOnline({ linkWindow: 100 });
    let ended = -1;
    dial.client.publishParts("a", 300, 1, false, (at, max) => {
      if (at > 0 && ended < 0) {
        dial.client.end();
        ended = dial.link.octets.length;
      }
      return "x".repeat(max);
    });
    for (let i = 0; i < 5; i++) dial.drained();
    expect(ended).toBeGreaterThan(0);
    expect(dial.link.octets.length).toBe(ended);
  });
});

describe("a message in parts that is under way", () => {
  it.each([1, 2])("is not acknowledged at QoS %i before its last octet has left", (qos) => {
    const dial = dialSession({ linkWindow: 64 });
    const { pull } = source();
    const id = dial.client.publishParts("a", TEXT.length, qos, false, pull);
    const next = dial.client.publish("b", "next", 1);
    dial.serverSays(qos === 1 ? `PUBACK ${id}` : `PUBREC ${id}`);
    expect(dial.client.stats()).toMatchObject({ inFlight: 2, skipped: 1 });
    for (let i = 0; i < 9; i++) dial.drained();
    expect(dial.heard()).toEqual([]);
    expect(payloadOf(dial)).toEqual([TEXT, "next"]);
    dial.serverSays(...(qos === 1 ? [`PUBACK ${id}`] : [`PUBREC ${id}`, `PUBCOMP ${id}`]));
    dial.serverSays(`PUBACK ${next}`);
    expect(dial.heard()).toEqual([`delivered ${id}`, `delivered ${next}`]);
  });
});
