// SPDX-License-Identifier: MIT
// Where gateways disagree, and what this one does about each. What only a client decides is in
// ../sn/disagreements.test.ts.

import { expect, test } from "vitest";
import { octetsOf } from "../sn/words.js";
import { gatewayDial } from "./fake.js";

test("DISCONNECT with a duration of 0 is a plain one, and ours never has one [SN 5.4.21]", () => {
  const { says, octets, heard, session } = gatewayDial().connects("CONNECT 60 c");
  octets("\x04\x18\0\0");
  expect([heard(), session("c").state]).toEqual([["DISCONNECT"], 0]);
  says("CONNECT 60 c", "DISCONNECT 30");
  expect(heard()).toEqual(["CONNACK 0", "DISCONNECT"]);
});

test("PINGREQ without a name wakes the sleeper whose address it has [SN 6.14]", () => {
  const { says, heard, sends } = gatewayDial().connects();
  says("DISCONNECT 30");
  sends("c", "ab", "x");
  says("PINGREQ");
  expect(heard()).toEqual(["DISCONNECT", "PUBLISH q0 'ab' x", "PINGRESP"]);
});

test("PINGREQ with a name from another address moves nothing [SN 6.14]", () => {
  const { says, at, heard, sends, session } = gatewayDial().connects();
  says("DISCONNECT 30");
  sends("c", "ab", "secret", 1);
  heard();
  at("thief").says("PINGREQ c");
  expect(at("thief").heard()).toEqual(["DISCONNECT"]);
  expect([session("c").state, session("c").peer.host, heard()]).toEqual([3, "a", []]);
  // Nor does one that has a session of its own.
  at("thief").says("CONNECT clean 60 thief", "PINGREQ c");
  expect(at("thief").heard()).toEqual(["CONNACK 0", "DISCONNECT"]);
  expect([session("c").state, session("c").queue.length]).toEqual([3, 1]);
});

test("a sleep longer than keep alive is supervised by its own time [SN 6.14]", () => {
  const { says, heard, passes, session } = gatewayDial().connects("CONNECT clean 10 c");
  says("DISCONNECT 3600");
  passes(3600000);
  says("PINGREQ c");
  expect([heard(), session("c").state]).toEqual([["DISCONNECT", "PINGRESP"], 3]);
});

test("CONNECT from asleep and from awake: with the session, and without [SN 6.14]", () => {
  const { says, heard, sends } = gatewayDial().connects("CONNECT clean 60 c");
  says("SUBSCRIBE 1 q1 a/b", "DISCONNECT 30");
  sends("c", "a/b", "x", 1);
  says("PINGREQ c");
  heard();
  says("CONNECT 60 c");
  expect(heard()).toEqual(["CONNACK 0", "PUBLISH 1 q1 dup #1 x"]);
});

test("after a new connection the same name has the same number, and is registered [SN 6.5]", () => {
  const { says, heard, sends } = gatewayDial().connects("CONNECT 60 c");
  says("SUBSCRIBE 1 q1 a/b", "CONNECT 60 c", "PUBLISH 2 q1 #1 up");
  sends("c", "a/b", "x");
  expect(heard()).toEqual(["SUBACK q1 1 1 0", "CONNACK 0", "PUBACK 1 2 0", "REGISTER 1 1 a/b"]);
});

test("over sleep the numbers stay known [SN 6.14]", () => {
  const { says, heard, sends } = gatewayDial().connects();
  says("SUBSCRIBE 1 q1 a/b", "DISCONNECT 30");
  sends("c", "a/b", "x");
  heard();
  says("PINGREQ c");
  expect(heard()).toEqual(["PUBLISH q0 #1 x", "PINGRESP"]);
});

test.each([
  ["PUBLISH q0 #9 x", "PUBACK 9 0 2"],
  ["PUBLISH 4 q1 #9 x", "PUBACK 9 4 2"],
  ["PUBLISH 4 q2 =9 x", "PUBACK 9 4 2"],
])("an unknown number in %s is answered with code 2 [SN 6.6]", (says, told) => {
  const dial = gatewayDial().connects();
  dial.says(says);
  expect([dial.heard(), dial.asked()]).toEqual([[told], []]);
});

test("PUBACK tells the topic as it came, short names among them [SN 5.4.13]", () => {
  const { octets, at } = gatewayDial().connects();
  octets("\x0c\x0c\x22ab\0\x01short");
  expect(at("a").heard()).toEqual([`PUBACK ${0x6162} 1 0`]);
});

test("SUBACK says the granted QoS in its flags and nothing else [SN 5.4.16]", () => {
  const { says, link, server } = gatewayDial().connects();
  const sent: string[] = [];
  link.send = (octets) => void sent.push(octets);
  server.grants = () => 1;
  says("SUBSCRIBE 1 q2 dup retain a/b");
  expect(sent).toEqual(["\x08\x13\x20\0\x01\0\x01\0"]);
});

