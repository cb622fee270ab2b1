// SPDX-License-Identifier: MIT
// Where gateways disagree, and what the client does about each: what it never sends, and what it puts up
// with. What only a gateway decides is not here.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import { snDial, snOnline } from "./fake.js";
import { octetsOf } from "./words.js";

test("a plain DISCONNECT has no duration, and the gateway's is not looked at [SN 5.4.21]", () => {
  const { client, says, heard } = snOnline({ keepAlive: 300 });
  client.sleep(300);
  says("DISCONNECT 12");
  expect(heard()).toEqual(["asleep 240000"]);
  client.sleep(0);
  says("CONNACK 0", "DISCONNECT 7");
  expect(heard()).toEqual([`close ${Status.CLOSED}`]);
  const ending = snOnline();
  ending.client.end();
  expect(ending.air.sent.at(-1)!.octets).toBe("\x02\x18");
});

test("PINGREQ has the client's name from sleep, and never else [SN 6.14] [SN 6.11]", () => {
  const { client, passes, says, sent } = snOnline();
  passes(45000);
  says("PINGRESP");
  client.sleep(60);
  says("DISCONNECT");
  passes(30000);
  expect(sent()).toEqual(["PINGREQ", "DISCONNECT 60", "PINGREQ c"]);
});

test("a gateway that does not know the sleeper gets a CONNECT that keeps the session [SN 6.14]", () => {
  const { client, passes, says, sent, heard } = snOnline({ will: { topic: "w", payload: "x" } });
  client.sleep(60);
  says("DISCONNECT");
  passes(30000);
  sent();
  says("DISCONNECT");
  expect(heard()).toEqual(["asleep 30000", `close ${Status.CLOSED}`]);
  passes(1000);
  expect(sent()).toEqual(["CONNECT will 60 c"]);
});

test("the link stays the same for the client's whole life, so its port does [SN 6.14]", () => {
  const { client, air, passes, says } = snOnline({ retries: 1 });
  says("DISCONNECT");
  passes(1000);
  says("CONNACK 0");
  client.sleep(60);
  says("DISCONNECT");
  passes(600000);
  expect(air.links).toBe(1);
});

test("CONNECT promises no less than the time of sleep, for gateways that pass it on [SN 6.14]", () => {
  const early = snDial();
  early.client.sleep(600);
  early.passes(0);
  expect(early.sent()).toEqual(["CONNECT clean 600 c"]);
  const late = snOnline();
  late.client.sleep(600);
  expect(late.sent()).toEqual(["CONNECT 600 c"]);
  late.says("CONNACK 0");
  expect(late.sent()).toEqual(["DISCONNECT 600"]);
});

test("awake or asleep, CONNECT asks for the same session [SN 6.14]", () => {
  const { client, passes, says, sent } = snOnline({ will: { topic: "w", payload: "x" } });
  client.sleep(60);
  says("DISCONNECT");
  passes(30000);
  says("PINGRESP");
  sent();
  client.publish("ab", "x", 1);
  expect(sent()).toEqual(["CONNECT 60 c"]);
});

test("normal identifiers are forgotten with each new connection [SN 6.5]", () => {
  const { client, passes, says, sent } = snOnline({ cleanSession: false });
  client.publish("t/1", "x");
  says("REGACK 5 1 0", "DISCONNECT");
  sent();
  passes(1000);
  says("CONNACK 0");
  client.publish("t/1", "y");
  expect(sent()).toEqual(["CONNECT 60 c", "REGISTER 0 2 t/1"]);
});

test("identifiers outlive sleep, and a gateway that forgot them all the same is told anew [SN 6.14]", () => {
  const { client, says, sent } = snOnline();
  client.publish("t/1", "x");
  says("REGACK 5 1 0");
  client.sleep(60);
  says("DISCONNECT");
  client.publish("t/1", "y", 1);
  says("CONNACK 0");
  sent();
  says("PUBACK 5 2 2");
  expect(sent()).toEqual(["REGISTER 0 3 t/1"]);
  says("REGISTER 8 9 t/1");
  expect(sent()).toEqual(["REGACK 8 9 0"]);
  says("REGACK 8 3 0");
  expect(sent()).toEqual(["PUBLISH 2 q1 dup #8 y"]);
});

