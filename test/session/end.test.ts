// SPDX-License-Identifier: MIT
// The end of a client: `end` at any moment, `drain` before deep sleep (MQTT 3.1.1 section 3.14).

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { type Dial, dialOnline, dialSession, dialUp } from "../fake.js";
import { publishOf } from "../words.js";

/** Nothing is left: no timer, and every call is refused. */
function isOver(dial: Dial): void {
  const { client, world } = dial;
  expect(world.timers).toHaveLength(0);
  expect(client.publish("a", "x")).toBe(Status.ENDED);
  expect(client.publish("a", new Uint8Array(1), 0)).toBe(Status.ENDED);
  expect(client.publish("a", "x", 1)).toBe(Status.ENDED);
  expect(client.publish("a", "x", 2)).toBe(Status.ENDED);
  expect(client.publishParts("a", 1, 0, false, () => "x")).toBe(Status.ENDED);
  expect(client.publishParts("a", 1, 1, false, () => "x")).toBe(Status.ENDED);
  expect(client.subscribe("f")).toBe(Status.ENDED);
  expect(client.unsubscribe("f")).toBe(Status.ENDED);
  expect(world.timers).toHaveLength(0);
}

describe("end", () => {
  it("says DISCONNECT, closes, and is told with 0 [MQTT-3.14.4-1]", () => {
    const dial = dialOnline();
    dial.client.end();
    expect(dial.sent()).toEqual(["DISCONNECT"]);
    expect(dial.link.ended).toBe(true);
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    isOver(dial);
    dial.passes(1000000);
    expect(dial.world.links).toHaveLength(1);
  });

  it("leaves no timer and refuses everything though the link never tells", () => {
    const dial = dialOnline();
    dial.client.end();
    isOver(dial);
  });

  it("sends nothing behind DISCONNECT [MQTT-3.14.4-2]", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 2);
    dial.client.end();
    const length = dial.link.octets.length;
    dial.serverSays(`PUBREC ${id}`, "PUBLISH 5 q1 a x", "PUBLISH 6 q2 a x", "PUBREL 7");
    dial.drained();
    dial.client.publish("a", "x");
    expect(dial.link.octets.length).toBe(length);
    expect(dial.heard().filter((line) => line.startsWith("message"))).toEqual([]);
  });

  it("before the first connection just ends", () => {
    const dial = dialUp();
    dial.client.publish("a", "x", 1);
    dial.client.end();
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    isOver(dial);
    expect(dial.world.links).toHaveLength(0);
  });

  it("while the link opens lets go of it", () => {
    const dial = dialUp();
    dial.dials();
    dial.client.end();
    expect(dial.link.dropped).toBe(true);
    dial.opened();
    expect(dial.sent()).toEqual(["CONNECT"]);
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    isOver(dial);
  });

  it("while CONNACK is awaited lets go of the link", () => {
    const dial = dialUp();
    dial.connects();
    dial.client.end();
    expect(dial.link.dropped).toBe(true);
    dial.serverSays("CONNACK");
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    isOver(dial);
  });

  it("while it waits to reconnect does not", () => {
    const dial = dialOnline();
    dial.world.chance = 0.5;
    dial.serverCloses();
    dial.heard();
    dial.client.end();
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    isOver(dial);
  });

  it("twice is as good as once", () => {
    const dial = dialOnline();
    dial.client.end();
    dial.client.end();
    dial.serverCloses();
    dial.client.end();
    expect(dial.sent()).toEqual(["DISCONNECT"]);
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
  });

  it("acknowledges what was handed on in the chunk at hand, and reads no further", () => {
    const dial = dialOnline();
    dial.client.on("message", (topic: string) => {
      dial.note(topic);
      dial.client.end();
    });
    dial.serverSays("PUBLISH 5 q1 a x", "PUBLISH 6 q1 b x", "PUBACK 9");
    expect(dial.heard()).toEqual(["a"]);
    expect(dial.sent()).toEqual(["PUBACK 5", "DISCONNECT"]);
    expect(dial.client.stats().skipped).toBe(0);
  });
});

