// SPDX-License-Identifier: MIT
// What the client says first: the connection it asks for and the CONNECT packet (MQTT 3.1.1 section
// 3.1), and the options that make no sense.

import type { IConnectPacket } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { clientOpen } from "../../src/client.js";
import type { Options } from "../../src/options.js";
import { Status } from "../../src/status.js";
import { dialUp, worldOpen } from "../fake.js";

function connectOf(options: Partial<Options> = {}): IConnectPacket {
  return dialUp(options).connects() as IConnectPacket;
}

/** The octet of CONNECT's flags. */
function flagsOf(options: Partial<Options>): number {
  const dial = dialUp(options);
  dial.connects();
  return dial.link.octets.charCodeAt(dial.link.octets.indexOf("MQTT") + 5);
}

describe("the connection", () => {
  it("is asked for after the caller had time to set handlers", () => {
    const dial = dialUp();
    expect(dial.world.links).toHaveLength(0);
    dial.passes(0);
    expect(dial.world.links).toHaveLength(1);
  });

  it("goes where the options say; the usual ports are the board's", () => {
    const usual = { host: "h", port: undefined, tls: undefined };
    expect(dialUp({ host: "h" }).dials()).toMatchObject(usual);
    const tls = { ca: "x" };
    expect(dialUp({ tls }).dials()).toMatchObject({ port: undefined, tls });
    expect(dialUp({ tls, port: 443 }).dials()).toMatchObject({ port: 443 });
    expect(dialUp({ port: 1884 }).dials()).toMatchObject({ port: 1884 });
  });

  it("carries CONNECT first, and nothing else before CONNACK [MQTT-3.1.0-1]", () => {
    const dial = dialUp();
    dial.dials();
    dial.client.publish("a", "x", 1);
    dial.client.subscribe("b");
    dial.opened();
    expect(dial.sent()).toEqual(["CONNECT"]);
  });

  it("carries one CONNECT and no second one [MQTT-3.1.0-2]", () => {
    const dial = dialUp().accepted();
    dial.drained();
    dial.passes(30000);
    expect(dial.sent().filter((word) => word === "CONNECT")).toEqual([]);
  });
});

describe("CONNECT", () => {
  it("is MQTT level 4, a clean session, keep alive 60, and nothing else by default", () => {
    const packet = connectOf();
    expect(packet).toMatchObject({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: "",
    });
    expect(packet.will).toBeUndefined();
    expect(packet.username).toBeUndefined();
    expect(packet.password).toBeUndefined();
  });

  it("sets no flag that it has no use for, nor the reserved one [MQTT-3.1.2-3]", () => {
    expect(flagsOf({})).toBe(2);
    expect(flagsOf({ cleanSession: false, clientId: "c" })).toBe(0);
  });

  it("carries text as UTF-8, a password as octets [MQTT-3.1.3-4] [MQTT-3.1.3-11]", () => {
    const packet = connectOf({
      clientId: "dévice",
      username: "mäx",
      password: new Uint8Array([0, 255, 128]),
      keepAlive: 65535,
    });
    expect(packet).toMatchObject({ clientId: "dévice", username: "mäx", keepalive: 65535 });
    expect(Array.from(packet.password as Buffer)).toEqual([0, 255, 128]);
  });

  it("carries a user name without a password, and an empty password", () => {
    expect(connectOf({ username: "u" })).toMatchObject({ username: "u" });
    expect(flagsOf({ username: "u" })).toBe(130);
    expect(flagsOf({ username: "u", password: "" })).toBe(194);
  });

  it("carries the will: topic, payload, QoS and RETAIN [MQTT-3.1.2-9] [MQTT-3.1.3-10]", () => {
    for (const qos of [0, 1, 2]) {
      for (const retain of [false, true]) {
        const will = { topic: "ä/b", payload: new Uint8Array([1, 0, 254]), qos, retain };
        const packet = connectOf({ will, username: "u", password: "p", clientId: "c" });
        expect(packet.will).toMatchObject({ topic: "ä/b", qos, retain });
        expect(Array.from(packet.will!.payload as Buffer)).toEqual([1, 0, 254]);
        expect(packet).toMatchObject({ clientId: "c", username: "u" });
      }
    }
  });

  it("carries a will of text, and one with an empty payload", () => {
    const text = connectOf({ will: { topic: "t", payload: "grün" } });
    expect(String(text.will!.payload)).toBe("grün");
    expect(text.will).toMatchObject({ qos: 0, retain: false });
    expect(connectOf({ will: { topic: "t", payload: "" } }).will).toMatchObject({ topic: "t" });
  });

  it("turns keep alive off with 0", () => {
    expect(connectOf({ keepAlive: 0 })).toMatchObject({ keepalive: 0 });
  });

  it("says the same again on the next connection, the same identifier too [MQTT-3.1.3-2]", () => {
    const dial = dialUp({ clientId: "c", will: { topic: "t", payload: "p" } });
    const first = dial.connects();
    dial.serverCloses();
    expect(dial.connects()).toEqual(first);
  });
});

