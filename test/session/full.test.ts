// SPDX-License-Identifier: MIT
// Limits of our own: what cannot be accepted is refused with a number, nothing has changed, and
// `room` is told when it is worth trying again. And the figures of `stats`.

import { describe, expect, it } from "vitest";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { dialOnline, dialSession, dialUp } from "../fake.js";

/** What an identical client would answer next, to see that a refusal used nothing up. */
function nextId(dial: ReturnType<typeof dialOnline>): number {
  return dial.client.publish("n", "", 1);
}

describe("a full client", () => {
  const table: [string, Partial<Options>, number, string, Status][] = [
    ["outbox", { outbox: 100, inFlight: 50 }, 4, "x".repeat(20), Status.OUTBOX_FULL],
    ["in-flight slots", { outbox: 10000, inFlight: 3 }, 3, "x", Status.IN_FLIGHT_FULL],
  ];
  it.each(table)("refuses for want of %s", (_, options, fits, payload, status) => {
    for (const qos of [1, 2]) {
      const dial = dialOnline(options);
      const ids: number[] = [];
      for (let i = 0; i < fits + 1; i++) ids.push(dial.client.publish("a", payload, qos));
      const refused = ids.findIndex((id) => id < 0);
      expect(refused).toBeGreaterThan(1);
      expect(ids.slice(refused)).toEqual(ids.slice(refused).map(() => status));
      const accepted = ids.slice(0, refused);
      expect(dial.sent()).toHaveLength(refused);
      expect(dial.client.stats()).toMatchObject({ inFlight: refused, inFlightMax: refused });
      expect(dial.heard()).toEqual([]);
      for (const id of accepted) {
        dial.serverSays(`${qos === 1 ? "PUBACK" : "PUBREC"} ${id}`);
        if (qos > 1) dial.serverSays(`PUBCOMP ${id}`);
      }
      const heard = dial.heard();
      expect(heard.filter((line) => line === "room")).toHaveLength(1);
      expect(heard.filter((line) => line.startsWith("delivered"))).toHaveLength(refused);
      expect(nextId(dial)).toBe(accepted.at(-1)! + 1);
    }
  });

  it("takes exactly as many as there are slots, each time round", () => {
    const dial = dialOnline({ inFlight: 4 });
    for (let round = 0; round < 20; round++) {
      const ids = [1, 2, 1, 2].map((qos) => dial.client.publish("a", "x", qos));
      expect(ids.every((id) => id > 0)).toBe(true);
      expect(dial.client.publish("a", "x", 1)).toBe(Status.IN_FLIGHT_FULL);
      dial.serverSays(`PUBREC ${ids[3]}`, `PUBCOMP ${ids[3]}`, `PUBACK ${ids[2]}`);
      dial.serverSays(`PUBREC ${ids[1]}`, `PUBACK ${ids[0]}`, `PUBCOMP ${ids[1]}`);
    }
  });

  it("uses its outbox to the last octet but one where that has come round, and spoils nothing", () => {
    const dial = dialSession({ outbox: 100, inFlight: 20 });
    // A packet is seven octets longer than its payload.
    const publish = (length: number, letter: string) =>
      dial.client.publish("a", letter.repeat(length - 7), 1);
    const first = publish(40, "A");
    expect([first, publish(40, "B")]).toEqual([1, 2]);
    dial.serverSays(`PUBACK ${first}`);
    // Behind the second there are 20 octets, in front of it 40.
    expect(publish(30, "C")).toBe(3);
    // A ring that is full to the last octet would look empty.
    expect(publish(10, "D")).toBe(Status.OUTBOX_FULL);
    expect(publish(9, "E")).toBe(4);
    // There is an octet left in front of the second, and 20 behind it are out of turn.
    expect(publish(8, "F")).toBe(Status.OUTBOX_FULL);
    expect(publish(7, "G")).toBe(Status.OUTBOX_FULL);
    dial.reconnects(true);
    expect(dial.sent()).toEqual([
      `PUBLISH 2 q1 dup a ${"B".repeat(33)}`,
      `PUBLISH 3 q1 dup a ${"C".repeat(23)}`,
      "PUBLISH 4 q1 dup a EE",
    ]);
  });

  it("counts a message between PUBREC and PUBCOMP as in flight", () => {
    const dial = dialOnline({ inFlight: 2 });
    const ids = [1, 2].map(() => dial.client.publish("a", "x", 2));
    for (const id of ids) dial.serverSays(`PUBREC ${id}`);
    expect(dial.client.stats().inFlight).toBe(2);
    expect(dial.client.publish("a", "x", 1)).toBe(Status.IN_FLIGHT_FULL);
    dial.serverSays(`PUBCOMP ${ids[1]}`, `PUBCOMP ${ids[0]}`);
    expect(dial.client.publish("a", "x", 1)).toBeGreaterThan(0);
  });

  it("takes messages offline as far as there is room, and no further", () => {
    const dial = dialUp({ outbox: 200, inFlight: 100 });
    let count = 0;
    while (dial.client.publish("a", "x".repeat(20), 1) > 0) count += 1;
    expect(count).toBeGreaterThan(4);
    expect(count).toBeLessThan(9);
    dial.accepted();
    expect(dial.sent()).toHaveLength(count);
  });

  it("tells no room to those who were never refused", () => {
    const dial = dialOnline({ inFlight: 2 });
    for (let i = 0; i < 4; i++) dial.serverSays(`PUBACK ${dial.client.publish("a", "x", 1)}`);
    dial.drained();
    expect(dial.heard().filter((line) => line === "room")).toEqual([]);
  });

  it("tells room such that what was refused can be accepted in its handler", () => {
    const dial = dialOnline({ inFlight: 1 });
    const first = dial.client.publish("a", "1", 1);
    expect(dial.client.publish("a", "2", 1)).toBe(Status.IN_FLIGHT_FULL);
    dial.client.on("room", () => dial.note(`again ${dial.client.publish("a", "2", 1)}`));
    dial.serverSays(`PUBACK ${first}`);
    expect(dial.heard()).toEqual([`delivered ${first}`, `again ${first + 1}`]);
    expect(dial.sent()).toEqual([`PUBLISH ${first} q1 a 1`, `PUBLISH ${first + 1} q1 a 2`]);
  });

  it("tells room after a reconnect to those who were refused offline", () => {
    const dial = dialUp();
    expect(dial.client.publish("a", "x")).toBe(Status.OFFLINE);
    dial.client.on("room", () => dial.note(`again ${dial.client.publish("a", "x")}`));
    dial.accepted();
    dial.drained();
    // `connect` tells it as well; a client that waits for `room` must not wait for ever.
    expect(dial.heard().some((line) => line === "again 0" || line === "connect false")).toBe(true);
  });
});

