// SPDX-License-Identifier: MIT
// Messages from the server (MQTT 3.1.1 sections 3.3.4 and 4.3): how each quality of service is
// answered, which duplicates are known, and acknowledgements that nobody asked for.

import { describe, expect, it } from "vitest";
import { Limit } from "#limits";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession } from "../fake.js";

describe("a message at QoS 0", () => {
  it("is handed on and not answered", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH q0 a/b hello", "PUBLISH q0 a/b ", "PUBLISH q0 retain c x");
    expect(dial.heard()).toEqual([
      "message a/b q0 hello",
      "message a/b q0 ",
      "message c q0 retain x",
    ]);
    expect(dial.sent()).toEqual([]);
  });

  it("is told with its payload as octets, QoS, RETAIN and DUP, whole", () => {
    const dial = dialOnline();
    const seen: unknown[] = [];
    dial.client.on("message", (topic: string, payload: Uint8Array, packet: object) => {
      seen.push([topic, Array.from(payload), payload instanceof Uint8Array, { ...packet }]);
    });
    dial.serverSays("PUBLISH 9 q1 dup retain größe \x00\xff", "PUBLISH q0 b ");
    expect(seen).toEqual([
      ["größe", [0, 255], true, { qos: 1, retain: true, dup: true, at: 0, total: 0 }],
      ["b", [], true, { qos: 0, retain: false, dup: false, at: 0, total: 0 }],
    ]);
  });

  it("describes each message by its own flags, also in turn with the same topic", () => {
    const dial = dialOnline();
    dial.serverSays(
      "PUBLISH q0 a 1",
      "PUBLISH q0 retain a 2",
      "PUBLISH q0 a 3",
      "PUBLISH 1 q1 a 4",
    );
    dial.serverSays("PUBLISH q0 a 5");
    expect(dial.heard()).toEqual([
      "message a q0 1",
      "message a q0 retain 2",
      "message a q0 3",
      "message a q1 4",
      "message a q0 5",
    ]);
  });

  it("is not confused by topics of the same length or the same beginning", () => {
    const dial = dialOnline();
    for (const topic of ["ab", "ac", "a", "abc", "ab", "b", "ab"])
      dial.serverSays(`PUBLISH q0 ${topic} x`);
    expect(dial.heard().map((line) => line.split(" ")[1])).toEqual([
      "ab",
      "ac",
      "a",
      "abc",
      "ab",
      "b",
      "ab",
    ]);
  });
});

describe("a message at QoS 1", () => {
  it("is answered with PUBACK and its identifier [MQTT-4.3.2-2] [MQTT-2.3.1-6]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 1 q1 a x");
    dial.serverSays("PUBLISH 65535 q1 a y");
    expect(dial.heard()).toEqual(["message a q1 x", "message a q1 y"]);
    expect(dial.sent()).toEqual(["PUBACK 1", "PUBACK 65535"]);
  });

  it("is answered in the order of arrival [MQTT-4.6.0-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q1 a x", "PUBLISH 3 q1 b x", "PUBLISH 5 q1 a x");
    expect(dial.sent()).toEqual(["PUBACK 7", "PUBACK 3", "PUBACK 5"]);
  });

  it("is a new message each time, whatever DUP says [MQTT-4.3.2-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q1 a x", "PUBLISH 7 q1 dup a x");
    expect(dial.heard()).toEqual(["message a q1 x", "message a q1 x"]);
    expect(dial.sent()).toEqual(["PUBACK 7", "PUBACK 7"]);
  });
});

