// SPDX-License-Identifier: MIT
// Publishing over MQTT-SN: every QoS, registration, predefined and short topics, refusals.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import type { SnSession } from "../../src/sn/session.js";
import { newId } from "../../src/sn/topics.js";
import { snDial, snOnline } from "./fake.js";

test("QoS 0 to a new topic registers it first, then leaves at once [SN 6.5] [SN 6.6]", () => {
  const { client, sent, says } = snOnline();
  expect(client.publish("a/b", "1")).toBe(0);
  expect(sent()).toEqual(["REGISTER 0 1 a/b"]);
  says("REGACK 7 1 0");
  expect(sent()).toEqual(["PUBLISH q0 #7 1"]);
  expect(client.publish("a/b", "2", 0, true)).toBe(0);
  expect(sent()).toEqual(["PUBLISH q0 retain #7 2"]);
});

test("QoS 1 is delivered when PUBACK comes, one at a time [SN 6.6]", () => {
  const { client, sent, says, heard } = snOnline();
  expect(client.publish("t/1", "one", 1)).toBe(1);
  expect(client.publish("t/1", "two", 1)).toBe(3);
  expect(sent()).toEqual(["REGISTER 0 2 t/1"]);
  says("REGACK 9 2 0");
  expect(sent()).toEqual(["PUBLISH 1 q1 #9 one"]);
  says("PUBACK 9 1 0");
  expect(heard()).toEqual(["delivered 1"]);
  expect(sent()).toEqual(["PUBLISH 3 q1 #9 two"]);
  expect(client.stats().inFlight).toBe(1);
  says("PUBACK 9 3 0");
  expect(heard()).toEqual(["delivered 3"]);
  expect(client.stats().inFlight).toBe(0);
});

test("QoS 2 is PUBLISH, PUBREC, PUBREL, PUBCOMP [SN 6.6]", () => {
  const { client, sent, says, heard } = snOnline();
  client.publish("ab", "x", 2);
  expect(sent()).toEqual(["PUBLISH 1 q2 'ab' x"]);
  says("PUBREC 1");
  expect(sent()).toEqual(["PUBREL 1"]);
  says("PUBREC 1");
  expect(sent()).toEqual(["PUBREL 1"]);
  says("PUBCOMP 1");
  expect(heard()).toEqual(["delivered 1"]);
  says("PUBREC 77");
  expect(sent()).toEqual(["PUBREL 77"]);
});

test("a name of two octets is sent as it is, and a predefined one by its number [SN 6.7]", () => {
  const { client, sent, says } = snOnline({ predefined: { "status/now": 513, xy: 7 } });
  client.publish("ab", "1");
  client.publish("status/now", "2", 1);
  client.publish("xy", "3");
  expect(sent()).toEqual(["PUBLISH q0 'ab' 1", "PUBLISH 1 q1 =513 2", "PUBLISH q0 =7 3"]);
  says("PUBACK 513 1 0");
  client.subscribe("status/now", 1);
  client.subscribe("ab", 2);
  expect(sent()).toEqual(["SUBSCRIBE 2 q1 =513"]);
  says("SUBACK q1 0 2 0");
  expect(sent()).toEqual(["SUBSCRIBE 3 q2 'ab'"]);
});

test("two octets with a wildcard are a filter, not a short name [SN 6.7]", () => {
  const { client, sent } = snOnline();
  client.subscribe("/+", 0);
  expect(sent()).toEqual(["SUBSCRIBE 1 q0 /+"]);
});

test("QoS −1 needs no connection, and no REGISTER [SN 6.8]", () => {
  const { client, sent, passes, air } = snDial({ predefined: { "p/q": 9 } });
  passes(1);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  expect(client.publish("p/q", "1", -1)).toBe(0);
  expect(client.publish("ab", "2", -1, true)).toBe(0);
  expect(sent()).toEqual(["PUBLISH q-1 =9 1", "PUBLISH q-1 retain 'ab' 2"]);
  expect(air.sent.at(-1)!.octets.slice(5, 7)).toBe("\0\0");
  expect(client.publish("a/b", "3", -1)).toBe(Status.INVALID_TOPIC);
});

