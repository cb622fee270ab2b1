// SPDX-License-Identifier: MIT
// Sleeping clients: DISCONNECT with a duration, waking for what the gateway kept, being active in between.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import { type SnDial, snDial, snOnline } from "./fake.js";

/** A client that has gone to sleep for 300 s; it wakes 240 s later. */
function snAsleep(options: Parameters<typeof snOnline>[0] = {}): SnDial {
  const dial = snDial({ keepAlive: 300, ...options });
  dial.client.sleep(300);
  dial.connects();
  dial.says("DISCONNECT");
  dial.heard();
  return dial;
}

test("with nothing to do the client goes to sleep, and tells for how long [SN 6.14]", () => {
  const { client, sent, says, heard } = snOnline({ keepAlive: 300 });
  client.publish("ab", "x", 1);
  expect(client.sleep(300)).toBe(0);
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' x"]);
  says("PUBACK 0 1 0");
  expect(sent()).toEqual(["DISCONNECT 300"]);
  says("DISCONNECT");
  // Nine tenths of 300 s, less three retries of 10 s.
  expect(heard()).toEqual(["delivered 1", "asleep 240000"]);
});

test("awake it names itself, takes what was kept, and sleeps on at PINGRESP [SN 6.14]", () => {
  const { sent, says, heard, passes } = snAsleep();
  passes(239999);
  expect(sent()).toEqual([]);
  passes(1);
  expect(sent()).toEqual(["PINGREQ c"]);
  says("PUBLISH 1 q1 'ab' one", "PUBLISH 2 q2 'ab' two", "PUBREL 2");
  expect(sent()).toEqual(["PUBACK 24930 1 0", "PUBREC 2", "PUBCOMP 2"]);
  says("PINGRESP");
  expect(heard()).toEqual(["message ab q1 one", "message ab q2 two", "asleep 240000"]);
  passes(240000);
  expect(sent()).toEqual(["PINGREQ c"]);
});

test("each message in front of PINGRESP makes the wait begin anew [SN 6.14]", () => {
  const { sent, says, passes } = snAsleep();
  passes(240000);
  sent();
  passes(9000);
  says("PUBLISH q0 'ab' one");
  passes(9000);
  expect(sent()).toEqual([]);
  passes(1000);
  expect(sent()).toEqual(["PINGREQ c"]);
});

test("nobody answering once is no reason to give a gateway up, twice is [SN 6.14]", () => {
  const { sent, passes, heard } = snAsleep({ retries: 1 });
  passes(260000);
  expect(sent()).toEqual(["PINGREQ c"]);
  passes(20000);
  expect(sent()).toEqual(["PINGREQ c"]);
  expect(heard()).toEqual(["asleep 260000"]);
  passes(280000);
  expect(heard()).toEqual([`close ${Status.NO_ANSWER}`]);
  passes(2000);
  expect(sent().at(-1)).toBe("CONNECT clean 300 c");
});

test("no answer on the way to sleep: it is tried again, then the client sleeps all the same [SN 6.14]", () => {
  const { client, sent, passes, heard } = snOnline({ keepAlive: 300, retries: 1 });
  client.sleep(300);
  passes(19999);
  expect(sent()).toEqual(["DISCONNECT 300", "DISCONNECT 300"]);
  passes(1);
  expect(heard()).toEqual(["asleep 260000"]);
});

test("to send anything a sleeper becomes active, and sleeps again when it is through [SN 6.14]", () => {
  const { client, sent, says, heard } = snAsleep({ will: { topic: "w", payload: "x" } });
  sent();
  expect(client.publish("ab", "q0", 0)).toBe(0);
  expect(client.publish("ab", "q1", 1)).toBe(1);
  // Neither clean session nor will: those stay as they are.
  expect(sent()).toEqual(["CONNECT 300 c"]);
  says("CONNACK 0");
  expect(sent()).toEqual(["PUBLISH q0 'ab' q0", "PUBLISH 1 q1 'ab' q1"]);
  says("PUBACK 0 1 0");
  expect(sent()).toEqual(["DISCONNECT 300"]);
  says("DISCONNECT");
  expect(heard()).toEqual(["delivered 1", "asleep 240000"]);
});