test("a name of two octets that was subscribed to as a name comes by its number [SN 6.9]", () => {
  const { octets, heard, sends } = gatewayDial().connects();
  octets("\x07\x12\x20\0\x01ab");
  sends("c", "ab", "x");
  expect(heard()).toEqual(["SUBACK q1 1 1 0", "PUBLISH q0 #1 x"]);
});

test("a name that a client refuses is not sent, and is dropped until it connects anew [SN 6.10]", () => {
  const { says, heard, sends, session, counters } = gatewayDial().connects("CONNECT 60 c");
  sends("c", "a/b", "one", 1);
  sends("c", "a/b", "two", 1);
  says("REGACK 1 1 3");
  sends("c", "a/b", "three", 1);
  expect(heard()).toEqual(["REGISTER 1 1 a/b"]);
  expect([session("c").queue.length, counters.clientRefused]).toEqual([0, 3]);
  says("CONNECT 60 c");
  sends("c", "a/b", "four");
  expect(heard()).toEqual(["CONNACK 0", "REGISTER 1 2 a/b"]);
});

test("CONNECT again because CONNACK was lost: CONNACK again, and nothing is forgotten [SN 6.13]", () => {
  const { says, heard, asked } = gatewayDial();
  says("CONNECT clean 60 c", "CONNECT clean 60 c");
  expect([heard(), asked()]).toEqual([["CONNACK 0", "CONNACK 0"], ["connect c clean"]]);
  // With something in between it is a new connection.
  says("PINGREQ", "CONNECT clean 60 c");
  expect([heard(), asked()]).toEqual([["PINGRESP", "CONNACK 0"], ["connect c clean"]]);
});

test("PINGRESP never overtakes a message that had to be registered [SN 6.14]", () => {
  const { says, heard, sends } = gatewayDial().connects();
  says("DISCONNECT 30");
  sends("c", "a/b", "x");
  heard();
  says("PINGREQ c");
  expect(heard()).toEqual(["REGISTER 1 1 a/b"]);
  says("REGACK 1 1 0");
  expect(heard()).toEqual(["PUBLISH q0 #1 x", "PINGRESP"]);
});

test("PUBLISH while asleep is taken; the client stays asleep, its time begins anew [SN 6.14]", () => {
  const { says, heard, passes, session } = gatewayDial().connects();
  says("DISCONNECT 60");
  passes(89999);
  says("PUBLISH 1 q1 'ab' x");
  expect(heard()).toEqual(["DISCONNECT", "PUBACK 24930 1 0"]);
  passes(89999);
  expect(session("c").state).toBe(3);
});

test("WILLTOPICUPD and WILLMSGUPD are answered in three octets [SN 6.4]", () => {
  const { says, link } = gatewayDial().connects();
  const sent: string[] = [];
  link.send = (octets) => void sent.push(octets);
  says("WILLTOPICUPD q1 w", "WILLMSGUPD x");
  expect(sent).toEqual(["\x03\x1b\0", "\x03\x1d\0"]);
});

test("an empty WILLTOPIC: CONNACK, and no will [SN 6.3]", () => {
  const { says, heard, session } = gatewayDial();
  says("CONNECT will 60 c", "WILLTOPIC");
  expect(heard()).toEqual(["WILLTOPICREQ", "CONNACK 0"]);
  expect(session("c").will).toBe(undefined);
});

test("at QoS 0 any message identifier is taken [SN 5.4.12]", () => {
  const { octets, asked } = gatewayDial().connects();
  octets("\x08\x0c\x02ab\0\x09x");
  expect(asked()).toEqual(["publish c ab q0 x"]);
});

test("at QoS 1 and 2 a message identifier of 0 is dropped [SN 5.4.12]", () => {
  const { octets, heard, asked, counters } = gatewayDial().connects();
  octets("\x08\x0c\x22ab\0\0x");
  octets("\x08\x0c\x42ab\0\0x");
  expect([heard(), asked(), counters.publishDropped]).toEqual([[], [], 2]);
});

test("QoS −1 with a name in place of a number is not taken [SN 6.8]", () => {
  const { octets, at, asked, counters } = gatewayDial();
  octets("\x0a\x0c\x60\0\x02\0\0abx");
  octets("\x0a\x0c\x63\0\x02\0\0abx");
  expect([at("a").heard(), asked(), counters.minusOneDropped]).toEqual([[], [], 2]);
});

test("normal numbers are never those of predefined topics [SN 6.5]", () => {
  const own = { ids: new Map([["mine", "\0\x02"]]), names: new Map([["\0\x02", "mine"]]) };
  const { says, heard } = gatewayDial({
    predefined: { one: 1, three: 3 },
    rules: [{ id: "c", predefined: own }],
  }).connects();
  says("REGISTER 0 1 a", "REGISTER 0 2 b");
  expect(heard()).toEqual(["REGACK 4 1 0", "REGACK 5 2 0"]);
});

