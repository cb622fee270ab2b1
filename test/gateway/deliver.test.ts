// SPDX-License-Identifier: MIT
// Messages for clients: one at a time, registered first, sent again, kept while the client sleeps.

import { expect, test } from "vitest";
import { gatewayDial } from "./fake.js";

test("a name is registered before its first message on a connection [SN 6.10]", () => {
  const { says, heard, sends } = gatewayDial().connects("CONNECT 60 c");
  sends("c", "a/b", "one", 1);
  expect(heard()).toEqual(["REGISTER 1 1 a/b"]);
  says("REGACK 1 1 0");
  expect(heard()).toEqual(["PUBLISH 2 q1 #1 one"]);
  says("PUBACK 1 2 0");
  sends("c", "a/b", "two", 0, true);
  expect(heard()).toEqual(["PUBLISH q0 retain #1 two"]);
  says("CONNECT 60 c");
  sends("c", "a/b", "three");
  expect(heard()).toEqual(["CONNACK 0", "REGISTER 1 3 a/b"]);
});

test("a name of two octets needs no number, unless it has one [SN 6.7]", () => {
  const { says, heard, sends } = gatewayDial().connects();
  sends("c", "ab", "one");
  says("REGISTER 0 1 ab");
  sends("c", "ab", "two");
  expect(heard()).toEqual(["PUBLISH q0 'ab' one", "REGACK 1 1 0", "PUBLISH q0 #1 two"]);
});

test("a predefined number is used towards a client that has used it [SN 6.7]", () => {
  const { says, heard, sends } = gatewayDial({ predefined: { "p/q": 7 } }).connects();
  sends("c", "p/q", "one");
  says("REGACK 1 1 3", "CONNECT clean 60 c", "SUBSCRIBE 2 q0 =7");
  heard();
  sends("c", "p/q", "two");
  expect(heard()).toEqual(["PUBLISH q0 =7 two"]);
});

test("the name of a plain SUBSCRIBE is known [SN 6.9]", () => {
  const { says, heard, sends } = gatewayDial().connects();
  says("SUBSCRIBE 1 q1 a/b");
  sends("c", "a/b", "x");
  expect(heard()).toEqual(["SUBACK q1 1 1 0", "PUBLISH q0 #1 x"]);
});

test("one message at a time, QoS 2 through all its steps [SN 6.6]", () => {
  const { says, heard, sends, counters } = gatewayDial().connects();
  sends("c", "ab", "one", 2);
  sends("c", "ab", "two", 1);
  expect(heard()).toEqual(["PUBLISH 1 q2 'ab' one"]);
  says("PUBACK 24930 1 0");
  expect(heard()).toEqual([]);
  says("PUBREC 1");
  expect(heard()).toEqual(["PUBREL 1"]);
  says("PUBCOMP 1");
  expect(heard()).toEqual(["PUBLISH 2 q1 'ab' two"]);
  says("PUBACK 24930 9 0", "PUBACK 24930 2 0", "PUBREC 1", "PUBCOMP 1");
  expect([heard(), counters.delivered]).toEqual([["PUBREL 1"], 2]);
});

test("REGISTER, PUBLISH and PUBREL are sent again, then an active client is lost [SN 6.13]", () => {
  const { says, heard, sends, passes, asked, session } = gatewayDial().connects("CONNECT 600 c");
  sends("c", "a/b", "x", 2);
  passes(10000);
  says("REGACK 1 2 0", "REGACK 1 1 0");
  expect(heard()).toEqual(["REGISTER 1 1 a/b", "REGISTER 1 2 a/b", "PUBLISH 3 q2 #1 x"]);
  passes(10000);
  says("PUBREC 3");
  expect(heard()).toEqual(["PUBLISH 3 q2 dup #1 x", "PUBREL 3"]);
  passes(10000);
  says("PUBREC 3");
  expect(heard()).toEqual(["PUBREL 3", "PUBREL 3"]);
  passes(39999);
  expect([heard(), asked()]).toEqual([["PUBREL 3", "PUBREL 3", "PUBREL 3"], []]);
  passes(1);
  expect([heard(), asked(), session("c").state]).toEqual([[], ["disconnect c"], 5]);
  says("CONNECT 600 c");
  expect(heard()).toEqual(["CONNACK 0", "PUBREL 3"]);
});

test("T_RETRY is longer by chance, up to a quarter [SN 6.13]", () => {
  const { heard, sends, passes } = gatewayDial({ chance: () => 0.5 }).connects();
  sends("c", "ab", "x", 1);
  passes(11249);
  expect(heard().length).toBe(1);
  passes(1);
  expect(heard()).toEqual(["PUBLISH 1 q1 dup 'ab' x"]);
});

