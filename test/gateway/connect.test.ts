// SPDX-License-Identifier: MIT
// Connecting, the will, keep alive and leaving, as a gateway sees it.

import { expect, test } from "vitest";
import { gatewayDial } from "./fake.js";

test("CONNECT is answered when the server has answered, and not before [SN 6.2]", () => {
  const { says, heard, asked, server } = gatewayDial();
  server.isEager = false;
  says("CONNECT clean 60 c");
  expect([heard(), asked()]).toEqual([[], ["connect c clean"]]);
  server.answers();
  expect(heard()).toEqual(["CONNACK 0"]);
});

test.each([
  [1, "CONNACK 1"],
  [3, "CONNACK 3"],
])("a server that refuses with %i is told [SN 6.2]", (refusal, told) => {
  const { says, heard, server, g, passes } = gatewayDial();
  server.isEager = false;
  says("CONNECT 60 c");
  server.refuses(refusal);
  expect(heard()).toEqual([told]);
  passes(60000);
  expect(g.sessions.size).toBe(0);
});

test("the will is asked for in two steps, each again when it comes again [SN 6.3]", () => {
  const { says, heard, asked, session } = gatewayDial();
  says("CONNECT will clean 60 c", "CONNECT will clean 60 c");
  expect(heard()).toEqual(["WILLTOPICREQ", "WILLTOPICREQ"]);
  says("WILLTOPIC q1 retain w/t", "WILLTOPIC q1 retain w/t");
  expect(heard()).toEqual(["WILLMSGREQ", "WILLMSGREQ"]);
  expect(asked()).toEqual([]);
  says("WILLMSG gone", "WILLMSG gone");
  expect(heard()).toEqual(["CONNACK 0", "CONNACK 0"]);
  expect(asked()).toEqual(["connect c clean"]);
  expect(session("c").will).toEqual({ topic: "w/t", payload: "gone", qos: 1, retain: true });
});

test("a will with a topic that is none is refused [SN 6.3]", () => {
  const { says, heard } = gatewayDial();
  says("CONNECT will clean 60 c", "WILLTOPIC q1 w/#");
  expect(heard()).toEqual(["WILLTOPICREQ", "CONNACK 3"]);
});

test.each([
  [60, 90000],
  [100, 110000],
])("after keep alive %i and its tolerance the client is lost [SN 7.2]", (seconds, ms) => {
  const { says, passes, asked, connects, session } = gatewayDial();
  connects(`CONNECT will clean ${seconds} c`);
  says("WILLTOPIC w", "WILLMSG x");
  asked();
  passes(ms - 1);
  says("PINGREQ");
  passes(ms - 1);
  expect(asked()).toEqual([]);
  passes(1);
  expect(asked()).toEqual(["publish c w q0 x", "disconnect c"]);
  expect(session("c").state).toBe(5);
});

test("a plain DISCONNECT publishes no will, and its answer comes again [SN 6.12]", () => {
  const { says, passes, heard, asked, g } = gatewayDial().connects("CONNECT will clean 60 c");
  says("WILLTOPIC w", "WILLMSG x");
  heard();
  asked();
  says("DISCONNECT", "DISCONNECT");
  expect([heard(), asked()]).toEqual([["DISCONNECT", "DISCONNECT"], ["disconnect c"]]);
  passes(100000);
  expect([asked(), g.sessions.size, g.peers.size, g.perHost.size]).toEqual([["forget c"], 0, 0, 0]);
});

test("clean session, will: what each combination keeps [SN 6.2]", () => {
  const { says, session, sends, passes } = gatewayDial().connects("CONNECT will 60 c");
  says("WILLTOPIC w", "WILLMSG x", "SUBSCRIBE 1 q1 a/+", "DISCONNECT");
  sends("c", "a/b", "kept", 1);
  passes(3600000);
  says("CONNECT 60 c");
  expect(session("c").will?.topic).toBe("w");
  expect([...session("c").subscriptions.keys()]).toEqual(["a/+"]);
  says("CONNECT will 60 c", "WILLTOPIC v", "WILLMSG y");
  expect(session("c").will?.topic).toBe("v");
  says("CONNECT clean 60 c");
  const { will, subscriptions, queue } = session("c");
  expect([will, subscriptions.size, queue.length]).toEqual([undefined, 0, 0]);
});

test("a session without a connection is kept for its time [SN 6.2]", () => {
  const { says, passes, g } = gatewayDial({ times: { sessionSeconds: 3600 } }).connects(
    "CONNECT 60 c",
  );
  says("SUBSCRIBE 1 q1 a", "DISCONNECT");
  passes(3599999);
  expect(g.sessions.size).toBe(1);
  passes(1);
  expect([g.sessions.size, g.peers.size]).toEqual([0, 0]);
});

