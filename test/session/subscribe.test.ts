// SPDX-License-Identifier: MIT
// Subscriptions on a connection that holds (MQTT 3.1.1 sections 3.8 to 3.11 and 4.7): who is called
// for which message, what the server's answers do, and what is refused.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { type Dial, dialOnline, octetsFrom } from "../fake.js";
import { publishOf } from "../words.js";

/** Subscribes with a handler that notes its filter; the server grants it. */
function granted(dial: Dial, ...filters: string[]) {
  for (const filter of filters) {
    const id = dial.client.subscribe(filter, 1, (topic, payload) => {
      dial.note(`${filter}: ${topic} ${octetsFrom(payload)}`);
    });
    dial.serverSays(`SUBACK ${id} 1`);
  }
  dial.sent();
  dial.heard();
}

describe("SUBSCRIBE", () => {
  it("carries filter, QoS and identifier [MQTT-3.8.3-3] [MQTT-3.8.3-1] [MQTT-2.3.1-1]", () => {
    const dial = dialOnline();
    const ids = [0, 1, 2].map((qos) => dial.client.subscribe(`ä/${qos}/#`, qos));
    expect(dial.sent()).toEqual(ids.map((id, qos) => `SUBSCRIBE ${id} ä/${qos}/# q${qos}`));
    for (const id of ids) expect(id > 0 && id < 65536).toBe(true);
  });

  it("has the flags 0010, and no bit beside its QoS [MQTT-3.8.1-1] [MQTT-3.8.3-4]", () => {
    const dial = dialOnline();
    const before = dial.link.octets.length;
    const id = dial.client.subscribe("a", 2);
    const packetId = String.fromCharCode(Math.floor(id / 256), id % 256);
    expect(dial.link.octets.slice(before)).toBe(`\x82\x06${packetId}\x00\x01a\x02`);
  });

  it("asks for QoS 0 when none is given", () => {
    const dial = dialOnline();
    const id = dial.client.subscribe("a");
    expect(dial.sent()).toEqual([`SUBSCRIBE ${id} a q0`]);
  });

  it("is answered by SUBACK, whose granted QoS is told [MQTT-3.8.4-2]", () => {
    const dial = dialOnline();
    const a = dial.client.subscribe("a", 2);
    const b = dial.client.subscribe("b", 2);
    dial.serverSays(`SUBACK ${b} 0`, `SUBACK ${a} 2`);
    expect(dial.heard()).toEqual([`subscribed ${b} 0`, `subscribed ${a} 2`]);
    dial.serverSays(`SUBACK ${a} 2`);
    expect(dial.client.stats().skipped).toBe(1);
  });

  it("is told as refused when SUBACK says 0x80, and then forgotten", () => {
    const dial = dialOnline({ subscriptions: 1 });
    const id = dial.client.subscribe("a", 1, () => dial.note("called"));
    dial.serverSays(`SUBACK ${id} 128`);
    expect(dial.heard()).toEqual([`subscribed ${id} ${Status.SUBSCRIPTION_REFUSED}`]);
    dial.serverSays("PUBLISH q0 a x");
    expect(dial.heard()).toEqual(["message a q0 x"]);
    expect(dial.client.unsubscribe("a")).toBe(Status.NOT_SUBSCRIBED);
    expect(dial.client.subscribe("b")).toBeGreaterThan(0);
    dial.sent();
    dial.reconnects();
    expect(dial.sent().map((word) => word.split(" ")[2])).toEqual(["b"]);
  });

  it("of the same filter takes the place of the earlier one [MQTT-3.8.4-3]", () => {
    const dial = dialOnline({ subscriptions: 1 });
    granted(dial, "a");
    const id = dial.client.subscribe("a", 2, () => dial.note("second"));
    expect(dial.sent()).toEqual([`SUBSCRIBE ${id} a q2`]);
    dial.serverSays(`SUBACK ${id} 2`, "PUBLISH q0 a x");
    expect(dial.heard()).toEqual([`subscribed ${id} 2`, "second"]);
  });

  it("waits with the others for the window", () => {
    const dial = dialOnline({ linkWindow: 30 });
    dial.drained();
    const ids = ["aaaaaaa", "bbbbbbb", "ccccccc", "ddddddd"].map((f) => dial.client.subscribe(f));
    expect(dial.sent()).toHaveLength(2);
    dial.drained();
    expect(dial.sent()).toEqual([
      `SUBSCRIBE ${ids[2]} ccccccc q0`,
      `SUBSCRIBE ${ids[3]} ddddddd q0`,
    ]);
    dial.drained();
    expect(dial.sent()).toEqual([]);
  });

  it("goes out though it is longer than the window", () => {
    const dial = dialOnline({ linkWindow: 30 });
    const id = dial.client.subscribe("x".repeat(40));
    dial.drained();
    expect(dial.sent()).toEqual([`SUBSCRIBE ${id} ${"x".repeat(40)} q0`]);
  });
});

