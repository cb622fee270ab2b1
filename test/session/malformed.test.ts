// SPDX-License-Identifier: MIT
// What is no MQTT 3.1.1, or not for a client (MQTT 3.1.1 section 4.8): the connection is closed
// with a Status, a new one is made, and nothing that was accepted is lost.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession } from "../fake.js";
import { octetsOf, publishOf } from "../words.js";

const malformed: [string, string][] = [
  ["a Remaining Length of five octets", "\x30\xff\xff\xff\xff\x01"],
  ["a Remaining Length that goes on after four octets", "\x30\x80\x80\x80\x80"],
  ["PUBLISH with QoS 3 [MQTT-3.3.1-4]", "\x36\x06\x00\x01a\x00\x01x"],
  ["PUBLISH with QoS 3, DUP and RETAIN [MQTT-3.3.1-4]", "\x3f\x06\x00\x01a\x00\x01x"],
  ["PUBLISH at QoS 0 with DUP [MQTT-3.3.1-2]", "\x38\x04\x00\x01ax"],
  ["PUBLISH at QoS 1 with identifier 0 [MQTT-2.3.1-1]", "\x32\x06\x00\x01a\x00\x00x"],
  ["PUBLISH at QoS 2 with identifier 0 [MQTT-2.3.1-1]", "\x34\x06\x00\x01a\x00\x00x"],
  ["PUBLISH at QoS 1 without identifier", "\x32\x03\x00\x01a"],
  ["PUBLISH at QoS 1 with half an identifier", "\x32\x04\x00\x01a\x00"],
  ["PUBLISH without anything", "\x30\x00"],
  ["PUBLISH with half a length", "\x30\x01\x00"],
  ["PUBLISH whose topic is longer than the packet", "\x30\x03\x00\x02a"],
  ["PUBLISH whose topic takes the next packet", "\x30\x03\x00\x04a\x30\x04\x00\x01ax"],
  ["a topic with + [MQTT-4.7.1-1]", publishOf("ab", "x").replace("ab", "a+")],
  ["a topic with # [MQTT-3.3.2-2]", publishOf("ab", "x", 1, 5).replace("ab", "#b")],
  ["a topic with U+0000 [MQTT-1.5.3-2]", publishOf("ab", "x").replace("ab", "a\0")],
  ["an empty topic [MQTT-4.7.3-1]", "\x30\x03\x00\x00x"],
  ["a topic with a lone continuation [MQTT-1.5.3-1]", publishOf("ab", "").replace("ab", "a\x80")],
  ["a topic with half a character [MQTT-1.5.3-1]", publishOf("ab", "").replace("ab", "a\xc3")],
  ["a topic with an overlong form [MQTT-1.5.3-1]", publishOf("ab", "").replace("ab", "\xc0\xaf")],
  ["a topic with a surrogate [MQTT-1.5.3-1]", publishOf("abc", "").replace("abc", "\xed\xa0\x80")],
  [
    "a topic past U+10FFFF [MQTT-1.5.3-1]",
    publishOf("abcd", "").replace("abcd", "\xf4\x90\x80\x80"),
  ],
  ["PUBACK with one octet", "\x40\x01\x00"],
  ["PUBACK with three octets", "\x40\x03\x00\x01\x00"],
  ["PUBACK with none", "\x40\x00"],
  ["PUBACK with identifier 0", "\x40\x02\x00\x00"],
  ["PUBREC with three octets", "\x50\x03\x00\x01\x00"],
  ["PUBREC with identifier 0", "\x50\x02\x00\x00"],
  ["PUBREL with three octets", "\x62\x03\x00\x01\x00"],
  ["PUBREL with identifier 0", "\x62\x02\x00\x00"],
  ["PUBCOMP with one octet", "\x70\x01\x00"],
  ["PUBCOMP with identifier 0", "\x70\x02\x00\x00"],
  ["SUBACK with return code 3 [MQTT-3.9.3-2]", "\x90\x03\x80\x00\x03"],
  ["SUBACK with return code 0x81 [MQTT-3.9.3-2]", "\x90\x03\x80\x00\x81"],
  ["SUBACK without a return code", "\x90\x02\x80\x00"],
  ["SUBACK with two codes for one filter [MQTT-3.8.4-5]", "\x90\x04\x80\x00\x00\x00"],
  ["SUBACK with identifier 0", "\x90\x03\x00\x00\x00"],
  ["UNSUBACK with a return code", "\xb0\x03\x80\x00\x00"],
  ["UNSUBACK with identifier 0", "\xb0\x02\x00\x00"],
];

/** Known by the first octet, or by how long it says it is. */
const noPackets: [string, string][] = [
  ["PUBACK with reserved flags [MQTT-2.2.2-2]", "\x41\x02\x00\x01"],
  ["PUBREC with reserved flags [MQTT-2.2.2-2]", "\x52\x02\x00\x01"],
  ["PUBREL with flags 0 [MQTT-2.2.2-2]", "\x60\x02\x00\x01"],
  ["PUBREL with DUP [MQTT-2.2.2-2]", "\x6a\x02\x00\x01"],
  ["PUBCOMP with reserved flags [MQTT-2.2.2-2]", "\x72\x02\x00\x01"],
  ["SUBACK with reserved flags [MQTT-2.2.2-2]", "\x92\x03\x80\x00\x00"],
  ["UNSUBACK with reserved flags [MQTT-2.2.2-2]", "\xb2\x02\x80\x00"],
  ["PINGRESP with reserved flags [MQTT-2.2.2-2]", "\xd8\x00"],
  ["PINGRESP with a body", "\xd0\x01x"],
  ["PINGRESP with two octets", "\xd0\x02\x00\x01"],
  ["packet type 0", "\x00\x00"],
  ["packet type 0 with an identifier", "\x00\x02\x00\x01"],
  ["packet type 15", "\xf0\x02\x00\x01"],
];

