// SPDX-License-Identifier: MIT
// What a gateway sends: subscriptions, messages of every QoS, registrations, and what is no message.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import { snOnline } from "./fake.js";
import { octetsOf } from "./words.js";

test("a plain name's SUBACK brings its identifier, a wildcard's comes with REGISTER [SN 6.9] [SN 6.10]", () => {
  const { client, sent, says, heard, note } = snOnline();
  client.subscribe("a/b", 1, (topic, payload) => note(`one ${topic}`, payload));
  client.subscribe("c/+", 2, (topic, payload) => note(`two ${topic}`, payload));
  expect(sent()).toEqual(["SUBSCRIBE 1 q1 a/b"]);
  says("SUBACK q1 5 1 0");
  expect(sent()).toEqual(["SUBSCRIBE 2 q2 c/+"]);
  says("SUBACK q2 0 2 0");
  expect(heard()).toEqual(["subscribed 1 1", "subscribed 2 2"]);
  says("PUBLISH 3 q1 #5 x");
  expect(sent()).toEqual(["PUBACK 5 3 0"]);
  says("REGISTER 6 4 c/d", "PUBLISH 5 q2 #6 y");
  expect(sent()).toEqual(["REGACK 6 4 0", "PUBREC 5"]);
  says("PUBREL 5");
  expect(sent()).toEqual(["PUBCOMP 5"]);
  expect(heard()).toEqual(["one a/b: x", "two c/d: y"]);
  // The same identifier serves for publishing.
  client.publish("c/d", "z");
  expect(sent()).toEqual(["PUBLISH q0 #6 z"]);
});

test("every handler that matches is called, and `message` where none does [SN 6.10]", () => {
  const { client, says, heard, note } = snOnline();
  client.subscribe("#", 0, (_topic, payload) => note("all", payload));
  client.subscribe("ab", 0, (_topic, payload) => note("short", payload));
  client.subscribe("cd", 0);
  says("SUBACK q0 0 1 0", "SUBACK q0 0 2 0", "SUBACK q0 0 3 0");
  heard();
  says("PUBLISH q0 retain 'ab' 1", "PUBLISH q0 'cd' 2");
  expect(heard()).toEqual(["all: 1", "short: 1", "all: 2"]);
  client.unsubscribe("#");
  says("UNSUBACK 4", "PUBLISH q0 retain 'cd' 3");
  expect(heard()).toEqual(["unsubscribed 4", "message cd q0 retain 3"]);
});

test("a QoS 2 message is handed on once, however often it comes [SN 6.6]", () => {
  const { sent, says, heard } = snOnline();
  says("PUBLISH 5 q2 'ab' x", "PUBLISH 5 q2 dup 'ab' x", "PUBLISH 5 q2 'ab' x");
  expect(sent()).toEqual(["PUBREC 5", "PUBREC 5", "PUBREC 5"]);
  expect(heard()).toEqual(["message ab q2 x"]);
  says("PUBREL 5", "PUBREL 5");
  expect(sent()).toEqual(["PUBCOMP 5", "PUBCOMP 5"]);
  says("PUBLISH 5 q2 'ab' y");
  expect(heard()).toEqual(["message ab q2 y"]);
});

test("with no room for another QoS 2 message it is not acknowledged, and comes again [SN 6.6]", () => {
  const { client, sent, says, heard } = snOnline();
  for (let id = 1; id <= 1024; id++) says(`PUBLISH ${id} q2 'ab' x`);
  sent();
  heard();
  says("PUBLISH 1025 q2 'ab' last");
  expect(sent()).toEqual([]);
  expect(client.stats().skipped).toBe(1);
  says("PUBREL 7", "PUBLISH 1025 q2 dup 'ab' last");
  expect(heard()).toEqual(["message ab q2 dup last"]);
});

test("predefined topics are known by their number, both ways [SN 6.7]", () => {
  const { sent, says, heard } = snOnline({ predefined: { "größe/x": 513 } });
  says("PUBLISH 1 q1 =513 5", "PUBLISH 2 q1 =514 6", "PUBLISH q0 #513 7");
  expect(heard()).toEqual(["message größe/x q1 5"]);
  expect(sent()).toEqual(["PUBACK 513 1 0", "PUBACK 514 2 2", "PUBACK 513 0 2"]);
});

test("an identifier nobody registered is answered with code 2 [SN 6.10]", () => {
  const { sent, says, heard } = snOnline();
  says("PUBLISH 4 q1 #9 x");
  expect(sent()).toEqual(["PUBACK 9 4 2"]);
  says("REGISTER 9 5 n/1", "PUBLISH 4 q1 dup #9 x");
  expect(sent()).toEqual(["REGACK 9 5 0", "PUBACK 9 4 0"]);
  expect(heard()).toEqual(["message n/1 q1 dup x"]);
});

test("a name that is none is refused, and so is what comes for it all the same [SN 6.5]", () => {
  const { sent, says, heard } = snOnline();
  says("REGISTER 9 5 n/+", "PUBLISH 4 q1 #9 x", "REGISTER 0 6 n/x");
  expect(sent()).toEqual(["REGACK 9 5 3", "PUBACK 9 4 3", "REGACK 0 6 3"]);
  expect(heard()).toEqual([]);
});