test("client identifiers: 40 octets are taken, none and 65 are not [SN 5.3.1]", () => {
  const { at } = gatewayDial();
  at("a").says(`CONNECT 60 ${"x".repeat(40)}`);
  at("b").says("CONNECT 60 ", `CONNECT 60 ${"x".repeat(65)}`, "CONNECT 60 a\0b");
  expect(at("a").heard()).toEqual(["CONNACK 0"]);
  expect(at("b").heard()).toEqual(["CONNACK 3", "CONNACK 3", "CONNACK 3"]);
});

test("a link of one device names a client that does not [SN 5.3.1]", () => {
  const { says, heard, session } = gatewayDial({ link: { clientId: "puck" } });
  says("CONNECT 60 ");
  expect([heard(), session("puck").state]).toEqual([["CONNACK 0"], 2]);
});

test("another client at the same address: the first has left, without its will [SN 6.2]", () => {
  const { says, heard, asked, g } = gatewayDial().connects("CONNECT will clean 60 c");
  says("WILLTOPIC w", "WILLMSG x");
  heard();
  asked();
  says("CONNECT clean 60 d");
  expect([heard(), asked()]).toEqual([
    ["CONNACK 0"],
    ["disconnect c", "forget c", "connect d clean"],
  ]);
  expect([...g.sessions.keys(), g.peers.size, g.perHost.get("udp a")]).toEqual(["d", 1, 1]);
});

test("any other protocol than 1.2 is refused [SN 5.3.8]", () => {
  const { octets, heard } = gatewayDial();
  octets("\x07\x04\x04\x02\0\x3cc");
  expect(heard()).toEqual(["CONNACK 3"]);
});

test("a message from nobody is answered with DISCONNECT, a few times a second [SN 6.12]", () => {
  const { at, passes, counters } = gatewayDial();
  for (let i = 0; i < 10; i++) at("x").says("PINGREQ", "PUBLISH 1 q1 #1 x", "SUBSCRIBE 1 q0 a");
  expect(at("x").heard()).toEqual(Array(5).fill("DISCONNECT"));
  passes(1000);
  at("x").says("PUBACK 1 1 0", "DISCONNECT");
  expect([at("x").heard(), counters.unknown]).toEqual([["DISCONNECT"], 32]);
});

test("two gateways do not answer each other for ever [SN 6.12]", () => {
  const { at, counters } = gatewayDial();
  at("gw").says("DISCONNECT", "CONNACK 0", "SUBACK q0 1 1 0", "UNSUBACK 1", "WILLTOPICREQ");
  at("gw").says("WILLMSGREQ", "WILLTOPICRESP 0", "WILLMSGRESP 0", "GWINFO 2 ", "ADVERTISE 2 9");
  expect([at("gw").heard(), counters.malformed, counters.unknown]).toEqual([[], 7, 1]);
});

test("keep alive 0 is no supervision, but for a day [SN 6.11]", () => {
  const { passes, session } = gatewayDial().connects("CONNECT clean 0 c");
  passes(86399999);
  expect(session("c").state).toBe(2);
  passes(1);
  expect(session("c").state).toBe(5);
});

test("the same client from a second address: the newest wins, the old one is told [SN 6.2]", () => {
  const { says, at, heard, asked, session, g } = gatewayDial().connects("CONNECT will 60 c");
  says("WILLTOPIC w", "WILLMSG x");
  heard();
  asked();
  at("b").says("CONNECT 60 c");
  expect([heard(), at("b").heard(), asked()]).toEqual([
    ["DISCONNECT"],
    ["CONNACK 0"],
    ["connect c"],
  ]);
  says("PINGREQ");
  expect([heard(), session("c").peer.host]).toEqual([["DISCONNECT"], "b"]);
  expect([g.peers.size, g.perHost.get("udp a"), g.perHost.get("udp b")]).toEqual([1, undefined, 1]);
});

test("octets behind a message, or fewer than it says, and it is dropped [SN 5.2.1]", () => {
  const { octets, heard, counters } = gatewayDial().connects();
  octets(octetsOf("PINGREQ") + "\0");
  octets("\x03\x16");
  octets("");
  octets("\x01");
  octets("\0\0\0");
  octets("\x06\x12\x07");
  octets("\x04\x12\x20\0");
  expect([heard(), counters.malformed]).toEqual([[], 7]);
});

test("a long header around a short message is taken, and never sent [SN 5.2.1]", () => {
  const { octets, heard } = gatewayDial().connects();
  octets("\x01\0\x04\x16");
  expect(heard()).toEqual(["PINGRESP"]);
});

test("ADVERTISE says its own interval, not a keep alive [SN 6.1]", () => {
  const { core, heardByAll } = gatewayDial();
  core.advertise(600);
  expect(heardByAll()).toEqual(["ADVERTISE 1 600"]);
});
