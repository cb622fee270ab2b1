// SPDX-License-Identifier: MIT
// Gateways: named ones in turn, found ones by ADVERTISE and GWINFO; and behind a forwarder.

import { expect, test } from "vitest";
import { Status } from "../../src/status.js";
import { snDial, snOnline } from "./fake.js";
import { octetsOf } from "./words.js";

const search = { host: "225.1.1.1", port: 1884 };
const lone = { host: undefined, search };

test("a search begins by chance within T_SEARCHGW, and waits longer each time [SN 6.1]", () => {
  const { air, world, passes, sent } = snDial({ ...lone, search: { ...search, radius: 2 } });
  passes(0);
  const waits: number[] = [];
  let before = 0;
  for (let i = 0; i < 8; i++) {
    while (air.sent.length === i) passes(100);
    waits.push(world.now - before);
    before = world.now;
  }
  expect(sent()).toEqual(Array(8).fill("SEARCHGW 2"));
  expect(air.sent[0]!.to).toBe("225.1.1.1:1884");
  expect(waits).toEqual([0, 1000, 2000, 4000, 8000, 16000, 32000, 60000]);
});

test("the first search waits for what chance says [SN 6.1]", () => {
  const { world, passes, sent } = snDial(lone);
  world.timers[0]!.at = 4999;
  passes(4998);
  expect(sent()).toEqual([]);
  passes(1);
  expect(sent()).toEqual(["SEARCHGW 0"]);
});

test("a search by somebody else stands for our own [SN 6.1]", () => {
  const { air, passes, sent } = snDial(lone);
  passes(0);
  expect(sent()).toEqual(["SEARCHGW 0"]);
  passes(900);
  air.says(octetsOf("SEARCHGW 0"), "other");
  passes(1000);
  expect(sent()).toEqual([]);
  passes(1000);
  expect(sent()).toEqual(["SEARCHGW 0"]);
});

test("GWINFO's sender is connected to, unicast or not [SN 6.1] [SN 5.4.3]", () => {
  const { air, passes, sent, heard } = snDial(lone);
  passes(0);
  sent();
  air.says(octetsOf("GWINFO 3"), "10.0.0.7", 10000);
  passes(1);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  expect(air.sent.at(-1)!.to).toBe("10.0.0.7:10000");
  air.says(octetsOf("CONNACK 0"), "10.0.0.7", 10000);
  expect(heard()).toEqual(["connect"]);
});

test("ADVERTISE does as well as GWINFO [SN 6.1]", () => {
  const { air, passes, sent } = snDial(lone);
  passes(0);
  sent();
  air.says(octetsOf("ADVERTISE 3 900"), "10.0.0.7");
  passes(1);
  expect(air.sent.at(-1)!.to).toBe("10.0.0.7:1883");
});

test("a GWINFO that another client sent has the gateway's address in it [SN 5.4.3]", () => {
  const { air, passes, sent, heard } = snDial(lone);
  passes(0);
  sent();
  air.says(octetsOf("GWINFO 3 0a0000072710"), "client");
  passes(1);
  expect(sent()).toEqual(["CONNECT clean 60 c"]);
  expect(air.sent.at(-1)!.to).toBe("10.0.0.7:10000");
  air.says(octetsOf("CONNACK 0"), "10.0.0.7", 10000);
  expect(heard()).toEqual(["connect"]);
});

test("an address that is not IPv4 with a port is left aside [SN 5.4.3]", () => {
  const { air, passes, sent } = snDial(lone);
  passes(0);
  sent();
  air.says(octetsOf("GWINFO 3 0a000007"), "client");
  air.says(octetsOf("GWINFO 3 0a000007271000"), "client");
  air.says(octetsOf("GWINFO 3 20010db8000000000000000000000001275a"), "client");
  passes(1);
  expect(sent()).toEqual([]);
});

test.each([
  [179000, "two:1883"],
  [181000, "three:1883"],
])(
  "a gateway is gone when it has missed three of its ADVERTISEs: %s ms later it is %s [SN 6.1]",
  (ms, next) => {
    const { air, passes, says } = snDial({ search, keepAlive: 60000 });
    passes(0);
    says("CONNACK 0");
    air.says(octetsOf("ADVERTISE 2 60"), "two");
    passes(120000);
    // What comes again counts anew. Who never said how often it would be stays.
    air.says(octetsOf("ADVERTISE 2 60"), "two");
    air.says(octetsOf("GWINFO 3"), "three");
    passes(ms);
    // With the link the gateway in use goes to the end of the list.
    air.fails();
    passes(1);
    expect(air.sent.at(-1)!.to).toBe(next);
  },
);