describe("a message at QoS 2", () => {
  it("is PUBREC at PUBLISH and PUBCOMP at PUBREL, handed on once [MQTT-4.3.3-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q2 a x");
    expect(dial.heard()).toEqual(["message a q2 x"]);
    expect(dial.sent()).toEqual(["PUBREC 7"]);
    dial.serverSays("PUBREL 7");
    expect(dial.sent()).toEqual(["PUBCOMP 7"]);
    expect(dial.heard()).toEqual([]);
  });

  it("is known again by its identifier, with DUP or without [MQTT-4.3.3-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q2 a x", "PUBLISH 7 q2 dup a x");
    dial.serverSays("PUBLISH 7 q2 a x");
    expect(dial.heard()).toEqual(["message a q2 x"]);
    expect(dial.sent()).toEqual(["PUBREC 7", "PUBREC 7", "PUBREC 7"]);
  });

  it("is new once PUBREL released the identifier, even with DUP [MQTT-4.3.3-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q2 a x", "PUBREL 7", "PUBLISH 7 q2 dup a y");
    expect(dial.heard()).toEqual(["message a q2 x", "message a q2 y"]);
  });

  it("is not confused with one at QoS 1 of the same identifier", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 7 q2 a x", "PUBLISH 7 q1 a y", "PUBLISH 7 q2 a x");
    expect(dial.heard()).toEqual(["message a q2 x", "message a q1 y"]);
    expect(dial.sent()).toEqual(["PUBREC 7", "PUBACK 7", "PUBREC 7"]);
  });

  it("is answered in the order of arrival [MQTT-4.6.0-3]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBLISH 9 q2 a x", "PUBLISH 2 q2 a y", "PUBREL 2", "PUBREL 9");
    expect(dial.sent()).toEqual(["PUBREC 9", "PUBREC 2", "PUBCOMP 2", "PUBCOMP 9"]);
  });

  it("is known again on a new connection of a kept session [MQTT-4.3.3-2] [MQTT-3.1.2-4]", () => {
    const dial = dialSession();
    dial.serverSays("PUBLISH 7 q2 a x");
    dial.reconnects(true);
    dial.heard();
    dial.serverSays("PUBLISH 7 q2 dup a x");
    expect(dial.heard()).toEqual([]);
    expect(dial.sent()).toEqual(["PUBREC 7"]);
    dial.serverSays("PUBREL 7", "PUBLISH 7 q2 a y");
    expect(dial.heard()).toEqual(["message a q2 y"]);
  });

  it("is known again when PUBREC never left because the link was lost", () => {
    const dial = dialSession();
    dial.writesThrow();
    dial.serverSays("PUBLISH 7 q2 a x");
    dial.writesThrow(false);
    dial.passes(25000);
    dial.accepted(true);
    dial.serverSays("PUBLISH 7 q2 dup a x");
    expect(dial.heard().filter((line) => line.startsWith("message"))).toEqual(["message a q2 x"]);
  });

  it("is forgotten when the server has a new session [MQTT-3.2.2-3]", () => {
    const dial = dialSession();
    dial.serverSays("PUBLISH 7 q2 a x");
    dial.reconnects(false);
    dial.heard();
    dial.serverSays("PUBLISH 7 q2 a other");
    expect(dial.heard()).toEqual(["message a q2 other"]);
  });

  it("answers PUBREL also when the identifier is unknown [MQTT-4.3.3-2]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBREL 99", "PUBREL 99");
    expect(dial.sent()).toEqual(["PUBCOMP 99", "PUBCOMP 99"]);
    expect(dial.heard()).toEqual([]);
  });

  it("is told apart from others whatever octets the identifiers are made of", () => {
    // 0x6202 is what a PUBREL begins with, 0x0262 lies across two of them.
    const ids = [0x6202, 0x0262, 0x0202, 0x6262, 0x6203, 0x0002, 0x2400, 0x2426];
    const dial = dialOnline();
    for (const id of [...ids, ...ids]) dial.serverSays(`PUBLISH ${id} q2 a x`);
    expect(dial.heard()).toHaveLength(ids.length);
    for (const [i, id] of ids.entries()) {
      dial.serverSays(`PUBREL ${id}`);
      for (const other of ids.slice(i + 1)) dial.serverSays(`PUBLISH ${other} q2 a x`);
      expect(dial.heard()).toEqual([]);
    }
    for (const id of ids) dial.serverSays(`PUBLISH ${id} q2 a x`);
    expect(dial.heard()).toHaveLength(ids.length);
  });

  it("closes for the longest delay when its identifiers are too many [MQTT-4.8.0-2]", () => {
    const dial = dialSession({ reconnect: { min: 1000, max: 77000 } });
    for (let id = 1; id <= Limit.RECEIVED; id++) dial.serverSays(`PUBLISH ${id} q2 a x`);
    expect(dial.heard()).toHaveLength(Limit.RECEIVED);
    dial.sent();
    dial.serverSays(`PUBLISH ${Limit.RECEIVED} q2 dup a x`);
    dial.serverSays(`PUBLISH ${Limit.RECEIVED + 1} q2 a x`);
    expect(dial.sent()).toEqual([`PUBREC ${Limit.RECEIVED}`]);
    expect(dial.heard()).toEqual([`close ${Status.RECEIVED_FULL}`]);
    const closedAt = dial.world.now;
    expect(dial.dials().openedAt - closedAt).toBe(77000);
    dial.opened();
    dial.serverSays("CONNACK present", "PUBREL 5", `PUBLISH ${Limit.RECEIVED + 1} q2 dup a x`);
    expect(dial.heard()).toEqual(["connect true", "message a q2 x"]);
  });
});

describe("an acknowledgement that nobody waits for", () => {
  it.each(["PUBACK 5", "PUBCOMP 5", "SUBACK 40000 0", "UNSUBACK 40000", "SUBACK 5 128"])(
    "%s is counted and ignored",
    (packet) => {
      const dial = dialOnline();
      dial.serverSays(packet, packet);
      expect(dial.client.stats().skipped).toBe(2);
      expect(dial.heard()).toEqual([]);
      expect(dial.sent()).toEqual([]);
      expect(dial.link.dropped).toBe(false);
    },
  );

  it("PUBREC is answered with PUBREL, so that the server need not wait [MQTT-4.3.3-1]", () => {
    const dial = dialOnline();
    dial.serverSays("PUBREC 5", "PUBREC 65535");
    expect(dial.sent()).toEqual(["PUBREL 5", "PUBREL 65535"]);
    expect(dial.heard()).toEqual([]);
  });

  it("PUBREC for a message at QoS 1 does not deliver it", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 1);
    dial.serverSays(`PUBREC ${id}`, `PUBCOMP ${id}`);
    expect(dial.heard()).toEqual([]);
    expect(dial.client.stats().inFlight).toBe(1);
    dial.serverSays(`PUBACK ${id}`);
    expect(dial.heard()).toEqual([`delivered ${id}`]);
  });

  it("PINGRESP that was not asked for changes nothing", () => {
    const dial = dialOnline();
    dial.serverSays("PINGRESP", "PINGRESP");
    expect(dial.heard()).toEqual([]);
    expect(dial.link.dropped).toBe(false);
  });
});
