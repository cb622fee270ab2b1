// SPDX-License-Identifier: MIT
// PUBLISH, REGISTER and SUBSCRIBE of clients, as a gateway answers them.

import { expect, test } from "vitest";
import { gatewayDial } from "./fake.js";

test("a name is registered once, and is the same number in the whole session [SN 6.5]", () => {
  const { says, heard } = gatewayDial({ predefined: { p: 1, q: 3 } }).connects("CONNECT 60 c");
  says("REGISTER 0 1 a", "REGISTER 0 2 b", "REGISTER 0 3 a", "REGISTER 0 4 a/#");
  expect(heard()).toEqual(["REGACK 2 1 0", "REGACK 4 2 0", "REGACK 2 3 0", "REGACK 0 4 3"]);
  says("DISCONNECT", "CONNECT 60 c", "REGISTER 0 5 b");
  expect(heard()).toEqual(["DISCONNECT", "CONNACK 0", "REGACK 4 5 0"]);
});

test("PUBACK follows the server's, PUBREC too, and QoS 0 is never answered [SN 6.6]", () => {
  const { says, heard, asked, server } = gatewayDial().connects();
  server.isEager = false;
  says("PUBLISH q0 'ab' zero", "PUBLISH 1 q1 'ab' one", "PUBLISH 2 q2 retain 'ab' two");
  expect(heard()).toEqual([]);
  expect(asked()).toEqual([
    "publish c ab q0 zero",
    "publish c ab q1 one",
    "publish c ab q2 retain two",
  ]);
  server.answers();
  expect(heard()).toEqual(["PUBACK 24930 1 0", "PUBREC 2"]);
  says("PUBREL 2", "PUBREL 2");
  expect(heard()).toEqual(["PUBCOMP 2", "PUBCOMP 2"]);
});

test("QoS 2 is one message however often it comes before PUBREL [SN 6.6]", () => {
  const { says, heard, server } = gatewayDial().connects();
  server.isEager = false;
  says("PUBLISH 2 q2 'ab' two", "PUBLISH 2 q2 dup 'ab' two");
  server.answers();
  says("PUBLISH 2 q2 dup 'ab' two");
  expect(heard()).toEqual(["PUBREC 2", "PUBREC 2"]);
  expect(server.published.length).toBe(1);
  says("PUBREL 2", "PUBLISH 2 q2 'ab' another");
  expect(server.published.length).toBe(2);
});

test("QoS 2 is one message over a new connection that keeps the session [SN 6.6]", () => {
  const { says, heard, server } = gatewayDial().connects("CONNECT 60 c");
  says("PUBLISH 2 q2 'ab' two", "CONNECT 60 c", "PUBLISH 2 q2 dup 'ab' two", "PUBREL 2");
  expect(heard()).toEqual(["PUBREC 2", "CONNACK 0", "PUBREC 2", "PUBCOMP 2"]);
  expect(server.published.length).toBe(1);
});

test("a message that the server does not acknowledge is not acknowledged [SN 6.6]", () => {
  const { says, heard, server } = gatewayDial().connects("CONNECT 60 c");
  server.isEager = false;
  says("PUBLISH 1 q1 'ab' one", "PUBLISH 2 q2 'ab' two");
  server.fails();
  expect(heard()).toEqual(["DISCONNECT"]);
  server.isUp = true;
  server.isEager = true;
  says("CONNECT 60 c", "PUBLISH 1 q1 dup 'ab' one", "PUBLISH 2 q2 dup 'ab' two");
  expect(heard()).toEqual(["CONNACK 0", "PUBACK 24930 1 0", "PUBREC 2"]);
});

test("more than may be under way is refused as congestion; at QoS 0 it is dropped [SN 6.6]", () => {
  const { says, heard, server, counters } = gatewayDial({ limits: { inFlight: 2 } }).connects();
  server.isEager = false;
  says("PUBLISH 1 q1 'ab' x", "PUBLISH 2 q1 'ab' x", "PUBLISH 3 q1 'ab' x", "PUBLISH q0 'ab' x");
  expect([heard(), counters.publishDropped]).toEqual([["PUBACK 24930 3 1"], 2]);
  server.answers();
  expect(heard()).toEqual(["PUBACK 24930 1 0", "PUBACK 24930 2 0"]);
});

test("QoS −1 comes from anybody, on the gateway's own connection, and is not answered [SN 6.8]", () => {
  const { at, asked, counters } = gatewayDial({ predefined: { "p/q": 7 } });
  at("x").says("PUBLISH q-1 =7 one", "PUBLISH q-1 retain 'ab' two", "PUBLISH q-1 =8 three");
  at("x").says("PUBLISH q-1 '+#' four");
  expect(at("x").heard()).toEqual([]);
  expect(asked()).toEqual(["publish - p/q q0 one", "publish - ab q0 retain two"]);
  expect([counters.publishedMinusOne, counters.minusOneDropped]).toEqual([2, 2]);
});