test("without a gateway even QoS −1 is refused [SN 6.8]", () => {
  const { client } = snDial({ host: undefined, search: { host: "all", port: 1 } });
  expect(client.publish("ab", "x", -1)).toBe(Status.OFFLINE);
});

test("a topic the gateway does not know any more is registered again [SN 6.6]", () => {
  const { client, sent, says, heard } = snOnline();
  client.publish("t/1", "one", 1);
  says("REGACK 9 2 0");
  sent();
  says("PUBACK 9 1 2");
  expect(sent()).toEqual(["REGISTER 0 3 t/1"]);
  says("REGACK 10 3 0");
  expect(sent()).toEqual(["PUBLISH 1 q1 dup #10 one"]);
  says("PUBACK 10 1 0");
  expect(heard()).toEqual(["delivered 1"]);
});

test("what is unknown a third time is given up, and a predefined topic at once [SN 6.6]", () => {
  const { client, sent, says, heard } = snOnline({ predefined: { "p/q": 9 } });
  client.publish("t/1", "one", 1);
  says("REGACK 9 2 0", "PUBACK 9 1 2", "REGACK 10 3 0", "PUBACK 10 1 2");
  expect(heard()).toEqual([]);
  says("REGACK 10 4 0", "PUBACK 10 1 2");
  expect(heard()).toEqual([`refused 1 ${Status.NOT_SUPPORTED}`]);
  sent();
  client.publish("p/q", "two", 2);
  expect(sent()).toEqual(["PUBLISH 5 q2 =9 two"]);
  says("PUBACK 9 5 2");
  expect(heard()).toEqual([`refused 5 ${Status.NOT_SUPPORTED}`]);
  expect(sent()).toEqual([]);
});

test("QoS 0 to an identifier the gateway has forgotten registers the next one [SN 6.6]", () => {
  const { client, sent, says } = snOnline();
  client.publish("t/1", "one");
  says("REGACK 9 1 0");
  sent();
  says("PUBACK 9 0 2");
  client.publish("t/1", "two");
  expect(sent()).toEqual(["REGISTER 0 2 t/1"]);
});

test("not supported gives up one message, in REGACK, PUBACK and in place of PUBREC [SN 5.3.10]", () => {
  const { client, sent, says, heard } = snOnline();
  client.publish("t/1", "one", 1);
  client.publish("ab", "two", 2);
  client.publish("ab", "three", 1);
  says("REGACK 0 2 3");
  expect(heard()).toEqual([`refused 1 ${Status.NOT_SUPPORTED}`]);
  expect(sent()).toEqual(["REGISTER 0 2 t/1", "PUBLISH 3 q2 'ab' two"]);
  says("PUBACK 0 3 3");
  expect(heard()).toEqual([`refused 3 ${Status.NOT_SUPPORTED}`]);
  says("PUBACK 0 4 9");
  expect(heard()).toEqual([`refused 4 ${Status.NOT_SUPPORTED}`]);
  expect(client.stats().inFlight).toBe(0);
});

test("congestion holds everything back for T_WAIT, and PINGREQ goes on [SN 5.3.10]", () => {
  const { client, sent, says, passes, heard } = snOnline({ waitMs: 100000 });
  client.publish("ab", "one", 1);
  says("PUBACK 0 1 1");
  client.publish("ab", "two", 1);
  client.subscribe("x/+");
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' one"]);
  passes(50000);
  expect(sent()).toEqual(["PINGREQ"]);
  says("PINGRESP");
  passes(49990);
  expect(sent()).toEqual(["PINGREQ"]);
  says("PINGRESP");
  passes(10);
  expect(sent()).toEqual(["SUBSCRIBE 3 q0 x/+"]);
  says("SUBACK q0 0 3 0");
  expect(sent()).toEqual(["PUBLISH 1 q1 dup 'ab' one"]);
  expect(heard()).toEqual(["subscribed 3 0"]);
});

