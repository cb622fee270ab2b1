// SPDX-License-Identifier: MIT
// Publishing on a connection that holds (MQTT 3.1.1 sections 3.3 to 3.7 and 4.3): the three
// qualities of service, their acknowledgements, and what `publish` refuses.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession, dialUp, worldOpen } from "../fake.js";

describe("QoS 0", () => {
  it("leaves at once, no identifier [MQTT-2.3.1-5], DUP 0 [MQTT-4.3.1-1] [MQTT-3.3.1-2]", () => {
    const dial = dialOnline();
    expect(dial.client.publish("a/b", "x")).toBe(0);
    expect(dial.client.publish("a/b", "y", 0)).toBe(0);
    expect(dial.link.octets.substring(dial.link.octets.indexOf("\x30"))).toBe(
      "\x30\x06\x00\x03a/bx\x30\x06\x00\x03a/by",
    );
    expect(dial.client.stats()).toMatchObject({ inFlight: 0, inFlightMax: 0, refused: 0 });
  });

  it("carries RETAIN when asked to", () => {
    const dial = dialOnline();
    for (const retain of [true, 1, false, 0, undefined]) dial.client.publish("a", "", 0, retain);
    dial.client.publish("a", "x".repeat(200), 0, true);
    expect(dial.sent()).toEqual([
      "PUBLISH q0 retain a ",
      "PUBLISH q0 retain a ",
      "PUBLISH q0 a ",
      "PUBLISH q0 a ",
      "PUBLISH q0 a ",
      "PUBLISH q0 retain a [200]",
    ]);
  });

  it("carries RETAIN also with a payload of octets, which takes the shortest way", () => {
    const dial = dialOnline();
    for (const retain of [true, false]) dial.client.publish("a", Uint8Array.of(120), 0, retain);
    expect(dial.sent()).toEqual(["PUBLISH q0 retain a x", "PUBLISH q0 a x"]);
  });

  it.each([undefined, null, 5, {}, true])("is refused with a topic that is none: %j", (topic) => {
    const dial = dialOnline();
    expect(dial.client.publish(topic as never, "x", 0)).toBe(Status.INVALID_TOPIC);
    expect(dial.sent()).toEqual([]);
  });

  it("is refused while there is no connection, and not sent later", () => {
    const dial = dialUp();
    expect(dial.client.publish("a", "x")).toBe(Status.OFFLINE);
    dial.connects();
    expect(dial.client.publish("a", "x")).toBe(Status.OFFLINE);
    dial.serverSays("CONNACK");
    dial.drained();
    expect(dial.sent()).toEqual([]);
    dial.serverCloses();
    expect(dial.client.publish("a", "x")).toBe(Status.OFFLINE);
    expect(dial.client.stats().refused).toBe(3);
  });
});

describe("QoS 1", () => {
  it("carries an identifier that is not 0 [MQTT-2.3.1-1], and DUP 0 [MQTT-4.3.2-1]", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 1);
    expect(id).toBeGreaterThan(0);
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 a x`]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 1, inFlightMax: 1 });
  });

  it("is delivered when PUBACK comes, in any order, and not before [MQTT-4.3.2-1]", () => {
    const dial = dialOnline();
    const ids = [1, 2, 3].map((n) => dial.client.publish("a", n, 1));
    expect(new Set(ids).size).toBe(3);
    expect(dial.heard()).toEqual([]);
    dial.serverSays(`PUBACK ${ids[1]}`);
    expect(dial.heard()).toEqual([`delivered ${ids[1]}`]);
    dial.serverSays(`PUBACK ${ids[2]}`, `PUBACK ${ids[0]}`);
    expect(dial.heard()).toEqual([`delivered ${ids[2]}`, `delivered ${ids[0]}`]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 0, inFlightMax: 3, skipped: 0 });
  });

  it("is not delivered by the PUBACK of an identifier that would have its slot", () => {
    const dial = dialOnline({ inFlight: 4 });
    const id = dial.client.publish("a", "x", 1);
    for (let other = id % 4; other < 40; other += 4) {
      if (other > 0 && other !== id) dial.serverSays(`PUBACK ${other}`);
    }
    expect(dial.heard()).toEqual([]);
    dial.serverSays(`PUBACK ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
  });

  it("is delivered once, however often PUBACK comes", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 1);
    dial.serverSays(`PUBACK ${id}`, `PUBACK ${id}`);
    dial.serverSays(`PUBACK ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
    expect(dial.client.stats().skipped).toBe(2);
  });

  it("is not delivered by a PUBCOMP", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 1);
    dial.serverSays(`PUBCOMP ${id}`);
    expect(dial.heard()).toEqual([]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 1, skipped: 1 });
  });
});

describe("QoS 2", () => {
  it("is PUBLISH, PUBREC, PUBREL, PUBCOMP of one identifier [MQTT-4.3.3-1] [MQTT-2.3.1-6]", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 2, true);
    expect(dial.sent()).toEqual([`PUBLISH ${id} q2 retain a x`]);
    dial.serverSays(`PUBREC ${id}`);
    expect(dial.sent()).toEqual([`PUBREL ${id}`]);
    expect(dial.heard()).toEqual([]);
    expect(dial.client.stats().inFlight).toBe(1);
    dial.serverSays(`PUBCOMP ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
    expect(dial.sent()).toEqual([]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 0, skipped: 0 });
  });

  it("answers PUBRECs in their order [MQTT-4.6.0-4]", () => {
    const dial = dialOnline();
    const ids = [1, 2, 3].map((n) => dial.client.publish("a", n, 2));
    dial.sent();
    dial.serverSays(`PUBREC ${ids[2]}`, `PUBREC ${ids[0]}`);
    dial.serverSays(`PUBREC ${ids[1]}`);
    expect(dial.sent()).toEqual([`PUBREL ${ids[2]}`, `PUBREL ${ids[0]}`, `PUBREL ${ids[1]}`]);
  });

  it("answers PUBREC with PUBREL as often as it comes", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 2);
    dial.sent();
    dial.serverSays(`PUBREC ${id}`, `PUBREC ${id}`);
    expect(dial.sent()).toEqual([`PUBREL ${id}`, `PUBREL ${id}`]);
    dial.serverSays(`PUBCOMP ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
  });

  it("is not delivered by PUBCOMP before PUBREC, nor by PUBACK behind it", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBCOMP ${id}`);
    expect(dial.heard()).toEqual([]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 1, skipped: 1 });
    dial.serverSays(`PUBREC ${id}`, `PUBACK ${id}`, `PUBCOMP ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
  });

  it("is uncertain, and not sent again, when the server answers with PUBACK [MQTT-4.3.3-1]", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBACK ${id}`);
    expect(dial.heard()).toEqual([`uncertain ${id}`]);
    expect(dial.client.stats()).toMatchObject({ inFlight: 0, skipped: 0 });
    dial.sent();
    dial.reconnects(true);
    expect(dial.sent()).toEqual([]);
  });
});