const notForClients: [string, string][] = [
  ["CONNECT", octetsOf("CONNECT")],
  ["CONNACK, a second one", octetsOf("CONNACK")],
  ["SUBSCRIBE", octetsOf("SUBSCRIBE 5 a")],
  ["UNSUBSCRIBE", octetsOf("UNSUBSCRIBE 5 a")],
  ["PINGREQ", octetsOf("PINGREQ")],
  ["DISCONNECT", octetsOf("DISCONNECT")],
];

/** A client with messages in flight and a subscription under way hears `octets`. */
function hears(octets: string) {
  const dial = dialSession();
  const ids = [1, 2].map((qos) => dial.client.publish("mine", "x", qos));
  dial.client.subscribe("wish/#", 1);
  dial.sent();
  dial.serverSays("PUBLISH 77 q1 before it", octets + octetsOf("PUBLISH q0 behind it"));
  return { dial, ids };
}

describe("a packet that is malformed", () => {
  it.each(malformed)("%s", (_, octets) => {
    const { dial, ids } = hears(octets);
    const link = dial.link;
    expect(dial.heard()).toEqual(["message before q1 it", `close ${Status.MALFORMED}`]);
    expect(link.dropped).toBe(true);
    dial.accepted(true);
    expect(dial.link).not.toBe(link);
    expect(dial.sent().map((word) => word.replace(/SUBSCRIBE \d+/, "SUBSCRIBE"))).toEqual([
      "SUBSCRIBE wish/# q1",
      `PUBLISH ${ids[0]} q1 dup mine x`,
      `PUBLISH ${ids[1]} q2 dup mine x`,
    ]);
    dial.serverSays(`PUBACK ${ids[0]}`);
    expect(dial.heard()).toEqual(["connect true", `delivered ${ids[0]}`]);
  });

  it.each(malformed)("one octet at a time: %s", (_, octets) => {
    const dial = dialOnline();
    // Sent on to its end: some of them are known for what they are before that.
    for (const octet of octets) dial.serverSays(octet);
    expect(dial.heard()).toEqual([`close ${Status.MALFORMED}`]);
  });
});

describe("what is no packet, or none for a client", () => {
  it.each([...noPackets, ...notForClients])("%s [MQTT-4.8.0-1]", (_, octets) => {
    const { dial, ids } = hears(octets);
    const heard = dial.heard();
    expect(heard).toHaveLength(2);
    expect([`close ${Status.MALFORMED}`, `close ${Status.UNEXPECTED}`]).toContain(heard[1]);
    expect(dial.link.dropped).toBe(true);
    dial.accepted(true);
    expect(dial.sent()).toContain(`PUBLISH ${ids[0]} q1 dup mine x`);
  });
});

describe("a connection that dies in the middle of a packet", () => {
  const whole = octetsOf("PUBLISH 7 q1 a/b hello");
  it("hands on nothing of it and acknowledges nothing", () => {
    for (let end = 1; end < whole.length; end++) {
      const dial = dialOnline();
      dial.serverSays(whole.substring(0, end));
      expect(dial.heard()).toEqual([]);
      dial.serverCloses();
      expect(dial.heard()).toEqual([`close ${Status.CLOSED}`]);
      expect(dial.sent()).toEqual([]);
    }
  });

  it("does not read the rest of it on the next connection", () => {
    for (let end = 1; end < whole.length; end++) {
      const dial = dialOnline();
      dial.serverSays(whole.substring(0, end));
      dial.reconnects();
      dial.serverSays("PUBLISH q0 c d");
      expect(dial.heard()).toEqual([`close ${Status.CLOSED}`, "connect false", "message c q0 d"]);
    }
  });
});

describe("valid text that is easily taken for invalid", () => {
  it.each(["\u{10ffff}", "\ud7ff", "\ue000", "\uffff", "a b", "$SYS", "/", "\x7f", "ß"])(
    "takes the topic %j",
    (topic) => {
      const dial = dialOnline();
      dial.serverSays(publishOf(topic, "x"));
      expect(dial.heard()).toEqual([`message ${topic} q0 x`]);
    },
  );

  it("hands on U+FEFF in front of a topic as it is [MQTT-1.5.3-3]", () => {
    const dial = dialOnline();
    dial.serverSays(publishOf("\ufeffa", "x"));
    expect(dial.heard()).toEqual(["message \ufeffa q0 x"]);
  });

  it("takes a Remaining Length in more octets than it needs", () => {
    const dial = dialOnline();
    dial.serverSays("\x30\x84\x80\x00\x00\x01ax", "\x30\x84\x80\x80\x00\x00\x01ay");
    expect(dial.heard()).toEqual(["message a q0 x", "message a q0 y"]);
  });
});