test("a found gateway that is lost gives way to another, and is found again [SN 6.13]", () => {
  const { air, passes, sent, heard } = snDial({ ...lone, retries: 1 });
  passes(0);
  air.says(octetsOf("GWINFO 1"), "one");
  air.says(octetsOf("GWINFO 1"), "one");
  air.says(octetsOf("ADVERTISE 2 60"), "two");
  passes(1);
  air.says(octetsOf("CONNACK 0"), "one");
  air.says(octetsOf("DISCONNECT"), "two");
  sent();
  passes(45000 + 20000);
  expect(heard()).toEqual(["connect", `close ${Status.NO_ANSWER}`]);
  passes(2000);
  expect([sent().at(-1), air.sent.at(-1)!.to]).toEqual(["CONNECT clean 60 c", "two:1883"]);
  passes(20000);
  expect(heard()).toEqual([`close ${Status.NO_ANSWER}`]);
  passes(8000);
  expect(sent().at(-1)).toBe("SEARCHGW 0");
  air.says(octetsOf("GWINFO 1"), "one");
  passes(1);
  expect(air.sent.at(-1)!.to).toBe("one:1883");
});

test("named gateways take turns: another first, then the same one [SN 6.13]", () => {
  const { air, passes, says, heard, world } = snDial({
    gateways: [{ host: "b", port: 9 }, { host: "c" }],
    retries: 1,
  });
  const asked: string[] = [];
  world.chance = 0;
  for (let i = 0; i < 4; i++) {
    const before = air.sent.length;
    while (air.sent.length === before) passes(1);
    asked.push(air.sent.at(-1)!.to);
    passes(20000 - 1);
    while (heard().length < 1) passes(1);
  }
  expect(asked).toEqual(["gw:1883", "b:9", "c:1883", "gw:1883"]);
  says("CONNACK 0");
});

test("a DISCONNECT asks for a new CONNECT to the same gateway [SN 6.12]", () => {
  const { air, passes, says } = snOnline({ gateways: [{ host: "b" }] });
  says("DISCONNECT");
  passes(1000);
  expect(air.sent.at(-1)!.to).toBe("gw:1883");
});

test("with another gateway known, one with congestion is not waited for [SN 5.3.10]", () => {
  const { air, passes, says } = snDial({ gateways: [{ host: "b" }] });
  passes(0);
  says("CONNACK 1");
  passes(1000);
  expect(air.sent.at(-1)!.to).toBe("b:1883");
});

test("no more than a few gateways are kept, and none where nobody looks for them [SN 6.1]", () => {
  const { air, passes, client } = snDial();
  passes(0);
  air.says(octetsOf("ADVERTISE 2 60"), "two");
  air.says(octetsOf("CONNACK 1"));
  passes(1000);
  expect(air.sent.length).toBe(1);
  expect(client.stats().skipped).toBe(0);
  const many = snDial({ ...lone, retries: 1 });
  many.passes(0);
  for (let i = 0; i < 9; i++) many.air.says(octetsOf("GWINFO 1"), `gw${i}`);
  const asked = new Set<string>();
  for (let i = 0; i < 400; i++) {
    many.passes(1000);
    asked.add(many.air.sent.at(-1)!.to);
  }
  expect([...asked]).toEqual([0, 1, 2, 3].map((i) => `gw${i}:1883`).concat("225.1.1.1:1884"));
});

test("behind a node identifier everything is encapsulated, both ways [SN 5.5]", () => {
  const { client, air, passes, sent, heard } = snDial({ nodeId: "\xaa\xbb", mtu: 20 });
  const wrapped = (words: string, node = "\xaa\xbb") => {
    const octets = octetsOf(words);
    return String.fromCharCode(3 + node.length, 0xfe, 2) + node + octets;
  };
  passes(0);
  expect(sent()).toEqual(["{\xaa\xbb} CONNECT clean 60 c"]);
  air.says(octetsOf("CONNACK 0"));
  air.says(wrapped("CONNACK 0", "\xaa\xbc"));
  air.says(wrapped("CONNACK 0", "\xaa"));
  expect(client.stats().skipped).toBe(3);
  air.says(wrapped("CONNACK 0"));
  air.says(wrapped("PUBLISH 1 q1 'ab' x"));
  expect(heard()).toEqual(["connect", "message ab q1 x"]);
  expect(sent()).toEqual(["{\xaa\xbb} PUBACK 24930 1 0"]);
  expect(client.publish("ab", "1234567")).toBe(Status.TOO_LONG);
  expect(client.publish("ab", "123456")).toBe(0);
  expect(air.sent.at(-1)!.octets.length).toBeLessThanOrEqual(20);
});

test("without a node identifier what is encapsulated is no message [SN 5.5]", () => {
  const { air, client, heard } = snOnline();
  air.says("\x03\xfe\x00" + octetsOf("PUBLISH q0 'ab' x"));
  expect([heard(), client.stats().skipped]).toEqual([[], 1]);
});
