// SPDX-License-Identifier: MIT
// `eager`: CONNECT, SUBSCRIBE and what waits go out together, without waiting for CONNACK, which
// section 3.1.4 of MQTT 3.1.1 allows. When the server refuses, nothing of it counts.

import { describe, expect, it } from "vitest";
import { Status } from "../../src/status.js";
import { dialUp } from "../fake.js";

function eager(options: object = {}) {
  const dial = dialUp({ eager: true, clientId: "c", cleanSession: false, ...options });
  const wish = dial.client.subscribe("f", 1);
  const id = dial.client.publish("a", "x", 1);
  dial.dials();
  dial.opened();
  return { dial, wish, id };
}

describe("eager", () => {
  it("sends everything before CONNACK", () => {
    const { dial, wish, id } = eager();
    expect(dial.sent()).toEqual(["CONNECT", `SUBSCRIBE ${wish} f q1`, `PUBLISH ${id} q1 a x`]);
  });

  it("takes the answers behind CONNACK and sends nothing again", () => {
    const { dial, wish, id } = eager();
    dial.sent();
    dial.serverSays("CONNACK", `SUBACK ${wish} 1`, `PUBACK ${id}`);
    expect(dial.heard()).toEqual(["connect false", `subscribed ${wish} 1`, `delivered ${id}`]);
    dial.drained();
    expect(dial.sent()).toEqual([]);
  });

  it("sends nothing again when the answers take time", () => {
    for (const connack of ["CONNACK", "CONNACK present"]) {
      const { dial } = eager();
      dial.sent();
      dial.drained();
      dial.serverSays(connack);
      dial.drained();
      expect(dial.sent()).toEqual([]);
    }
  });

  it("counts for nothing when it is refused, and everything is sent again", () => {
    const { dial, wish, id } = eager();
    dial.serverSays("CONNACK 3");
    expect(dial.heard()).toEqual([`close ${Status.REFUSED_UNAVAILABLE}`]);
    expect(dial.client.stats().inFlight).toBe(1);
    dial.connects();
    // Something older is unacknowledged now: this time it waits.
    expect(dial.sent()).toEqual([]);
    dial.serverSays("CONNACK present");
    expect(dial.sent()).toEqual([`SUBSCRIBE ${wish} f q1`, `PUBLISH ${id} q1 dup a x`]);
    dial.serverSays(`PUBACK ${id}`);
    expect(dial.heard().at(-1)).toBe(`delivered ${id}`);
  });

  it("takes an answer to what was refused as nothing [MQTT-3.1.4-5]", () => {
    const { dial, id } = eager();
    dial.serverSays("CONNACK 5", `PUBACK ${id}`);
    expect(dial.heard()).toEqual([`close ${Status.REFUSED_AUTHORIZATION}`]);
    expect(dial.client.stats().inFlight).toBe(1);
  });

  it("waits for CONNACK when PUBRELs are to be sent first [MQTT-4.4.0-1]", () => {
    const { dial, id } = eager();
    dial.serverSays("CONNACK", `PUBACK ${id}`);
    const two = dial.client.publish("a", "y", 2);
    dial.serverSays(`PUBREC ${two}`);
    dial.serverCloses();
    dial.client.publish("a", "z", 1);
    dial.connects();
    expect(dial.sent()).toEqual([]);
    dial.serverSays("CONNACK present");
    expect(dial.sent()[0]).toBe(`PUBREL ${two}`);
  });

  it("is eager again when all is acknowledged, and spares confirmed subscriptions", () => {
    const { dial, wish, id } = eager();
    dial.serverSays("CONNACK", `SUBACK ${wish} 1`, `PUBACK ${id}`);
    dial.serverCloses();
    const next = dial.client.publish("a", "y", 1);
    dial.connects();
    expect(dial.sent()).toEqual([`PUBLISH ${next} q1 a y`]);
    dial.serverSays("CONNACK present");
    expect(dial.sent()).toEqual([]);
  });

  it("restores subscriptions when the server turns out to have forgotten them", () => {
    const { dial, wish, id } = eager();
    dial.serverSays("CONNACK", `SUBACK ${wish} 1`, `PUBACK ${id}`);
    dial.serverCloses();
    dial.connects();
    dial.serverSays("CONNACK");
    expect(dial.sent().map((word) => word.replace(/\d+ /, ""))).toEqual(["SUBSCRIBE f q1"]);
  });

  it("keeps to the window", () => {
    const { dial } = eager({ linkWindow: 40 });
    expect(dial.link.octets.length).toBeLessThanOrEqual(40);
    for (let i = 0; i < 20; i++) dial.client.publish("a", i, 1);
    expect(dial.link.octets.length).toBeLessThanOrEqual(40);
    const before = dial.link.octets.length;
    dial.serverSays("CONNACK");
    dial.drained();
    expect(dial.link.octets.length - before).toBeLessThanOrEqual(80);
  });

  it("is opt-in", () => {
    const { dial } = eager({ eager: false });
    expect(dial.sent()).toEqual(["CONNECT"]);
  });
});
