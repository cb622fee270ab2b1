// SPDX-License-Identifier: MIT
// Connections: CONNECT with and without a will, refusals, retries, keep alive, lost gateways, the end.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import { snDial, snOnline } from "./fake.js";
import { octetsOf } from "./words.js";

const will = { topic: "w/t", payload: "gone", qos: 1, retain: true };

test("CONNECT says clean session, keep alive and client identifier [SN 5.4.4]", () => {
  const dial = snDial({ clientId: "größe", keepAlive: 300, cleanSession: false });
  dial.passes(1);
  expect(dial.sent()).toEqual(["CONNECT 300 gr\xc3\xb6\xc3\x9fe"]);
  expect(dial.air.sent[0]!.to).toBe("gw:1883");
  dial.says("CONNACK 0");
  expect(dial.heard()).toEqual(["connect"]);
});

test("a will is given when the gateway asks for it [SN 6.3]", () => {
  const { passes, says, sent, heard } = snDial({ will });
  passes(1);
  expect(sent()).toEqual(["CONNECT will clean 60 c"]);
  says("WILLTOPICREQ");
  expect(sent()).toEqual(["WILLTOPIC q1 retain w/t"]);
  says("WILLMSGREQ");
  expect(sent()).toEqual(["WILLMSG gone"]);
  says("CONNACK 0");
  expect(heard()).toEqual(["connect"]);
});

test("each message of the will is sent again until the next request comes [SN 6.3]", () => {
  const { passes, says, sent, heard } = snDial({ will, retries: 1 });
  passes(1);
  passes(10000);
  says("WILLTOPICREQ");
  passes(10000);
  says("WILLMSGREQ");
  passes(10000);
  expect(sent()).toEqual([
    "CONNECT will clean 60 c",
    "CONNECT will clean 60 c",
    "WILLTOPIC q1 retain w/t",
    "WILLTOPIC q1 retain w/t",
    "WILLMSG gone",
    "WILLMSG gone",
  ]);
  passes(10000);
  expect(heard()).toEqual([`close ${Status.NO_ANSWER}`]);
});

test("WILLTOPICREQ repeated is answered again; the first gateway to answer is the one [SN 6.3]", () => {
  const { passes, says, sent, air, client } = snDial({ will });
  passes(1);
  says("WILLTOPICREQ", "WILLTOPICREQ");
  air.says(octetsOf("WILLMSGREQ"), "other");
  air.says(octetsOf("CONNACK 0"), "other");
  expect(sent()).toEqual([
    "CONNECT will clean 60 c",
    "WILLTOPIC q1 retain w/t",
    "WILLTOPIC q1 retain w/t",
  ]);
  expect(client.stats().skipped).toBe(2);
});

test("another will is told in a new CONNECT; none deletes the old one with the session [SN 6.2] [SN 6.4]", () => {
  const { client, says, sent, heard } = snOnline();
  client.subscribe("a/b");
  says("SUBACK q0 4 1 0");
  sent();
  heard();
  client.will({ ...will, qos: 0, retain: false });
  expect(sent()).toEqual(["CONNECT will 60 c"]);
  says("WILLTOPICREQ", "WILLMSGREQ", "CONNACK 0");
  expect(sent()).toEqual(["WILLTOPIC q0 w/t", "WILLMSG gone", "SUBSCRIBE 1 q0 a/b"]);
  says("SUBACK q0 4 1 0");
  client.will(undefined);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  expect(heard()).toEqual(["connect", "subscribed 1 0"]);
});

test("with willUpdate another will is told within the connection [SN 6.4]", () => {
  const { client, sent, says, heard } = snOnline({ will, willUpdate: true });
  client.will({ topic: "w/u", payload: "left", qos: 2 });
  expect(sent()).toEqual(["WILLTOPICUPD q2 w/u"]);
  says("WILLTOPICRESP 0");
  expect(sent()).toEqual(["WILLMSGUPD left"]);
  says("WILLMSGRESP 0");
  client.will(undefined);
  // Without a topic both are deleted.
  expect(sent()).toEqual(["WILLTOPICUPD"]);
  says("WILLTOPICRESP 0");
  expect([sent(), heard()]).toEqual([[], []]);
});