describe("a message too long", () => {
  it("for the outbox is refused as TOO_LONG, whether there is room or not", () => {
    const dial = dialOnline({ outbox: 100 });
    expect(dial.client.publish("a", "x".repeat(94), 1)).toBe(Status.TOO_LONG);
    const id = dial.client.publish("a", "x".repeat(93), 1);
    expect(id).toBeGreaterThan(0);
    expect(dial.client.publish("a", new Uint8Array(200), 2)).toBe(Status.TOO_LONG);
    expect(dial.client.stats()).toMatchObject({ inFlight: 1, refused: 2 });
    dial.serverSays(`PUBACK ${id}`);
    expect(nextId(dial)).toBe(id + 1);
  });

  it("for MQTT is refused as TOO_LONG, and so is a length that is none", () => {
    const dial = dialOnline();
    const pull = () => "x";
    for (const total of [268435456, 268435455, 1e12, -1, Number.NaN, Infinity]) {
      const result = dial.client.publishParts("a", total, 1, false, pull);
      expect(result).toBe(Status.TOO_LONG);
    }
    expect(dial.sent()).toEqual([]);
  });
});

describe("stats", () => {
  it("counts messages in flight, not the places they hold", () => {
    const dial = dialSession();
    const ids = [1, 2, 3].map((n) => dial.client.publish("a", n, 1));
    dial.serverSays(`PUBACK ${ids[1]}`, `PUBACK ${ids[2]}`);
    expect(dial.client.stats().inFlight).toBe(1);
  });

  it("counts messages between PUBREC and PUBCOMP into the most there were", () => {
    const dial = dialSession();
    for (let i = 0; i < 3; i++) dial.serverSays(`PUBREC ${dial.client.publish("a", i, 2)}`);
    expect(dial.client.stats()).toMatchObject({ inFlight: 3, inFlightMax: 3 });
  });

  it("is a record of the moment", () => {
    const dial = dialSession();
    const before = dial.client.stats();
    dial.client.publish("a", "x", 1);
    expect(before.inFlight).toBe(0);
    expect(dial.client.stats()).toEqual({
      reconnects: 0,
      refused: 0,
      skipped: 0,
      inFlight: 1,
      inFlightMax: 1,
    });
  });
});