test("a client that knows no such number is told the name again, and not without end [SN 6.6]", () => {
  const { says, heard, sends, counters } = gatewayDial().connects();
  says("SUBSCRIBE 9 q1 a/b");
  sends("c", "a/b", "x", 1);
  heard();
  says("PUBACK 1 1 2", "REGACK 1 2 0", "PUBACK 1 1 2", "REGACK 1 3 0");
  expect(heard()).toEqual([
    "REGISTER 1 2 a/b",
    "PUBLISH 1 q1 dup #1 x",
    "REGISTER 1 3 a/b",
    "PUBLISH 1 q1 dup #1 x",
  ]);
  says("PUBACK 1 1 2", "REGACK 1 4 0", "PUBACK 1 1 2");
  expect([heard().length, counters.clientRefused]).toEqual([2, 1]);
  sends("c", "a/b", "y");
  expect(heard()).toEqual(["PUBLISH q0 #1 y"]);
  says("PUBACK 1 0 2");
  sends("c", "a/b", "z");
  expect(heard()).toEqual(["REGISTER 1 5 a/b"]);
});

test("code 2 that comes twice is one: the name is being registered already [SN 6.6]", () => {
  const { says, heard, sends, counters } = gatewayDial().connects();
  says("SUBSCRIBE 9 q1 a/b");
  sends("c", "a/b", "x", 1);
  heard();
  for (let i = 0; i < 9; i++) says("PUBACK 1 1 2");
  expect([heard(), counters.clientRefused]).toEqual([["REGISTER 1 2 a/b"], 0]);
});

test("a client that is congested is left alone for T_WAIT [SN 6.6]", () => {
  const { says, heard, sends, passes } = gatewayDial().connects("CONNECT 6000 c");
  sends("c", "ab", "x", 1);
  says("PUBACK 24930 1 1");
  sends("c", "ab", "y");
  passes(299999);
  expect(heard()).toEqual(["PUBLISH 1 q1 'ab' x"]);
  passes(1);
  expect(heard()).toEqual(["PUBLISH 1 q1 dup 'ab' x"]);
  says("PUBACK 24930 1 3");
  expect(heard()).toEqual(["PUBLISH q0 'ab' y"]);
});

test("what does not fit the link is dropped and counted [SN 6.10]", () => {
  const { heard, sends, counters } = gatewayDial({ link: { mtu: 20 } }).connects();
  sends("c", "ab", "x".repeat(14), 1);
  sends("c", "ab", "x".repeat(13), 0);
  expect([heard(), counters.tooLong]).toEqual([["PUBLISH q0 'ab' xxxxxxxxxxxxx"], 1]);
});

test("asleep everything waits; awake it comes, and PINGRESP behind the last [SN 6.14]", () => {
  const { says, heard, sends, session } = gatewayDial().connects();
  says("DISCONNECT 300");
  sends("c", "a/b", "one", 1);
  sends("c", "ab", "two");
  expect(heard()).toEqual(["DISCONNECT"]);
  says("PINGREQ c");
  expect(heard()).toEqual(["REGISTER 1 1 a/b"]);
  says("REGACK 1 1 0");
  expect(heard()).toEqual(["PUBLISH 2 q1 #1 one"]);
  says("PUBACK 1 2 0");
  expect(heard()).toEqual(["PUBLISH q0 'ab' two", "PINGRESP"]);
  expect([session("c").state, session("c").queue.length]).toEqual([3, 0]);
  says("PINGREQ c");
  expect(heard()).toEqual(["PINGRESP"]);
});

test("a client that falls asleep again before it has answered finds the message again [SN 6.14]", () => {
  const { says, heard, sends, passes, session } = gatewayDial().connects();
  says("DISCONNECT 300");
  sends("c", "ab", "x", 2);
  heard();
  says("PINGREQ c");
  passes(40000);
  expect(heard().length).toBe(4);
  expect(session("c").state).toBe(3);
  passes(100000);
  says("PINGREQ c", "PUBREC 1");
  expect(heard()).toEqual(["PUBLISH 1 q2 dup 'ab' x", "PUBREL 1"]);
  says("DISCONNECT 300", "CONNECT 60 c", "PUBCOMP 1");
  expect(heard()).toEqual(["DISCONNECT", "CONNACK 0", "PUBREL 1"]);
});

test("another PINGREQ has the message at hand sent again at once [SN 6.14]", () => {
  const { says, heard, sends } = gatewayDial().connects();
  says("DISCONNECT 300");
  sends("c", "ab", "x", 1);
  says("PINGREQ c", "PINGREQ c", "PUBACK 24930 1 0");
  expect(heard()).toEqual([
    "DISCONNECT",
    "PUBLISH 1 q1 'ab' x",
    "PUBLISH 1 q1 dup 'ab' x",
    "PINGRESP",
  ]);
});

test("the time of sleep supervises a sleeper, and its tolerance; then the will [SN 7.2]", () => {
  const { says, passes, asked, connects } = gatewayDial();
  connects("CONNECT will clean 10 c");
  says("WILLTOPIC w", "WILLMSG x", "DISCONNECT 300");
  asked();
  passes(329999);
  says("PINGREQ c");
  passes(329999);
  says("DISCONNECT 40");
  passes(59999);
  expect(asked()).toEqual([]);
  passes(1);
  expect(asked()).toEqual(["publish c w q0 x", "disconnect c"]);
});