describe("what subscribe refuses, and then nothing has changed", () => {
  const table: [string, Status, string, number?][] = [
    ["an empty filter [MQTT-4.7.3-1]", Status.INVALID_TOPIC, ""],
    ["# beside text [MQTT-4.7.1-2]", Status.INVALID_TOPIC, "a#"],
    ["text beside # [MQTT-4.7.1-2]", Status.INVALID_TOPIC, "a/#b"],
    ["# before the end [MQTT-4.7.1-2]", Status.INVALID_TOPIC, "a/#/b"],
    ["# twice [MQTT-4.7.1-2]", Status.INVALID_TOPIC, "#/#"],
    ["+ beside text [MQTT-4.7.1-3]", Status.INVALID_TOPIC, "a+"],
    ["text beside + [MQTT-4.7.1-3]", Status.INVALID_TOPIC, "+a/b"],
    ["+ twice in a level [MQTT-4.7.1-3]", Status.INVALID_TOPIC, "++"],
    ["+ beside # [MQTT-4.7.1-3]", Status.INVALID_TOPIC, "+#"],
    ["U+0000 [MQTT-4.7.3-2]", Status.INVALID_TOPIC, "a\0"],
    ["a lone surrogate [MQTT-1.5.3-1]", Status.INVALID_TOPIC, "\udfff"],
    ["65,536 octets [MQTT-4.7.3-3]", Status.INVALID_TOPIC, "x".repeat(65536)],
    ["QoS 3 [MQTT-3.8.3-4]", Status.INVALID_QOS, "a", 3],
    ["QoS −1", Status.INVALID_QOS, "a", -1],
  ];
  it.each(table)("%s", (_, status, filter, qos) => {
    const dial = dialOnline();
    expect(dial.client.subscribe(filter, qos)).toBe(status);
    expect(dial.sent()).toEqual([]);
    expect(dial.client.stats().refused).toBe(1);
    if (status === Status.INVALID_TOPIC) expect(dial.client.unsubscribe(filter)).toBe(status);
    dial.reconnects();
    expect(dial.sent()).toEqual([]);
  });

  it("a filter more than there are entries", () => {
    const dial = dialOnline({ subscriptions: 2 });
    granted(dial, "a", "b");
    expect(dial.client.subscribe("c")).toBe(Status.SUBSCRIPTIONS_FULL);
    expect(dial.sent()).toEqual([]);
    dial.serverSays("PUBLISH q0 c x");
    expect(dial.heard()).toEqual(["message c q0 x"]);
    const id = dial.client.unsubscribe("a");
    dial.serverSays(`UNSUBACK ${id}`);
    expect(dial.client.subscribe("c")).toBeGreaterThan(0);
  });

  it("to unsubscribe from what was not subscribed", () => {
    const dial = dialOnline();
    granted(dial, "a/b");
    expect(dial.client.unsubscribe("a/+")).toBe(Status.NOT_SUBSCRIBED);
    expect(dial.sent()).toEqual([]);
  });
});