test("an unknown identifier is registered again on PUBACK, at once [SN 6.6]", () => {
  const { says, sent } = snUnknown();
  says("PUBACK 5 2 2");
  expect(sent()).toEqual(["REGISTER 0 3 t/1"]);
});

test.each([
  ["DISCONNECT", 1000],
  ["nothing", 21000],
])(
  "an unknown identifier answered with %s is registered with a new connection [SN 6.6]",
  (answer, ms) => {
    const { passes, says, sent } = snUnknown();
    if (answer !== "nothing") says(answer as string);
    passes(ms as number);
    expect(sent().at(-1)).toBe("CONNECT clean 60 c");
    says("CONNACK 0");
    expect(sent()).toEqual(["REGISTER 0 3 t/1"]);
    says("REGACK 9 3 0");
    expect(sent()).toEqual(["PUBLISH 2 q1 dup #9 y"]);
  },
);

/** A client that has published under an identifier of which the gateway knows nothing any more. */
function snUnknown() {
  const dial = snOnline({ retries: 1 });
  dial.client.publish("t/1", "x");
  dial.says("REGACK 5 1 0");
  dial.client.publish("t/1", "y", 1);
  dial.sent();
  return dial;
}

test("the topic identifier of PUBACK is not looked at [SN 6.6]", () => {
  const { client, says, heard } = snOnline();
  client.publish("t/1", "x", 1);
  says("REGACK 5 2 0", "PUBACK 0 1 0");
  client.publish("ab", "x", 1);
  says("PUBACK 25185 3 0");
  expect(heard()).toEqual(["delivered 1", "delivered 3"]);
});

test("of SUBACK's flags only QoS counts, and it lowers nothing [SN 6.9]", () => {
  const { client, air, says, heard } = snOnline();
  client.subscribe("n/1", 2);
  air.says(octetsOf("SUBACK q0 5 1 0").replace("\x08\x13\x00", "\x08\x13\xd4"));
  expect(heard()).toEqual(["subscribed 1 2"]);
  client.subscribe("ab", 2);
  says("SUBACK q0 0 2 0", "PUBLISH 9 q2 'ab' x");
  expect(heard()).toEqual(["subscribed 2 0", "message ab q2 x"]);
});

test("an identifier in the SUBACK of a wildcard or a short name is not looked at [SN 6.9]", () => {
  const { client, says, sent } = snOnline();
  client.subscribe("n/#");
  client.subscribe("ab");
  says("SUBACK q0 7 1 0", "SUBACK q0 24930 2 0");
  sent();
  says("PUBLISH 1 q1 #7 x", "PUBLISH 2 q1 #24930 x");
  expect(sent()).toEqual(["PUBACK 7 1 2", "PUBACK 24930 2 2"]);
});

test("a name of two octets that has a normal identifier comes by either [SN 6.7]", () => {
  const { says, heard } = snOnline();
  says("REGISTER 4 1 ab", "PUBLISH q0 #4 x", "PUBLISH q0 'ab' y");
  expect(heard()).toEqual(["message ab q0 x", "message ab q0 y"]);
});

test("a message whose REGISTER was refused is answered with code 3 [SN 6.10]", () => {
  const { says, sent } = snOnline();
  says("REGISTER 4 1 a/#", "PUBLISH 7 q1 #4 x");
  expect(sent()).toEqual(["REGACK 4 1 3", "PUBACK 4 7 3"]);
});