test("a will update is sent again, and waits for what is under way and for T_WAIT [SN 6.4] [SN 6.13]", () => {
  const { client, sent, says, passes } = snOnline({ willUpdate: true, waitMs: 20000 });
  client.publish("ab", "x", 1);
  client.will(will);
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' x"]);
  says("PUBACK 0 1 0");
  passes(10000);
  expect(sent()).toEqual(["WILLTOPICUPD q1 retain w/t", "WILLTOPICUPD q1 retain w/t"]);
  says("WILLTOPICRESP 1");
  passes(19999);
  expect(sent()).toEqual([]);
  passes(1);
  expect(sent()).toEqual(["WILLTOPICUPD q1 retain w/t"]);
});

test("a gateway that knows no will updates is told in a new CONNECT [SN 6.4]", () => {
  const { client, sent, says } = snOnline({ willUpdate: true });
  client.will(will);
  says("WILLTOPICRESP 3");
  expect(sent()).toEqual(["WILLTOPICUPD q1 retain w/t", "CONNECT will 60 c"]);
  says("WILLTOPICREQ", "WILLMSGREQ", "CONNACK 0");
  client.will({ ...will, payload: "other" });
  expect(sent().at(-1)).toBe("CONNECT will 60 c");
});

test("a will that changes while the last one is being told is told as well [SN 6.4]", () => {
  const { client, sent, says } = snOnline({ willUpdate: true });
  client.will(will);
  client.will({ topic: "w/u", payload: "left" });
  says("WILLTOPICRESP 0", "WILLTOPICRESP 0", "WILLMSGRESP 0");
  expect(sent()).toEqual(["WILLTOPICUPD q1 retain w/t", "WILLTOPICUPD q0 w/u", "WILLMSGUPD left"]);
  const connecting = snOnline();
  connecting.client.will(will);
  connecting.says("WILLTOPICREQ");
  connecting.client.will({ topic: "w/u", payload: "left" });
  connecting.says("WILLMSGREQ", "CONNACK 0");
  expect(connecting.sent().at(-1)).toBe("CONNECT will 60 c");
});

test("a will is deleted with its session, also where sessions are kept [SN 6.2]", () => {
  const { client, sent } = snOnline({ will, cleanSession: false });
  client.will(undefined);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
});

test("a will given before the connection is in its CONNECT [SN 6.3]", () => {
  const { client, passes, sent, says } = snDial();
  client.will(will);
  passes(1);
  says("WILLTOPICREQ", "WILLMSGREQ", "CONNACK 0");
  expect(sent()).toEqual(["CONNECT will clean 60 c", "WILLTOPIC q1 retain w/t", "WILLMSG gone"]);
});

test("an unanswered message is sent again after T_RETRY, N_RETRY times, octet for octet [SN 6.13]", () => {
  const { client, air, passes, sent, heard } = snOnline();
  client.publish("ab", "x", 1);
  passes(9999);
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' x"]);
  passes(1);
  expect(sent()).toEqual(["PUBLISH 1 q1 dup 'ab' x"]);
  passes(20000);
  expect(sent()).toEqual(["PUBLISH 1 q1 dup 'ab' x", "PUBLISH 1 q1 dup 'ab' x"]);
  expect(heard()).toEqual([]);
  passes(10000);
  expect(heard()).toEqual([`close ${Status.NO_ANSWER}`]);
  expect(air.sent.length).toBe(5);
});

test("SUBSCRIBE again has DUP, all others stay as they were [SN 6.13]", () => {
  const { client, passes, sent, says } = snOnline({ retries: 1 });
  client.subscribe("a/b", 1);
  passes(10000);
  expect(sent()).toEqual(["SUBSCRIBE 1 q1 a/b", "SUBSCRIBE 1 q1 dup a/b"]);
  says("SUBACK q1 4 1 0");
  client.unsubscribe("a/b");
  passes(10000);
  expect(sent()).toEqual(["UNSUBSCRIBE 2 a/b", "UNSUBSCRIBE 2 a/b"]);
  says("UNSUBACK 2");
  client.publish("t/1", "x", 2);
  passes(10000);
  expect(sent()).toEqual(["REGISTER 0 4 t/1", "REGISTER 0 4 t/1"]);
  says("REGACK 9 4 0", "PUBREC 3");
  passes(10000);
  expect(sent()).toEqual(["PUBLISH 3 q2 #9 x", "PUBREL 3", "PUBREL 3"]);
});