test("topic identifiers and subscriptions outlive sleep [SN 6.14]", () => {
  const { client, sent, says } = snOnline({ keepAlive: 300 });
  client.subscribe("t/+");
  client.publish("t/1", "x");
  says("SUBACK q0 0 1 0", "REGACK 5 2 0");
  client.sleep(300);
  says("DISCONNECT");
  sent();
  client.publish("t/1", "y");
  says("CONNACK 0");
  expect(sent()).toEqual(["CONNECT 300 c", "PUBLISH q0 #5 y", "DISCONNECT 300"]);
});

test("sleep of 0 s wakes the client up for good [SN 6.14]", () => {
  const { client, sent, says, passes } = snAsleep();
  client.sleep(0);
  expect(sent()).toEqual(["CONNECT 300 c"]);
  says("CONNACK 0");
  passes(225000);
  expect(sent()).toEqual(["PINGREQ"]);
});

test("a subscription, a will or the end wake a sleeper [SN 6.14]", () => {
  const subscribing = snAsleep();
  subscribing.sent();
  subscribing.client.subscribe("a/b");
  expect(subscribing.sent()).toEqual(["CONNECT 300 c"]);
  const dying = snAsleep();
  dying.sent();
  dying.client.will({ topic: "w", payload: "x" });
  dying.says("CONNACK 0");
  expect(dying.sent()).toEqual(["CONNECT 300 c", "CONNECT will 300 c"]);
  const ending = snAsleep();
  ending.sent();
  ending.client.end();
  expect(ending.sent()).toEqual(["DISCONNECT"]);
  ending.says("DISCONNECT");
  expect([ending.heard(), ending.world.timers.length]).toEqual([["close 0"], 0]);
});

test("the end while it is awake is DISCONNECT too", () => {
  const { client, passes, sent, says, heard } = snAsleep();
  passes(240000);
  sent();
  client.end();
  expect(sent()).toEqual(["DISCONNECT"]);
  says("PINGRESP", "DISCONNECT");
  expect(heard()).toEqual(["close 0"]);
});

test("what comes while it sleeps is taken all the same [SN 6.14]", () => {
  const { says, sent, heard } = snAsleep();
  sent();
  says("PUBLISH 4 q1 'ab' late");
  expect([sent(), heard()]).toEqual([["PUBACK 24930 4 0"], ["message ab q1 late"]]);
});

test("seconds that are none are refused", () => {
  const { client } = snOnline();
  for (const seconds of [-1, 1.5, 65536, NaN]) {
    expect(client.sleep(seconds)).toBe(Status.INVALID_OPTION);
  }
  expect(client.sleep(65535)).toBe(0);
});

test("a sleeper that lost its way on waking up begins anew, and so does the next connection [SN 6.14]", () => {
  const { client, sent, says, passes, heard } = snAsleep({ retries: 1 });
  sent();
  client.publish("ab", "x", 1);
  passes(20000);
  expect(sent()).toEqual(["CONNECT 300 c", "CONNECT 300 c"]);
  expect(heard()).toEqual([`close ${Status.NO_ANSWER}`]);
  passes(1000);
  expect(sent()).toEqual(["CONNECT clean 300 c"]);
  says("CONNACK 0", "PUBACK 0 1 0", "DISCONNECT");
  client.publish("ab", "y", 1);
  says("CONNACK 0", "DISCONNECT");
  sent();
  passes(2000);
  expect(sent()).toEqual(["CONNECT clean 300 c"]);
});

test("a sleeper the gateway does not know when it wakes up keeps its session [SN 6.14]", () => {
  const { client, sent, says, passes } = snAsleep();
  client.publish("ab", "x", 1);
  sent();
  says("DISCONNECT");
  passes(1000);
  expect(sent()).toEqual(["CONNECT 300 c"]);
  says("CONNACK 0");
  expect(sent()).toEqual(["PUBLISH 1 q1 'ab' x"]);
});