test("REGISTER of another identifier for a name, or another name for one, replaces it [SN 6.5]", () => {
  const { client, sent, says, heard } = snOnline();
  says("REGISTER 1 1 a/1", "REGISTER 2 2 a/1", "REGISTER 2 3 a/2");
  sent();
  says("PUBLISH q0 #1 x", "PUBLISH q0 #2 y");
  expect(heard()).toEqual(["message a/2 q0 y"]);
  expect(sent()).toEqual(["PUBACK 1 0 2"]);
  client.publish("a/1", "z");
  expect(sent()).toEqual(["REGISTER 0 1 a/1"]);
});

test("a refused subscription is told and forgotten [SN 6.9]", () => {
  const { client, sent, says, heard } = snOnline({ subscriptions: 1 });
  client.subscribe("a/+", 2);
  says("SUBACK q0 0 1 3");
  expect(heard()).toEqual([`subscribed 1 ${Status.SUBSCRIPTION_REFUSED}`]);
  expect(client.subscribe("b/+")).toBe(2);
  expect(client.subscribe("c/+")).toBe(Status.SUBSCRIPTIONS_FULL);
  expect(sent()).toEqual(["SUBSCRIBE 1 q2 a/+", "SUBSCRIBE 2 q0 b/+"]);
});

test("what makes no sense is refused [SN 6.9]", () => {
  const { client, sent } = snOnline({ mtu: 20 });
  expect(client.subscribe("")).toBe(Status.INVALID_TOPIC);
  expect(client.subscribe("x".repeat(12))).toBe(Status.INVALID_TOPIC);
  expect(client.subscribe("a", 3)).toBe(Status.INVALID_QOS);
  expect(client.unsubscribe("a")).toBe(Status.NOT_SUBSCRIBED);
  expect(sent()).toEqual([]);
});

test("subscribing again replaces QoS and handler; unsubscribing before the answer leaves [SN 6.9]", () => {
  const { client, sent, says, heard } = snOnline();
  client.subscribe("a/b", 0);
  client.subscribe("a/b", 1);
  expect(sent()).toEqual(["SUBSCRIBE 1 q0 a/b"]);
  says("SUBACK q0 5 1 0");
  expect(sent()).toEqual(["SUBSCRIBE 2 q1 a/b"]);
  client.unsubscribe("a/b");
  says("SUBACK q1 5 2 0");
  expect(sent()).toEqual(["UNSUBSCRIBE 3 a/b"]);
  says("UNSUBACK 3");
  expect(heard()).toEqual(["unsubscribed 3"]);
  expect(sent()).toEqual([]);
});

test("what is malformed, not a client's business or not awaited is dropped and counted", () => {
  const { client, air, sent, says, heard } = snOnline();
  air.says("");
  air.says("\x03\x05");
  air.says(octetsOf("PINGRESP") + "x");
  says("CONNECT clean 60 x", "SUBSCRIBE 1 q0 a", "WILLTOPICREQ", "CONNACK 0", "PUBACK 1 1 0");
  says("PUBCOMP 3", "REGACK 1 1 0", "SUBACK q0 1 1 0", "UNSUBACK 3", "PINGRESP");
  says("PUBLISH q-1 'ab' x", "PUBLISH q1 'ab' x");
  air.says(octetsOf("PUBLISH q0 'ab' x").replace("\x02", "\x03"));
  expect(client.stats().skipped).toBe(16);
  expect(sent()).toEqual([]);
  expect(heard()).toEqual([]);
});

test("nothing is taken from anybody but the gateway [SN 6.12]", () => {
  const { client, air, sent, heard } = snOnline();
  air.says(octetsOf("DISCONNECT"), "stranger");
  air.says(octetsOf("PUBLISH 1 q1 'ab' x"), "gw", 1884);
  expect([sent(), heard(), client.stats().skipped]).toEqual([[], [], 2]);
});

test("the gateway's PINGREQ is answered [SN 6.11]", () => {
  const { sent, says } = snOnline();
  says("PINGREQ");
  expect(sent()).toEqual(["PINGRESP"]);
});

test("a handler may publish, subscribe and end, and what it throws goes to `error`", () => {
  const { client, sent, says, heard } = snOnline();
  client.subscribe("ab", 0, () => {
    client.publish("cd", "answer", 1);
    client.subscribe("ef");
    throw new Error("oops");
  });
  says("SUBACK q0 0 1 0");
  sent();
  heard();
  says("PUBLISH 9 q1 'ab' x");
  expect(sent()).toEqual(["PUBACK 24930 9 0", "PUBLISH 2 q1 'cd' answer"]);
  expect(heard()).toEqual(["error oops"]);
  client.on("message", () => client.end());
  says("PUBLISH q0 'xy' x");
  expect(sent()).toEqual(["DISCONNECT"]);
});

test.each([
  [true, ["message ab q2 x", "message ab q2 y"]],
  [false, ["message ab q2 x"]],
])(
  "a QoS 2 message under way is known as long as its session is: clean %s [SN 6.6]",
  (cleanSession, messages) => {
    const { says, heard, passes } = snOnline({ cleanSession });
    says("PUBLISH 5 q2 'ab' x", "DISCONNECT");
    passes(1000);
    says("CONNACK 0", "PUBLISH 5 q2 'ab' y");
    expect(heard().filter((event) => event.startsWith("message"))).toEqual(messages);
  },
);