test("QoS −1 can be off", () => {
  const { says, asked } = gatewayDial({ qosMinusOne: false });
  says("PUBLISH q-1 'ab' x");
  expect(asked()).toEqual([]);
});

test("predefined topics, a client's own before those of all [SN 6.7]", () => {
  const own = { ids: new Map([["mine", "\0\x05"]]), names: new Map([["\0\x05", "mine"]]) };
  const { says, heard, asked } = gatewayDial({
    predefined: { all: 5, more: 6 },
    rules: [{ id: "c", predefined: own }],
  }).connects();
  says("PUBLISH 1 q1 =5 x", "PUBLISH 2 q1 =6 x", "PUBLISH 3 q1 =7 x", "SUBSCRIBE 4 q1 =6");
  says("SUBSCRIBE 5 q1 =9", "UNSUBSCRIBE 6 =6");
  expect(heard()).toEqual([
    "PUBACK 5 1 0",
    "PUBACK 6 2 0",
    "PUBACK 7 3 2",
    "SUBACK q1 6 4 0",
    "SUBACK q0 0 5 2",
    "UNSUBACK 6",
  ]);
  expect(asked()).toEqual([
    "publish c mine q1 x",
    "publish c more q1 x",
    "subscribe c more q1",
    "unsubscribe c more",
  ]);
});

test("SUBSCRIBE: a plain name has a number, a filter and a short name have none [SN 6.9]", () => {
  const { says, heard, server } = gatewayDial().connects();
  server.grants = (qos) => (qos > 1 ? 1 : qos);
  says("SUBSCRIBE 1 q2 a", "SUBSCRIBE 2 q1 n/+", "SUBSCRIBE 3 q0 'xy'", "SUBSCRIBE 4 q1 a/#/b");
  expect(heard()).toEqual([
    "SUBACK q1 1 1 0",
    "SUBACK q1 0 2 0",
    "SUBACK q0 0 3 0",
    "SUBACK q0 0 4 3",
  ]);
  server.grants = () => 128;
  says("SUBSCRIBE 5 q1 b");
  expect(heard()).toEqual(["SUBACK q0 0 5 3"]);
});

test("SUBSCRIBE that comes again while the server thinks is asked once [SN 6.13]", () => {
  const { says, heard, asked, server } = gatewayDial().connects();
  server.isEager = false;
  says("SUBSCRIBE 1 q1 a", "SUBSCRIBE 1 q1 dup a", "UNSUBSCRIBE 2 b", "UNSUBSCRIBE 2 b");
  server.answers();
  expect(heard()).toEqual(["SUBACK q1 1 1 0", "UNSUBACK 2"]);
  expect(asked()).toEqual(["subscribe c a q1", "unsubscribe c b"]);
});

test("no more subscriptions and names than there is room for [SN 6.9] [SN 6.5]", () => {
  const limits = { subscriptions: 1, topics: 2 };
  const { says, heard } = gatewayDial({ limits }).connects();
  says("SUBSCRIBE 1 q1 a/+", "SUBSCRIBE 2 q1 b/+", "SUBSCRIBE 3 q0 a/+");
  expect(heard()).toEqual(["SUBACK q1 0 1 0", "SUBACK q0 0 2 3", "SUBACK q0 0 3 0"]);
  says("REGISTER 0 4 a", "REGISTER 0 5 b", "REGISTER 0 6 c", "PUBLISH 7 q1 #1 x");
  expect(heard()).toEqual(["REGACK 1 4 0", "REGACK 2 5 0", "REGACK 3 6 0", "PUBACK 1 7 2"]);
});

test("a message identifier whose PUBREL never comes gives way to new ones [SN 6.6]", () => {
  const { says, heard, session } = gatewayDial().connects();
  for (let i = 1; i < 50; i++) says(`PUBLISH ${i} q2 'ab' x`);
  expect(heard().length).toBe(49);
  expect(session("c").received.size).toBe(32);
});

test("what the server acknowledges after a new CONNECT is told when it is asked for [SN 6.6]", () => {
  const { says, heard, server } = gatewayDial().connects("CONNECT 60 c");
  server.isEager = false;
  says("PUBLISH 2 q2 'ab' two", "CONNECT 60 c");
  server.answers();
  expect(heard()).toEqual(["CONNACK 0"]);
  says("PUBLISH 2 q2 dup 'ab' two");
  expect([heard(), server.published.length]).toEqual([["PUBREC 2"], 1]);
});