describe("a message", () => {
  it("goes to the handler of its filter, and not to `message`", () => {
    const dial = dialOnline();
    granted(dial, "a/b", "c");
    dial.serverSays("PUBLISH q0 a/b 1", "PUBLISH 5 q1 c 2", "PUBLISH q0 a 3");
    expect(dial.heard()).toEqual(["a/b: a/b 1", "c: c 2", "message a q0 3"]);
  });

  it("goes to `message` when its subscription has no handler", () => {
    const dial = dialOnline();
    const id = dial.client.subscribe("a");
    dial.serverSays(`SUBACK ${id} 0`, "PUBLISH q0 a x");
    expect(dial.heard()).toEqual([`subscribed ${id} 0`, "message a q0 x"]);
  });

  it("goes to every handler whose filter matches, once each", () => {
    const dial = dialOnline();
    granted(dial, "a/+", "a/#", "a/b", "b/#", "+/b");
    dial.serverSays("PUBLISH 4 q2 a/b x");
    expect(dial.heard().sort()).toEqual(["+/b: a/b x", "a/#: a/b x", "a/+: a/b x", "a/b: a/b x"]);
    expect(dial.sent()).toEqual(["PUBREC 4"]);
  });

  it("finds wildcards as the standard tells them, in sections 4.7.1.2 and 4.7.1.3", () => {
    const dial = dialOnline();
    granted(dial, "sport/tennis/+", "sport/#", "+/+", "/+");
    const called = (topic: string) => {
      dial.serverSays(publishOf(topic, ""));
      return dial.heard().map((line) => line.split(":")[0]);
    };
    expect(called("sport")).toEqual(["sport/#"]);
    expect(called("sport/tennis/player1")).toEqual(["sport/tennis/+", "sport/#"]);
    expect(called("sport/tennis/player1/ranking")).toEqual(["sport/#"]);
    expect(called("/finance")).toEqual(["+/+", "/+"]);
    expect(called("sport/")).toEqual(["sport/#", "+/+"]);
    expect(called("finance")).toEqual(["message finance q0 "]);
  });

  it("that begins with $ goes to no filter that begins with a wildcard [MQTT-4.7.2-1]", () => {
    const dial = dialOnline();
    granted(dial, "#", "+/monitor/Clients", "$SYS/#", "$SYS/monitor/+");
    dial.serverSays("PUBLISH q0 $SYS/monitor/Clients x");
    expect(dial.heard()).toEqual([
      "$SYS/#: $SYS/monitor/Clients x",
      "$SYS/monitor/+: $SYS/monitor/Clients x",
    ]);
    dial.serverSays("PUBLISH q0 a/$x y");
    expect(dial.heard()).toEqual(["#: a/$x y"]);
  });

  it("is found by its topic also among more topics than are remembered", () => {
    const dial = dialOnline();
    dial.client.subscribe("a/+", 0, (topic) => dial.note(`a: ${topic}`));
    dial.client.subscribe("b/+", 0, (topic) => dial.note(`b: ${topic}`));
    const expected: string[] = [];
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100; i++) {
        for (const name of ["a", "b"]) {
          dial.serverSays(`PUBLISH q0 ${name}/${i} x`);
          expected.push(`${name}: ${name}/${i}`);
        }
      }
    }
    expect(dial.heard()).toEqual(expected);
  });

  it("is heard by handlers set or taken away between two of the same topic", () => {
    const dial = dialOnline();
    granted(dial, "a");
    dial.serverSays("PUBLISH q0 a 1");
    granted(dial, "+");
    dial.serverSays("PUBLISH q0 a 2");
    expect(dial.heard()).toEqual(["a: a 2", "+: a 2"]);
    dial.serverSays(`UNSUBACK ${dial.client.unsubscribe("a")}`, "PUBLISH q0 a 3");
    dial.serverSays(`UNSUBACK ${dial.client.unsubscribe("+")}`, "PUBLISH q0 a 4");
    dial.client.on("message", () => dial.note("another"));
    dial.serverSays("PUBLISH q0 a 5");
    expect(dial.heard().filter((line) => !line.startsWith("unsub"))).toEqual([
      "+: a 3",
      "message a q0 4",
      "another",
    ]);
  });

  it("reaches a handler before SUBACK does: the server may be that fast", () => {
    const dial = dialOnline();
    const id = dial.client.subscribe("a", 0, () => dial.note("called"));
    dial.serverSays("PUBLISH q0 a x", `SUBACK ${id} 0`);
    expect(dial.heard()).toEqual(["called", `subscribed ${id} 0`]);
  });
});

describe("UNSUBSCRIBE", () => {
  it("carries one filter and is answered by UNSUBACK [MQTT-3.10.3-2] [MQTT-3.10.3-1]", () => {
    const dial = dialOnline();
    granted(dial, "ä/#");
    const id = dial.client.unsubscribe("ä/#");
    expect(dial.sent()).toEqual([`UNSUBSCRIBE ${id} ä/#`]);
    expect(dial.heard()).toEqual([]);
    dial.serverSays(`UNSUBACK ${id}`, "PUBLISH q0 ä/b x");
    expect(dial.heard()).toEqual([`unsubscribed ${id}`, "message ä/b q0 x"]);
    expect(dial.client.unsubscribe("ä/#")).toBe(Status.NOT_SUBSCRIBED);
  });

  it("has the flags 0010 and an identifier that is not 0 [MQTT-3.10.1-1] [MQTT-2.3.1-1]", () => {
    const dial = dialOnline();
    granted(dial, "a");
    const before = dial.link.octets.length;
    const id = dial.client.unsubscribe("a");
    const packetId = String.fromCharCode(Math.floor(id / 256), id % 256);
    expect(id > 0 && id < 65536).toBe(true);
    expect(dial.link.octets.slice(before)).toBe(`\xa2\x05${packetId}\x00\x01a`);
  });

  it("is overtaken by a SUBSCRIBE of the same filter", () => {
    const dial = dialOnline();
    granted(dial, "a");
    const leave = dial.client.unsubscribe("a");
    const id = dial.client.subscribe("a", 1, () => dial.note("again"));
    expect(dial.sent()).toEqual([`UNSUBSCRIBE ${leave} a`, `SUBSCRIBE ${id} a q1`]);
    dial.serverSays(`UNSUBACK ${leave}`, `SUBACK ${id} 1`, "PUBLISH q0 a x");
    expect(dial.heard().filter((line) => !line.startsWith("unsubscribed"))).toEqual([
      `subscribed ${id} 1`,
      "again",
    ]);
  });
});