describe("packet identifiers", () => {
  it("go round without 0 and without one in flight [MQTT-2.3.1-2]", () => {
    const world = worldOpen();
    world.chance = 0.9999;
    const dial = dialOnline({ inFlight: 5 }, world);
    const stuck = [dial.client.publish("a", "1", 1), dial.client.publish("a", "2", 2)];
    dial.serverSays(`PUBREC ${stuck[1]}`, `PUBACK ${stuck[0]}`);
    let least = 65536;
    for (let i = 0; i < 40000; i++) {
      const id = dial.client.publish("a", i, 1);
      if (id === Status.IN_FLIGHT_FULL) {
        // The one that waits for PUBCOMP may hold the place; it is let go.
        dial.serverSays(`PUBCOMP ${stuck[1]}`);
        stuck[1] = 0;
        continue;
      }
      expect(id > 0 && id < 65536 && id !== stuck[1]).toBe(true);
      if (id < least) least = id;
      dial.link.says(String.fromCharCode(0x40, 2, Math.floor(id / 256), id % 256));
    }
    expect(least).toBe(1);
  });

  it("begin by chance, so that a restarted client does not meet its old ones", () => {
    const first = [0, 0.25, 0.5, 0.999].map((chance) => {
      const world = worldOpen();
      world.chance = chance;
      return dialOnline({}, world).client.publish("a", "x", 1);
    });
    expect(new Set(first).size).toBe(4);
  });
});

describe("what publish refuses, and then nothing has changed", () => {
  const nul = String.fromCharCode(0);
  const table: [string, Status, unknown[]][] = [
    ["a wildcard + in the topic [MQTT-3.3.2-2] [MQTT-4.7.1-1]", Status.INVALID_TOPIC, ["a/+", "x"]],
    ["a wildcard # in the topic [MQTT-3.3.2-2]", Status.INVALID_TOPIC, ["a#b", "x"]],
    ["an empty topic [MQTT-4.7.3-1]", Status.INVALID_TOPIC, ["", "x"]],
    ["U+0000 in the topic [MQTT-4.7.3-2]", Status.INVALID_TOPIC, [`a${nul}`, "x"]],
    ["a topic of 65,536 octets [MQTT-4.7.3-3]", Status.INVALID_TOPIC, ["x".repeat(65536), "x"]],
    ["a topic of 65,536 octets in UTF-8", Status.INVALID_TOPIC, ["ä".repeat(32768), "x"]],
    ["a lone surrogate in the topic [MQTT-1.5.3-1]", Status.INVALID_TOPIC, ["a\ud83d", "x"]],
    ["a wildcard beside text that is not ASCII", Status.INVALID_TOPIC, ["ä/#", "x"]],
    ["QoS 3 [MQTT-3.3.1-4]", Status.INVALID_QOS, ["a", "x", 3]],
    ["QoS −1", Status.INVALID_QOS, ["a", "x", -1]],
    ["QoS 1.5", Status.INVALID_QOS, ["a", "x", 1.5]],
    ["no payload", Status.INVALID_PAYLOAD, ["a"]],
    ["null", Status.INVALID_PAYLOAD, ["a", null]],
    ["an object", Status.INVALID_PAYLOAD, ["a", {}, 1]],
    ["an object at QoS 0", Status.INVALID_PAYLOAD, ["a", { length: 2 }]],
    ["an array of numbers", Status.INVALID_PAYLOAD, ["a", [1, 2]]],
    ["true", Status.INVALID_PAYLOAD, ["a", true, 1]],
    ["no payload at QoS 1", Status.INVALID_PAYLOAD, ["a", undefined, 1]],
  ];
  it.each(table)("%s", (_, status, given) => {
    const dial = dialOnline();
    const before = dial.client.publish("ok", "x", 1);
    dial.sent();
    expect(dial.client.publish(...(given as Parameters<typeof dial.client.publish>))).toBe(status);
    expect(dial.client.stats()).toMatchObject({ refused: 1, inFlight: 1 });
    expect(dial.sent()).toEqual([]);
    expect(dial.client.publish("ok", "x", 1)).toBe(before + 1);
    expect(dial.sent()).toEqual([`PUBLISH ${before + 1} q1 ok x`]);
  });

  it("takes the longest topic there is", () => {
    const dial = dialOnline();
    expect(dial.client.publish("x".repeat(65535), "y")).toBe(0);
    expect(dial.link.packets()[0]).toMatchObject({ topic: "x".repeat(65535) });
  });
});
