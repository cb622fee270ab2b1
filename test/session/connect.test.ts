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

/** CONNECT's flags and the fields of its payload, cut by nothing but their lengths. */
function payloadOf(options: Partial<Options>): [number, ...string[]] {
  const dial = dialUp(options);
  dial.connects();
  const octets = dial.link.octets;
  const fields: string[] = [];
  // Behind first octet, Remaining Length, protocol name, level, flags, keep alive.
  for (let at = 12; at < octets.length;) {
    const from = at + 2;
    at = from + octets.charCodeAt(at) * 256 + octets.charCodeAt(at + 1);
    fields.push(octets.slice(from, at));
  }
  return [octets.charCodeAt(9), ...fields];
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

  it("goes to several servers in turn, each with what it says of itself", () => {
    const dial = dialUp({
      host: "a",
      port: 1884,
      tls: { ca: "a" },
      hosts: [{ host: "b" }, { port: 1885 }, { host: "c", tls: undefined }],
      reconnect: { min: 10, max: 10 },
    });
    const asked = Array.from({ length: 5 }, () => {
      const { host, port, tls } = dial.dials();
      dial.link.closes();
      return [host, port, tls !== undefined];
    });
    expect(asked).toEqual([
      ["a", 1884, true],
      ["b", 1884, true],
      ["a", 1885, true],
      ["c", 1884, false],
      ["a", 1884, true],
    ]);
  });

  it("goes to the next server also after a good connection, and sends there what is left", () => {
    const dial = dialUp({ host: "a", hosts: [{ host: "b" }], clientId: "c", cleanSession: false });
    dial.connects();
    dial.link.says("CONNACK");
    dial.sent();
    dial.client.publish("t", "x", 1);
    dial.link.closes();
    expect(dial.dials().host).toBe("b");
    dial.opened();
    dial.link.says("CONNACK");
    expect(dial.sent()).toEqual(["CONNECT", "PUBLISH 1 q1 dup t x"]);
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
  const will = { topic: "t", payload: "w" };
  const login = { username: "u", password: "p" };
  const kept = { clientId: "c", cleanSession: false };
  const table: [string, Partial<Options>, [number, ...string[]]][] = [
    ["a client identifier though it is empty [MQTT-3.1.3-3]", {}, [0b00000010, ""]],
    ["no will flag, no will [MQTT-3.1.2-11]", login, [0b11000010, "", "u", "p"]],
    ["no will flag, will QoS 0 [MQTT-3.1.2-13]", { clientId: "c" }, [0b00000010, "c"]],
    ["no will flag, will RETAIN 0 [MQTT-3.1.2-15]", kept, [0b00000000, "c"]],
    ["a will [MQTT-3.1.2-9]", { will }, [0b00000110, "", "t", "w"]],
    ["a will's QoS 1 [MQTT-3.1.2-14]", { will: { ...will, qos: 1 } }, [0b00001110, "", "t", "w"]],
    ["a will's QoS 2 [MQTT-3.1.2-14]", { will: { ...will, qos: 2 } }, [0b00010110, "", "t", "w"]],
    ["a will's RETAIN", { will: { ...will, retain: true } }, [0b00100110, "", "t", "w"]],
    ["no user name flag, no user name [MQTT-3.1.2-18]", { will }, [0b00000110, "", "t", "w"]],
    ["a user name [MQTT-3.1.2-19]", { username: "u" }, [0b10000010, "", "u"]],
    ["a user name that is empty [MQTT-3.1.2-19]", { username: "" }, [0b10000010, "", ""]],
    ["no password flag, no password [MQTT-3.1.2-20]", { username: "u" }, [0b10000010, "", "u"]],
    ["a password [MQTT-3.1.2-21]", login, [0b11000010, "", "u", "p"]],
    [
      "everything in its order [MQTT-3.1.3-1]",
      { ...kept, ...login, will },
      [0b11000100, "c", "t", "w", "u", "p"],
    ],
  ];
  it.each(table)("has %s", (_, options, expected) => {
    expect(payloadOf(options)).toEqual(expected);
  });

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

  it("never sets the reserved flag [MQTT-3.1.2-3]", () => {
    for (const [, options] of table) expect(payloadOf(options)[0] % 2).toBe(0);
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

  it("carries an empty password", () => {
    expect(payloadOf({ username: "u", password: "" })).toEqual([194, "", "u", ""]);
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