test("up to a quarter of T_RETRY is added by chance [SN 7.2]", () => {
  const { client, world, passes, sent } = snOnline();
  world.chance = 0.9999;
  client.publish("ab", "x", 1);
  sent();
  passes(12499);
  expect(sent()).toEqual([]);
  passes(1);
  expect(sent()).toEqual(["PUBLISH 1 q1 dup 'ab' x"]);
});

test("PINGREQ comes at three quarters of keep alive, counted from what was sent [SN 6.11]", () => {
  const { client, passes, sent, says } = snOnline();
  passes(44999);
  says("PUBLISH q0 'ab' x");
  expect(sent()).toEqual([]);
  passes(1);
  expect(sent()).toEqual(["PINGREQ"]);
  says("PINGRESP");
  passes(30000);
  client.publish("ab", "x");
  passes(44999);
  expect(sent()).toEqual(["PUBLISH q0 'ab' x"]);
  passes(1);
  expect(sent()).toEqual(["PINGREQ"]);
});

test("a gateway that answers no PINGREQ is lost; all is as before with the next connection [SN 6.13]", () => {
  const { client, passes, sent, says, heard } = snOnline({ retries: 1, cleanSession: false });
  client.subscribe("a/+", 1);
  client.publish("t/1", "one", 1);
  says("SUBACK q1 0 1 0", "REGACK 5 3 0");
  expect(sent()).toEqual(["SUBSCRIBE 1 q1 a/+", "REGISTER 0 3 t/1", "PUBLISH 2 q1 #5 one"]);
  passes(20000);
  expect(heard()).toEqual(["subscribed 1 1", `close ${Status.NO_ANSWER}`]);
  sent();
  passes(1000);
  expect(sent()).toEqual(["CONNECT 60 c"]);
  says("CONNACK 0");
  expect(sent()).toEqual(["SUBSCRIBE 1 q1 a/+"]);
  says("SUBACK q1 0 1 0");
  expect(sent()).toEqual(["REGISTER 0 4 t/1"]);
  says("REGACK 6 4 0");
  expect(sent()).toEqual(["PUBLISH 2 q1 dup #6 one"]);
  expect(client.stats().reconnects).toBe(1);
});

test("between PUBREC and PUBCOMP a kept session goes on with PUBREL [SN 6.6]", () => {
  const { client, passes, sent, says, heard } = snOnline({ cleanSession: false });
  client.publish("ab", "x", 2);
  says("PUBREC 1", "DISCONNECT");
  sent();
  passes(1000);
  says("CONNACK 0");
  expect(sent()).toEqual(["CONNECT 60 c", "PUBREL 1"]);
  says("PUBCOMP 1");
  expect(heard()).toEqual([`close ${Status.CLOSED}`, "connect", "delivered 1"]);
});

test("between PUBREC and PUBCOMP a session that is gone leaves it uncertain [SN 6.6]", () => {
  const { client, passes, sent, says, heard } = snOnline();
  client.publish("ab", "x", 2);
  says("PUBREC 1", "DISCONNECT");
  sent();
  passes(1000);
  says("CONNACK 0");
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  expect(heard()).toEqual([`close ${Status.CLOSED}`, "uncertain 1", "connect"]);
});