test("the will of a client whose connection to the server is down goes by the gateway's [SN 6.3]", () => {
  const { says, passes, asked, server, connects } = gatewayDial();
  connects("CONNECT will 10 c");
  says("WILLTOPIC w", "WILLMSG x", "DISCONNECT 20");
  server.fails();
  asked();
  passes(30000);
  expect(asked()).toEqual(["publish - w q0 x"]);
});

test("a sleeper whose server is lost is told when it wakes, and keeps what waited [SN 6.14]", () => {
  const { says, heard, sends, server } = gatewayDial().connects("CONNECT 60 c");
  says("SUBSCRIBE 1 q1 ab", "DISCONNECT 300");
  sends("c", "ab", "x", 1);
  server.fails();
  heard();
  says("PINGREQ c");
  expect(heard()).toEqual(["DISCONNECT"]);
  server.isUp = true;
  says("CONNECT 60 c");
  expect(heard()).toEqual(["CONNACK 0", "PUBLISH 1 q1 #1 x"].map((w) => w.replace("#1", "'ab'")));
});

test("CONNECT out of sleep goes on with everything; a clean one with nothing [SN 6.14]", () => {
  const { says, heard, sends, session } = gatewayDial().connects("CONNECT will clean 60 c");
  says("WILLTOPIC w", "WILLMSG x", "SUBSCRIBE 1 q1 a", "DISCONNECT 300");
  sends("c", "a", "x", 1);
  heard();
  says("CONNECT 60 c");
  expect(heard()).toEqual(["CONNACK 0", "PUBLISH 1 q1 #1 x"]);
  expect(session("c").will?.topic).toBe("w");
  says("DISCONNECT 300", "CONNECT clean 60 c");
  expect(heard()).toEqual(["DISCONNECT", "CONNACK 0"]);
  expect([session("c").queue.length, session("c").will]).toEqual([0, undefined]);
});

test("a full queue: QoS 0 gives way first, then the oldest that is not under way", () => {
  const dial = gatewayDial({ queue: { messages: 3 } }).connects();
  const { says, sends, session, counters } = dial;
  sends("c", "ab", "0", 1);
  says("DISCONNECT 300");
  for (const [payload, qos] of [
    ["1", 1],
    ["2", 0],
    ["3", 1],
    ["4", 1],
    ["5", 0],
  ] as const) {
    sends("c", "ab", payload, qos);
  }
  expect(session("c").queue.map(({ payload }) => payload)).toEqual(["0", "3", "4"]);
  expect(counters.queueFull).toBe(3);
});

test("a full queue that keeps the oldest drops what is new", () => {
  const { says, sends, session } = gatewayDial({
    queue: { messages: 2, drop: "newest" },
  }).connects();
  says("DISCONNECT 300");
  for (const payload of ["1", "2", "3"]) sends("c", "ab", payload, 1);
  expect(session("c").queue.map(({ payload }) => payload)).toEqual(["1", "2"]);
});

test("octets are bounded too, of one client and of all; nobody's queue is cut for another's", () => {
  const { at, sends, session, g } = gatewayDial({ queue: { octets: 400, totalOctets: 600 } });
  at("a").says("CONNECT clean 60 c", "DISCONNECT 300");
  at("b").says("CONNECT clean 60 d", "DISCONNECT 300");
  for (let i = 0; i < 10; i++) sends("c", "ab", "x".repeat(30), 1);
  expect([session("c").queue.length, session("c").queued, g.queued]).toEqual([3, 384, 384]);
  for (let i = 0; i < 10; i++) sends("d", "ab", "x".repeat(30), 1);
  expect([session("c").queue.length, session("d").queue.length, g.queued]).toEqual([3, 1, 512]);
  sends("d", "ab", "x".repeat(300), 1);
  expect(session("d").queue.length).toBe(0);
  at("a").says("CONNECT clean 60 c");
  at("b").says("CONNECT clean 60 d");
  expect(g.queued).toBe(0);
});

test("behind a forwarder each node is a client of its own [SN 5.5]", () => {
  const { octets, at, sends, counters } = gatewayDial();
  const node = (id: string, message: string) =>
    octets(String.fromCharCode(3 + id.length, 0xfe, 0) + id + message, "fw");
  const connect = (id: string) => `${String.fromCharCode(6 + id.length)}\x04\x04\x01\0\x3c${id}`;
  node("N1", connect("one"));
  node("N2", connect("two"));
  node("", connect("three"));
  octets(connect("four"), "fw");
  sends("two", "ab", "x");
  sends("three", "ab", "y");
  expect(at("fw").heard()).toEqual([
    "{N1} CONNACK 0",
    "{N2} CONNACK 0",
    "{} CONNACK 0",
    "CONNACK 0",
    "{N2} PUBLISH q0 'ab' x",
    "{} PUBLISH q0 'ab' y",
  ]);
  // None inside another.
  node("N3", "\x05\xfe\0N4" + connect("five"));
  expect([at("fw").heard(), counters.malformed]).toEqual([[], 1]);
});