test("what makes no sense, or has no room, is refused and changes nothing", () => {
  const { client, sent, says, heard } = snOnline({ outbox: 10, inFlight: 2, mtu: 20 });
  expect(client.publish("", "x", 1)).toBe(Status.INVALID_TOPIC);
  expect(client.publish("a/+", "x", 1)).toBe(Status.INVALID_TOPIC);
  expect(client.publish("ab", "x", 3)).toBe(Status.INVALID_QOS);
  expect(client.publish("ab", "x", -2)).toBe(Status.INVALID_QOS);
  expect(client.publish("ab", "123456789", 1)).toBe(Status.TOO_LONG);
  expect(client.publish("ab", "1234567", 1)).toBe(1);
  expect(client.publish("ab", "1", 1)).toBe(Status.OUTBOX_FULL);
  says("PUBACK 0 1 0");
  expect(heard()).toEqual(["delivered 1", "room"]);
  expect(client.publish("ab", "1", 1)).toBe(2);
  expect(client.publish("ab", "1", 1)).toBe(3);
  expect(client.publish("ab", "1", 1)).toBe(Status.OUTBOX_FULL);
  expect(client.stats().refused).toBe(7);
  expect(sent().length).toBe(2);
});

test("a message that fills a datagram is sent, one octet more is not", () => {
  const { client, air } = snOnline({ mtu: 300, outbox: 1000 });
  expect(client.publish("ab", "x".repeat(292))).toBe(Status.TOO_LONG);
  expect(client.publish("ab", "x".repeat(291))).toBe(0);
  expect(air.sent.at(-1)!.octets.length).toBe(300);
});

test("offline, QoS 0 is refused and QoS 1 and 2 wait", () => {
  const { client, sent, passes, says, heard } = snDial();
  expect(client.publish("ab", "0")).toBe(Status.OFFLINE);
  expect(client.publish("ab", "1", 1)).toBe(1);
  passes(1);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  says("CONNACK 0");
  expect(heard()).toEqual(["connect"]);
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' 1"]);
});

test("message identifiers are never 0, go round, and leave out those in use [SN 5.3.11]", () => {
  const s = { lastId: 65533, queue: [{ id: 65535 }, { id: 1 }] } as SnSession;
  expect([newId(s), newId(s), newId(s)]).toEqual([65534, 2, 3]);
});

test("text is sent as UTF-8, octets as they are, numbers as text", () => {
  const { client, air } = snOnline();
  client.publish("ab", "°", 0);
  client.publish("ab", new Uint8Array([0, 255]), 0);
  client.publish("ab", 22.5, 0);
  const payloads = air.sent.slice(-3).map(({ octets }) => octets.slice(7));
  expect(payloads).toEqual(["\xc2\xb0", "\0\xff", "22.5"]);
});

test("topic names beyond the table are registered anew when they are needed [SN 6.5]", () => {
  const { client, sent, says } = snOnline({ topics: 2 });
  let id = 0;
  const publish = (topic: string) => {
    client.publish(topic, "x");
    const words = sent();
    const register = /^REGISTER 0 (\d+)/.exec(words[0]!);
    if (register) {
      says(`REGACK ${++id} ${register[1]} 0`);
      sent();
    }
    return register !== null;
  };
  expect([publish("t/1"), publish("t/2"), publish("t/1"), publish("t/3")]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect([publish("t/3"), publish("t/2"), publish("t/1")]).toEqual([false, false, true]);
});

test("a PUBREC that comes before PUBLISH is sent again does not release it: it is one message [SN 6.6]", () => {
  const { client, passes, says, sent, heard } = snOnline({ cleanSession: false });
  client.publish("ab", "x", 2);
  says("DISCONNECT");
  client.subscribe("to/+", 1);
  passes(1000);
  sent();
  // The server had taken longer than the old connection lasted.
  says("CONNACK 0", "PUBREC 1");
  expect(sent()).toEqual(["SUBSCRIBE 2 q1 to/+"]);
  says("SUBACK q1 0 2 0");
  expect(sent()).toEqual(["PUBLISH 1 q2 dup 'ab' x"]);
  says("PUBREC 1", "PUBREC 1", "PUBCOMP 1", "PUBREC 1");
  expect(sent()).toEqual(["PUBREL 1", "PUBREL 1", "PUBREL 1"]);
  expect(heard().at(-1)).toBe("delivered 1");
});