test("the wait before the next connection doubles, and a good connection resets it", () => {
  const { world, passes, sent, says, heard } = snDial({ retries: 1 });
  world.chance = 0.9999;
  const waits: number[] = [];
  passes(1);
  for (let i = 0; i < 8; i++) {
    // CONNECT twice, 12.5 s each.
    passes(25000);
    expect(heard()).toEqual([`close ${Status.NO_ANSWER}`]);
    sent();
    const before = world.now;
    while (sent().length < 1) passes(10);
    waits.push(Math.round((world.now - before) / 1000));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  says("CONNACK 0");
  passes(45000);
  says("PINGRESP", "DISCONNECT");
  sent();
  passes(1000);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
});

test("a gateway with congestion is left alone for T_WAIT [SN 5.3.10]", () => {
  const { passes, sent, says, heard } = snDial();
  passes(1);
  says("CONNACK 1");
  expect(heard()).toEqual([`close ${Status.REFUSED_UNAVAILABLE}`]);
  sent();
  passes(299999);
  expect(sent()).toEqual([]);
  passes(1);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  says("CONNACK 3");
  expect(heard()).toEqual([`close ${Status.NOT_SUPPORTED}`]);
  passes(299999);
  expect(sent()).toEqual([]);
});

test("end sends DISCONNECT until it is answered, and leaves no timer [SN 6.12]", () => {
  const { client, world, air, passes, sent, says, heard } = snOnline();
  client.publish("ab", "x", 1);
  sent();
  client.end();
  expect(client.publish("ab", "x", 1)).toBe(Status.ENDED);
  passes(10000);
  expect(sent()).toEqual(["DISCONNECT", "DISCONNECT"]);
  says("DISCONNECT");
  expect(heard()).toEqual(["close 0"]);
  expect([world.timers.length, air.isUp]).toEqual([0, false]);
  client.end();
  expect(client.publish("ab", "x", 1)).toBe(Status.ENDED);
  expect(client.subscribe("ab")).toBe(Status.ENDED);
  expect(heard()).toEqual([]);
});

test("end comes to its end without an answer too, and at once where there is no connection", () => {
  const lone = snOnline();
  lone.client.end();
  lone.passes(40000);
  expect(lone.heard()).toEqual(["close 0"]);
  expect(lone.world.timers.length).toBe(0);
  const early = snDial();
  early.client.end();
  expect(early.heard()).toEqual(["close 0"]);
  expect([early.world.timers.length, early.sent()]).toEqual([0, []]);
});

test("drain waits until all is acknowledged, then disconnects [SN 6.12]", () => {
  const { client, world, sent, says, note, heard } = snOnline();
  client.publish("ab", "x", 1);
  client.drain(60000, (status, left) => note(`drained ${status}`, String(left)));
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' x"]);
  says("PUBACK 0 1 0");
  expect(sent()).toEqual(["DISCONNECT"]);
  says("DISCONNECT");
  expect(heard()).toEqual(["delivered 1", "close 0", "drained 0: 0"]);
  expect(world.timers.length).toBe(0);
});

test("drain gives up after its time, and says what is left", () => {
  const { client, world, sent, passes, note, heard } = snOnline();
  client.publish("ab", "x", 1);
  client.drain(5000, (status, left) => note(`drained ${status}`, String(left)));
  passes(5000);
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' x", "DISCONNECT"]);
  expect(heard()).toEqual(["close 0", `drained ${Status.NO_ANSWER}: 1`]);
  expect(world.timers.length).toBe(0);
  client.drain(1000, (status, left) => note(`drained ${status}`, String(left)));
  expect(heard()).toEqual([`drained ${Status.NO_ANSWER}: 1`]);
  expect(world.timers.length).toBe(0);
});

test("options that make no sense are refused", () => {
  const status = (options: object) => {
    try {
      snDial(options);
      return 0;
    } catch (error) {
      return Number(/-?\d+$/.exec((error as Error).message)![0]);
    }
  };
  for (const options of [
    { clientId: "" },
    { clientId: "x".repeat(24) },
    { clientId: "ö".repeat(12) },
    { host: undefined },
    { keepAlive: 65536 },
  ]) {
    expect(status(options)).toBe(Status.INVALID_OPTION);
  }
  expect(status({ clientId: "x".repeat(23), keepAlive: 65535 })).toBe(0);
});

test("a link that cannot be opened is tried again, one that throws or closes is opened anew", () => {
  const { air, passes, heard, sent, says, client } = snDial({ retries: 1 });
  air.refuses = true;
  passes(0);
  expect(heard()).toEqual([`close ${Status.UNREACHABLE}`]);
  air.refuses = false;
  passes(1000);
  says("CONNACK 0");
  expect([sent(), heard()]).toEqual([["CONNECT clean 60 c"], ["connect"]]);
  air.fails();
  expect(heard()).toEqual([`close ${Status.LINK_FAILED}`]);
  passes(2000);
  says("CONNACK 0");
  expect([air.links, heard()]).toEqual([2, ["connect"]]);
  air.throws = true;
  expect(client.publish("ab", "x")).toBe(Status.OFFLINE);
});

test("the end during a congestion leaves no timer either", () => {
  const { client, world, says, heard } = snOnline();
  client.publish("ab", "x", 1);
  says("PUBACK 0 1 1");
  client.end();
  says("DISCONNECT");
  expect([heard(), world.timers.length]).toEqual([["close 0"], 0]);
});
