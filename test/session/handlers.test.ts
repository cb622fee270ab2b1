// SPDX-License-Identifier: MIT
// What handlers may do: publish, subscribe, unsubscribe, end, throw. State comes first and the
// handler last, so none of it breaks the session.

import { afterEach, describe, expect, it, vi } from "vitest";
import type { ClientEvent } from "../../src/client.js";
import { Status } from "../../src/status.js";
import { type Dial, dialOnline, dialSession, dialUp } from "../fake.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** One dialogue in which every event happens. */
function everything(dial: Dial): void {
  const client = dial.client;
  dial.accepted(false);
  const a = client.publish("a", "x", 1);
  const b = client.publish("a", "y", 2);
  client.publish("a", "z", 1);
  client.publish("a", "no room", 1);
  const wish = client.subscribe("f", 1);
  dial.serverSays(`SUBACK ${wish} 1`, "PUBLISH 5 q1 m x", `PUBREC ${b}`, `PUBACK ${a}`);
  client.unsubscribe("f");
  dial.serverSays(...(wish > 0 ? [`UNSUBACK ${wish + 1}`] : []));
  dial.serverCloses();
  if (dial.world.timers.length > 0) dial.accepted(false);
}

const options = { inFlight: 3, clientId: "c", cleanSession: false };
const events: ClientEvent[] = [
  "connect",
  "message",
  "subscribed",
  "unsubscribed",
  "delivered",
  "uncertain",
  "room",
  "close",
];

describe("a handler that throws", () => {
  it.each(events)("in `%s` is told to `error`, and the session goes on", (event) => {
    const calm = dialUp(options);
    everything(calm);
    const expected = calm.heard().filter((line) => line.split(" ")[0] !== event);
    const expectedOctets = calm.world.links.map((link) => link.octets);
    const dial = dialUp(options);
    let thrown = 0;
    dial.client.on(event, () => {
      thrown += 1;
      throw new Error("oops");
    });
    everything(dial);
    const heard = dial.heard();
    expect(thrown).toBeGreaterThan(0);
    expect(heard.filter((line) => line === "error oops")).toHaveLength(thrown);
    expect(heard.filter((line) => line !== "error oops")).toEqual(expected);
    expect(dial.world.links.map((link) => link.octets)).toEqual(expectedOctets);
  });

  it("does not keep the rest of its chunk from being read and acknowledged", () => {
    const dial = dialOnline();
    const id = dial.client.publish("a", "x", 1);
    dial.sent();
    dial.client.on("message", (topic: string) => {
      throw new Error(topic);
    });
    dial.serverSays("PUBLISH q0 a 1", "PUBLISH q0 a 2", "PUBLISH 5 q1 b 3", "PUBLISH 6 q2 c 4");
    expect(dial.heard()).toEqual(["error a", "error a", "error b", "error c"]);
    expect(dial.sent()).toEqual(["PUBACK 5", "PUBREC 6"]);
    dial.serverSays("PUBLISH q0 d 1", "\x40\x02");
    dial.serverSays(String.fromCharCode(Math.floor(id / 256), id % 256));
    expect(dial.heard()).toEqual(["error d", `delivered ${id}`]);
  });

  it("does not keep another handler of the same message from being called", () => {
    const dial = dialOnline();
    dial.client.subscribe("a", 0, () => {
      throw new Error("first");
    });
    dial.client.subscribe("+", 0, () => dial.note("second"));
    dial.serverSays("PUBLISH q0 a x", "PUBLISH q0 a y");
    expect(dial.heard()).toEqual(["error first", "second", "error first", "second"]);
  });

  it("is printed where nobody listens to `error`", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    const dial = dialOnline();
    dial.client.on("error", undefined as never);
    dial.client.on("message", () => {
      throw new Error("oops");
    });
    dial.serverSays("PUBLISH 5 q1 a x");
    expect(print).toHaveBeenCalledTimes(1);
    expect(dial.sent()).toEqual(["PUBACK 5"]);
  });

  it("may be the one of `error` itself", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const dial = dialOnline();
    const fail = () => {
      throw new Error("again");
    };
    dial.client.on("error", fail).on("message", fail);
    dial.serverSays("PUBLISH 5 q1 a x", "PUBLISH 6 q1 a x");
    expect(dial.sent()).toEqual(["PUBACK 5", "PUBACK 6"]);
  });

  it("may be the one of `drain`", () => {
    const dial = dialOnline();
    dial.drained();
    dial.client.drain(1000, () => {
      throw new Error("done");
    });
    dial.serverCloses();
    expect(dial.heard()).toContain("error done");
    expect(dial.world.timers).toHaveLength(0);
  });
});