test("a will changes in two messages, independent of each other [SN 6.4]", () => {
  const { says, heard, session } = gatewayDial().connects();
  says("WILLMSGUPD early");
  expect(heard()).toEqual(["WILLMSGRESP 3"]);
  says("WILLTOPICUPD q2 retain w", "WILLMSGUPD bye", "WILLTOPICUPD v");
  expect(heard()).toEqual(["WILLTOPICRESP 0", "WILLMSGRESP 0", "WILLTOPICRESP 0"]);
  expect(session("c").will).toEqual({ topic: "v", payload: "bye", qos: 0, retain: false });
  says("WILLTOPICUPD q1 a/+", "WILLTOPICUPD");
  expect(heard()).toEqual(["WILLTOPICRESP 3", "WILLTOPICRESP 0"]);
  expect(session("c").will).toBe(undefined);
});

test("when the server is lost, active clients are told, and come again [SN 6.12]", () => {
  const { says, heard, server, asked } = gatewayDial().connects("CONNECT 60 c");
  says("SUBSCRIBE 1 q1 a");
  heard();
  server.fails();
  expect(heard()).toEqual(["DISCONNECT"]);
  says("CONNECT 60 c");
  expect(heard()).toEqual(["CONNACK 1"]);
  server.isUp = true;
  server.sessions.clear();
  asked();
  says("PINGREQ", "CONNECT 60 c");
  expect(heard()).toEqual(["DISCONNECT", "CONNACK 0"]);
  // The server has forgotten: what the gateway kept is asked for anew.
  expect(asked()).toEqual(["connect c", "subscribe c a q1"]);
});

test("CONNECT that never gets its will is forgotten [SN 6.3]", () => {
  const { says, passes, g } = gatewayDial();
  says("CONNECT will 60 c");
  passes(50000);
  expect([g.sessions.size, g.peers.size, g.perHost.size]).toEqual([0, 0, 0]);
});

test("an advertisement goes to all, and a search is answered to its sender and to all [SN 6.1]", () => {
  const { core, at, heardByAll } = gatewayDial();
  core.advertise(900);
  expect(heardByAll()).toEqual(["ADVERTISE 1 900"]);
  at("x", 9).says("SEARCHGW 0", "GWINFO 7 ", "ADVERTISE 2 900");
  expect(at("x", 9).heard()).toEqual(["GWINFO 1"]);
  expect(heardByAll()).toEqual(["GWINFO 1"]);
});

test("bounds: clients in all, and of one address [SN 6.2]", () => {
  const { at, counters } = gatewayDial({ limits: { clients: 3, clientsPerAddress: 2 } });
  at("a", 1).says("CONNECT clean 60 c1");
  at("a", 2).says("CONNECT clean 60 c2");
  at("a", 3).says("CONNECT clean 60 c3");
  at("b", 1).says("CONNECT clean 60 c4");
  at("d", 1).says("CONNECT clean 60 c5");
  const told = [at("a", 2), at("a", 3), at("b"), at("d")].map(({ heard }) => heard()[0]);
  expect(told).toEqual(["CONNACK 0", "CONNACK 1", "CONNACK 0", "CONNACK 1"]);
  expect(counters.congested).toBe(2);
});

test("a rule says who may come, and from where", () => {
  const rules = [{ id: "puck*", from: ["10.0.0.0/8", "ble"] }, { id: "any" }];
  const { at, session, counters } = gatewayDial({ rules, onlyListed: true });
  at("10.1.2.3").says("CONNECT clean 60 puck1");
  at("11.1.2.3").says("CONNECT clean 60 puck2");
  at("somewhere").says("CONNECT clean 60 any");
  at("elsewhere").says("CONNECT clean 60 anything");
  const told = ["10.1.2.3", "11.1.2.3", "somewhere", "elsewhere"].map(
    (host) => at(host).heard()[0],
  );
  expect(told).toEqual(["CONNACK 0", "CONNACK 3", "CONNACK 0", "CONNACK 3"]);
  expect(session("puck1").rule).toBe(rules[0]);
  expect(counters.forbidden).toBe(2);
});

test("no more datagrams a second from one address than it may send", () => {
  const { at, passes, counters } = gatewayDial({ limits: { datagramsPerSecond: 3 } });
  at("a").says("CONNECT clean 60 c", "PINGREQ", "PINGREQ", "PINGREQ", "PINGREQ");
  at("b").says("SEARCHGW 0");
  expect(at("a").heard()).toEqual(["CONNACK 0", "PINGRESP", "PINGRESP"]);
  expect([at("b").heard(), counters.limited]).toEqual([["GWINFO 1"], 2]);
  passes(1000);
  at("a").says("PINGREQ");
  expect(at("a").heard()).toEqual(["PINGRESP"]);
});