describe("nothing is told behind end", () => {
  const long = publishOf("t", "x".repeat(100), 1, 5);

  it("by a message that was coming in parts", () => {
    const dial = dialOnline({ inbox: 32 });
    dial.serverSays(long.slice(0, 60));
    dial.client.end();
    dial.heard();
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
  });

  it("nor is there a next connection, when it is told as broken off", () => {
    const dial = dialOnline({ inbox: 32 });
    dial.client.on("message", (_topic, _payload, packet) => {
      if (packet.at < 0) dial.client.end();
    });
    dial.serverSays(long.slice(0, 60));
    dial.serverCloses();
    expect(dial.heard()).toEqual([`close ${Status.OK}`]);
    isOver(dial);
  });

  it("by another handler of the same message", () => {
    const dial = dialOnline();
    dial.client.subscribe("#", 1, () => dial.client.end());
    dial.client.subscribe("t", 1, () => dial.note("called"));
    dial.serverSays("PUBLISH 5 q1 t x");
    expect(dial.heard()).toEqual([]);
  });

  it("of other messages that are uncertain; they are left", () => {
    const dial = dialSession();
    const ids = [1, 2].map((n) => dial.client.publish("a", n, 2));
    dial.serverSays(`PUBREC ${ids[0]}`, `PUBREC ${ids[1]}`);
    dial.client.on("uncertain", (id: number) => {
      dial.note(`uncertain ${id}`);
      dial.client.end();
    });
    dial.reconnects(false);
    expect(dial.heard().filter((line) => line.startsWith("uncertain"))).toHaveLength(1);
    expect(dial.client.stats().inFlight).toBe(1);
  });

  it("of three connections that were closed early", () => {
    const dial = dialOnline();
    dial.reconnects();
    dial.reconnects();
    dial.client.on("close", () => dial.client.end());
    dial.heard();
    dial.serverCloses();
    expect(dial.heard()).toEqual([]);
  });

  it("of room, for what was refused then", () => {
    const dial = dialOnline({ linkWindow: 40 });
    const pull = () => {
      dial.client.end();
      expect(dial.client.publish("a", "x")).toBe(Status.ENDED);
      throw new Error("gives nothing");
    };
    dial.client.publishParts("a", 100, 1, false, pull);
    expect(dial.heard()).toEqual(["error gives nothing"]);
  });
});