describe("a handler that ends the client", () => {
  it.each(events)("in `%s` ends it: nothing but close is told, no timer is left", (event) => {
    const dial = dialUp(options);
    let ended = 0;
    dial.client.on(event, () => {
      if (++ended > 1) dial.note(`again ${event}`);
      else {
        dial.heard();
        dial.client.end();
      }
    });
    try {
      everything(dial);
    } catch {
      // The dialogue cannot go on to its end: the client dials no more.
    }
    expect(ended).toBeGreaterThan(0);
    if (dial.world.links.length > 0) dial.serverCloses();
    const heard = dial.heard().filter((line) => !/^(again )?close/.test(line));
    expect(heard).toEqual([]);
    expect(dial.world.timers).toHaveLength(0);
    expect(dial.client.publish("a", "x", 1)).toBe(Status.ENDED);
  });
});

describe("a handler that calls the client", () => {
  it("publishes from `message`, at every QoS, in the midst of a chunk", () => {
    const dial = dialOnline();
    dial.client.on("message", (topic: string, _: unknown, packet: { qos: number }) => {
      dial.client.publish(`echo/${topic}`, "", packet.qos);
    });
    dial.serverSays("PUBLISH q0 a x", "PUBLISH 5 q1 b x", "PUBLISH 6 q2 a x", "PUBREL 6");
    const words = dial.sent();
    expect(words.filter((word) => word.startsWith("PUBLISH"))).toEqual([
      "PUBLISH q0 echo/a ",
      "PUBLISH 1 q1 echo/b ",
      "PUBLISH 2 q2 echo/a ",
    ]);
    expect(words.filter((word) => !word.startsWith("PUBLISH"))).toEqual([
      "PUBACK 5",
      "PUBREC 6",
      "PUBCOMP 6",
    ]);
  });

  it("publishes the next from `delivered`, for ever, in one slot", () => {
    const dial = dialOnline({ inFlight: 1, outbox: 20 });
    let count = 0;
    dial.client.on("delivered", () => {
      expect(dial.client.publish("a", ++count, 1)).toBeGreaterThan(0);
    });
    let id = dial.client.publish("a", "0", 1);
    for (let i = 0; i < 100; i++) {
      dial.serverSays(`PUBACK ${id}`);
      const words = dial.sent();
      id = Number(words.at(-1)!.split(" ")[1]);
    }
    expect(count).toBe(100);
  });

  it("subscribes and unsubscribes from a message's own handler", () => {
    const dial = dialOnline();
    const b = () => dial.note("b");
    dial.client.subscribe("a", 0, () => {
      dial.note("a");
      dial.client.unsubscribe("a");
      dial.client.subscribe("b", 0, b);
      dial.client.subscribe("+", 0, () => dial.note("+"));
    });
    dial.serverSays("PUBLISH q0 a x", "PUBLISH q0 b x");
    const heard = dial.heard();
    expect(heard[0]).toBe("a");
    expect(heard.slice(-2)).toEqual(["b", "+"]);
    expect(dial.sent().map((word) => word.replace(/ \d+/, ""))).toEqual([
      "SUBSCRIBE a q0",
      "UNSUBSCRIBE a",
      "SUBSCRIBE b q0",
      "SUBSCRIBE + q0",
    ]);
  });

  it("subscribes from `connect` on each connection: one entry, said once a connection", () => {
    const dial = dialUp({ subscriptions: 1 });
    dial.client.on("connect", () => dial.note(String(dial.client.subscribe("a", 1) > 0)));
    dial.accepted();
    dial.serverSays(`SUBACK ${dial.sent()[0]!.split(" ")[1]} 1`);
    dial.reconnects();
    expect(dial.heard().filter((line) => line === "true")).toHaveLength(2);
    dial.serverSays("PUBLISH q0 a x");
    expect(dial.heard()).toEqual(["message a q0 x"]);
  });

  it("publishes from `close`: accepted offline, sent with DUP 0", () => {
    const dial = dialSession();
    let id = 0;
    dial.client.on("close", () => (id = dial.client.publish("status", "lost", 1)));
    dial.serverCloses();
    dial.accepted(true);
    expect(dial.sent()).toEqual([`PUBLISH ${id} q1 status lost`]);
  });

  it("publishes again from `uncertain`", () => {
    const dial = dialSession();
    const id = dial.client.publish("a", "x", 2);
    dial.serverSays(`PUBREC ${id}`);
    dial.client.on("uncertain", () => dial.note(`again ${dial.client.publish("a", "x", 2)}`));
    dial.reconnects(false);
    expect(dial.heard()).toContain(`again ${id + 1}`);
    expect(dial.sent()).toEqual([`PUBLISH ${id + 1} q2 a x`]);
  });

  it("sets another handler in its place", () => {
    const dial = dialOnline();
    dial.client.on("message", () => {
      dial.note("first");
      dial.client.on("message", () => dial.note("second"));
    });
    dial.serverSays("PUBLISH q0 a x", "PUBLISH q0 a y");
    expect(dial.heard()).toEqual(["first", "second"]);
  });
});