describe("options that make no sense", () => {
  const will = (topic: string, qos: number) => ({ will: { topic, payload: "", qos } });
  const nul = String.fromCharCode(0);
  const table: [string, Partial<Options>][] = [
    ["a kept session without a client identifier [MQTT-3.1.3-7]", { cleanSession: false }],
    ["a password without a user name [MQTT-3.1.2-22]", { password: "p" }],
    ["a will of QoS 3 [MQTT-3.1.2-14]", will("t", 3)],
    ["a will of QoS −1", will("t", -1)],
    ["a will with a wildcard in its topic [MQTT-4.7.1-1]", will("a/+", 0)],
    ["a lone surrogate in a will's topic [MQTT-3.1.3-10]", will("a\ud800", 0)],
    ["a will with an empty topic [MQTT-4.7.3-1]", will("", 0)],
    ["a will longer than a field", { will: { topic: "t", payload: "x".repeat(65536) } }],
    ["U+0000 in the client identifier [MQTT-1.5.3-2]", { clientId: `a${nul}b` }],
    ["a lone surrogate in the client identifier [MQTT-3.1.3-4]", { clientId: "a\ud800" }],
    ["a client identifier of 65,536 octets", { clientId: "x".repeat(65536) }],
    ["U+0000 in the user name [MQTT-1.5.3-2]", { username: nul }],
    ["a lone surrogate in the user name [MQTT-3.1.3-11]", { username: "\udc00" }],
    ["a password longer than a field", { username: "u", password: "x".repeat(65536) }],
    ["a password that is no payload", { username: "u", password: {} as never }],
    ["keep alive 65,536", { keepAlive: 65536 }],
    ["keep alive −1", { keepAlive: -1 }],
    ["keep alive 1.5", { keepAlive: 1.5 }],
    ["keep alive that is no number", { keepAlive: Number.NaN }],
    ["an outbox that is no number", { outbox: Number.NaN }],
    ["an outbox of −5", { outbox: -5 }],
    ["more in flight than identifiers", { inFlight: 40000 }],
    ["1.5 in flight", { inFlight: 1.5 }],
    ["an inbox of −1", { inbox: -1 }],
    ["half a subscription", { subscriptions: 0.5 }],
    ["a window of −1", { linkWindow: -1 }],
    ["less than no time for answers", { answerMs: -1 }],
    ["a backoff whose end is before its beginning", { reconnect: { min: 2000, max: 1000 } }],
    ["a backoff of −1", { reconnect: { min: -1 } }],
    ["a backoff that is no number", { reconnect: { min: Number.NaN } }],
  ];
  it.each(table)("refuses %s", (_, options) => {
    const world = worldOpen();
    expect(clientOpen({ host: "server", ...options }, world.port)).toBe(Status.INVALID_OPTION);
    expect(world.timers).toHaveLength(0);
    expect(world.links).toHaveLength(0);
  });

  it("says NO_MEMORY when there is none for the outbox", () => {
    const world = worldOpen();
    const outbox = Number.MAX_SAFE_INTEGER;
    expect(clientOpen({ host: "server", outbox }, world.port)).toBe(Status.NO_MEMORY);
    expect(world.timers).toHaveLength(0);
  });
});