test("CONNACK twice is one connection [SN 6.13]", () => {
  const { client, passes, says, heard, sent } = snDial();
  passes(10001);
  says("CONNACK 0");
  client.publish("t/1", "x");
  says("REGACK 5 1 0", "CONNACK 0");
  client.publish("t/1", "y");
  expect(heard()).toEqual(["connect"]);
  expect(sent().at(-1)).toBe("PUBLISH q0 #5 y");
});

test("PINGRESP in front of a message that was registered: awake a little longer [SN 6.14]", () => {
  const { client, passes, says, sent, heard } = snOnline();
  client.sleep(60);
  says("DISCONNECT");
  passes(30000);
  sent();
  heard();
  says("REGISTER 4 1 n/1", "PINGRESP");
  expect([sent(), heard()]).toEqual([["REGACK 4 1 0"], []]);
  passes(1000);
  says("PUBLISH 7 q1 #4 x");
  expect(sent()).toEqual(["PUBACK 4 7 0"]);
  passes(1000);
  expect(heard()).toEqual(["message n/1 q1 x", "asleep 30000"]);
});

test("asleep nothing is published: the client connects first [SN 6.14]", () => {
  const { client, says, sent } = snOnline();
  client.sleep(60);
  says("DISCONNECT");
  sent();
  client.publish("ab", "x");
  expect(sent()).toEqual(["CONNECT 60 c"]);
});

test("a WILLMSGREQ without a will is answered with an empty WILLMSG [SN 6.3]", () => {
  const { passes, says, sent } = snDial();
  passes(0);
  says("WILLTOPICREQ", "WILLMSGREQ");
  expect(sent()).toEqual(["CONNECT clean 60 c", "WILLMSG"]);
});

test("a will changes by CONNECT, for few gateways know WILLTOPICUPD [SN 6.4]", () => {
  const { client, sent } = snOnline();
  client.will({ topic: "w", payload: "x" });
  expect(sent()).toEqual(["CONNECT will 60 c"]);
});

test("at QoS 0 the message identifier is 0, and one with another is taken [SN 5.4.12]", () => {
  const { client, air, says, sent, heard } = snOnline();
  client.publish("ab", "x");
  expect(air.sent.at(-1)!.octets).toBe("\x08\x0c\x02ab\0\0x");
  sent();
  says("PUBLISH 9 q0 'ab' y");
  expect([sent(), heard()]).toEqual([[], ["message ab q0 y"]]);
});

test("at QoS 1 and 2 a message identifier of 0 is dropped [SN 5.4.12]", () => {
  const { client, air, sent, heard } = snOnline();
  air.says("\x08\x0c\x22ab\0\0x");
  air.says("\x08\x0c\x42ab\0\0x");
  expect([sent(), heard(), client.stats().skipped]).toEqual([[], [], 2]);
});

test("QoS −1 goes by a predefined identifier or a short name, never by a name [SN 6.8]", () => {
  const { client } = snOnline();
  expect(client.publish("a/b", "x", -1)).toBe(Status.INVALID_TOPIC);
});

test("keep alive is never 0 [SN 6.11]", () => {
  const { passes, sent } = snDial({ keepAlive: 0 });
  passes(0);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
});

test("octets behind a message, or fewer than it says, and it is dropped [SN 5.2.1]", () => {
  const { air, sent, client } = snOnline();
  air.says(octetsOf("PINGREQ") + "\0");
  air.says("\x03\x16");
  expect([sent(), client.stats().skipped]).toEqual([[], 2]);
});

test("a gateway that advertises itself more often than others is the same gateway [SN 6.1]", () => {
  const { air, passes, sent } = snDial({ host: undefined, search: { host: "all", port: 1 } });
  passes(0);
  for (let i = 0; i < 4; i++) air.says(octetsOf("ADVERTISE 1 60"), "one");
  passes(1);
  air.says(octetsOf("CONNACK 1"), "one");
  sent();
  // The only one known: T_WAIT.
  passes(299999);
  expect(sent()).toEqual([]);
});