describe("drain", () => {
  /** A client that drains and notes how it ended. */
  function drains(dial: Dial, ms = 5000) {
    dial.client.drain(ms, (status, left) => dial.note(`done ${status} ${left}`));
    return dial;
  }

  it("says DISCONNECT at once when nothing is left, and done when the link closed", () => {
    const dial = dialOnline();
    dial.drained();
    drains(dial);
    expect(dial.sent()).toEqual(["DISCONNECT"]);
    expect(dial.heard()).toEqual([]);
    dial.serverCloses();
    expect(dial.heard().sort()).toEqual([`close ${Status.OK}`, "done 0 0"]);
    isOver(dial);
  });

  it("waits for every acknowledgement and for the link to drain", () => {
    const dial = dialOnline();
    const a = dial.client.publish("a", "x", 1);
    const b = dial.client.publish("a", "y", 2);
    drains(dial);
    dial.serverSays(`PUBREC ${b}`, `PUBACK ${a}`);
    dial.drained();
    expect(dial.sent()).not.toContain("DISCONNECT");
    dial.serverSays(`PUBCOMP ${b}`);
    dial.drained();
    expect(dial.sent()).toEqual(["DISCONNECT"]);
    dial.serverCloses();
    expect(dial.heard()).toContain("done 0 0");
    isOver(dial);
  });

  it("waits for a message at QoS 0 to leave the link", () => {
    const dial = dialOnline();
    dial.drained();
    dial.client.publish("a", "x");
    drains(dial);
    expect(dial.sent()).toEqual(["PUBLISH q0 a x"]);
    dial.drained();
    expect(dial.sent()).toEqual(["DISCONNECT"]);
  });

  it("gives up after its time and says what is left", () => {
    const dial = dialOnline();
    const ids = [1, 2, 1].map((qos) => dial.client.publish("a", qos, qos));
    drains(dial);
    dial.serverSays(`PUBACK ${ids[0]}`, `PUBREC ${ids[1]}`);
    dial.passes(4999);
    expect(dial.heard().some((line) => line.startsWith("done"))).toBe(false);
    dial.passes(1);
    expect(dial.heard()).toContain(`done ${Status.NO_ANSWER} 2`);
    isOver(dial);
  });

  it("counts what is left, not the places it holds", () => {
    const dial = dialOnline();
    const ids = [1, 2, 3].map((n) => dial.client.publish("a", n, 1));
    drains(dial);
    dial.serverSays(`PUBACK ${ids[1]}`, `PUBACK ${ids[2]}`);
    dial.passes(5000);
    expect(dial.heard()).toContain(`done ${Status.NO_ANSWER} 1`);
  });

  it("goes on over a lost connection", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 1);
    drains(dial);
    dial.reconnects(true);
    dial.serverSays(`PUBACK ${id}`);
    dial.drained();
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 dup a x`, "DISCONNECT"]);
    dial.serverCloses();
    expect(dial.heard()).toContain("done 0 0");
  });

  it("offline gives up after its time", () => {
    const dial = dialUp({ reconnect: { min: 60000, max: 60000 } });
    dial.world.chance = 0.99;
    dial.dials();
    dial.serverCloses();
    dial.client.publish("a", "x", 1);
    drains(dial);
    dial.passes(5000);
    expect(dial.heard()).toContain(`done ${Status.NO_ANSWER} 1`);
    isOver(dial);
  });

  it("is done though the link never tells that it closed", () => {
    const dial = dialOnline();
    dial.drained();
    drains(dial);
    dial.passes(5000);
    expect(dial.heard().filter((line) => line.startsWith("done"))).toEqual(["done 0 0"]);
    isOver(dial);
  });

  it("is done once", () => {
    const dial = dialOnline();
    dial.client.publish("a", "x", 1);
    drains(dial);
    dial.passes(5000);
    dial.serverCloses();
    dial.client.end();
    dial.passes(100000);
    const heard = dial.heard();
    expect(heard.filter((line) => line.startsWith("done"))).toHaveLength(1);
    expect(heard.filter((line) => line.startsWith("close"))).toHaveLength(1);
  });

  it("cut short by end is done when the link closed", () => {
    const dial = dialOnline();
    dial.client.publish("a", "x", 1);
    drains(dial);
    dial.client.end();
    dial.serverCloses();
    expect(dial.heard()).toContain(`done ${Status.NO_ANSWER} 1`);
    isOver(dial);
  });

  it("asked for again counts by its last time, and leaves no timer", () => {
    const dial = dialOnline();
    dial.client.publish("a", "x", 1);
    dial.client.drain(1000, () => dial.note("done, asked before"));
    drains(dial, 9000);
    dial.passes(8999);
    expect(dial.heard()).toEqual([]);
    dial.passes(1);
    expect(dial.heard().filter((line) => line.startsWith("done"))).toHaveLength(1);
    isOver(dial);
  });

  it("after the end is done, and close is not told again", () => {
    const dial = dialOnline();
    dial.client.end();
    dial.serverCloses();
    drains(dial);
    dial.passes(10000);
    expect(dial.heard()).toEqual([`close ${Status.OK}`, "done 0 0"]);
    isOver(dial);
  });

  it("takes messages published in the meantime into account", () => {
    const dial = dialOnline();
    const first = dial.client.publish("a", "x", 1);
    dial.client.on("delivered", (id: number) => {
      if (id === first) dial.client.publish("a", "last words", 1);
    });
    drains(dial);
    dial.serverSays(`PUBACK ${first}`);
    dial.drained();
    expect(dial.sent()).not.toContain("DISCONNECT");
    dial.serverSays(`PUBACK ${first + 1}`);
    dial.drained();
    expect(dial.sent()).toEqual(["DISCONNECT"]);
  });
});
