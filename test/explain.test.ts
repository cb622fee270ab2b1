// SPDX-License-Identifier: MIT
// The sentences of Node and browsers: one for each Status, and one for each option that makes no
// sense, which has to agree with what the core itself refuses.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Port } from "../boards/hal.js";
import * as host from "../boards/host/module.js";
import { connect as connectWeb } from "../boards/browser/module.js";
import { clientOpen } from "../src/client.js";
import { explainOptions, HOST_RULES } from "../src/explain-options.js";
import type { Options } from "../src/options.js";

const { connect, explain } = host;
// The compiler sees an enum that has no value; users see the object it becomes.
const Status = (host as unknown as { Status: Record<string, number> }).Status;

/** A world in which nothing ever happens. */
const still: Port = {
  open: () => undefined,
  drop: () => {},
  after: () => undefined,
  stop: () => {},
  chance: () => 0,
};

const statuses = [
  ...readFileSync(new URL("../src/status.ts", import.meta.url), "utf8").matchAll(
    /\/\*\* ((?:(?!\*\/)[^])*?) \*\/\s+([A-Z0-9_]+) = (-?\d+),/g,
  ),
].map(([, text, name, value]) => ({
  name: name!,
  value: Number(value),
  text: text!.replace(/\s+\* /g, " "),
}));

const refused = (options: unknown): string | undefined => explainOptions(HOST_RULES, options);
const good = { host: "127.0.0.1" };

describe("explain", () => {
  test("knows every Status of status.ts, by the same words and the same number", () => {
    expect(statuses.length).toBeGreaterThan(20);
    for (const { name, value, text } of statuses) {
      expect(explain(value)).toBe(text);
      expect(Status[name]).toBe(value);
    }
    const names = Object.keys(Status).filter((name) => !/^-?\d+$/.test(name));
    expect(names).toEqual(statuses.map(({ name }) => name));
  });

  test("takes whatever a handler of `error` is given", () => {
    expect(explain(new Error("a handler's own"))).toBe("a handler's own");
    expect(explain(7)).toBe("Done.");
    expect(explain(-99)).toBe("There is no Status -99.");
    expect(explain("thrown text")).toBe("thrown text");
  });
});

describe("options", () => {
  test.each<[string, unknown, RegExp]>([
    ["no options", undefined, /given undefined; expected is one object: connect\(\{ host/],
    ["a URL in place of options", "mqtt://a", /given "mqtt:\/\/a"; expected is one object/],
    ["no host", {}, /host: undefined; expected is the name or address/],
    ["a URL for a host", { host: "mqtt://a:1883" }, /host: "mqtt:\/\/a:1883"; .* nothing else/],
    [
      "no list of servers",
      { ...good, hosts: "a" },
      /hosts: "a"; expected is a list with at least one/,
    ],
    [
      "a list of no servers",
      { ...good, hosts: [] },
      /hosts: an array; .* each \{ host, port, tls \}/,
    ],
    ["a server that is none", { ...good, hosts: [{ host: "mqtt://a" }] }, /hosts: an array/],
    ["a server with more", { ...good, hosts: [{ host: "a", qos: 1 }] }, /hosts: an array/],
    ["servers by another name", { ...good, servers: [] }, /no option servers\. Is hosts meant/],
    ["an unknown name, far off", { ...good, colour: 1 }, /no option colour\. Known are host, port/],
    ["a name in other letters", { ...good, keepalive: 1 }, /no option keepalive\. Is keepAlive/],
    ["a name misspelt", { ...good, usrname: "a" }, /Is username meant/],
    ["another client's name", { ...good, clean: true }, /Is cleanSession meant/],
    ["an unknown name in will", { ...good, will: { topc: 1 } }, /will\.topc\. Is will\.topic/],
    ["port 0", { ...good, port: 0 }, /port: 0; expected is a whole number from 1 to 65535/],
    ["a port as text", { ...good, port: "1883" }, /port: "1883"; expected is a whole number/],
    ["keepAlive in milliseconds", { ...good, keepAlive: 70000 }, /70000; .* to 65535 seconds/],
    ["a clientId that is a number", { ...good, clientId: 5 }, /clientId: 5; expected is text/],
    ["half a surrogate pair", { ...good, clientId: "\ud800" }, /clientId: .*half a surrogate/],
    ["U+0000 in a username", { ...good, username: "a\0" }, /username: .*without U\+0000/],
    ["a clientId too long", { ...good, clientId: "a".repeat(65536) }, /up to 65535 octets/],
    [
      "no clientId for a session to keep [MQTT-3.1.3-7]",
      { ...good, cleanSession: false },
      /cleanSession: false; expected is given with a clientId/,
    ],
    [
      "an empty clientId for a session to keep [MQTT-3.1.3-7]",
      { ...good, cleanSession: false, clientId: "" },
      /clientId: ""; expected is not empty with cleanSession false/,
    ],
    ["a flag that is text", { ...good, cleanSession: "no" }, /"no"; expected is true or false/],
    [
      "a password without a username [MQTT-3.1.2-22]",
      { ...good, password: "xyzzy" },
      /password: a secret \(string\); expected is given only with a username/,
    ],
    ["a will that is text", { ...good, will: "gone" }, /will: "gone"; expected is \{ topic/],
    [
      "a will's topic with a wildcard [MQTT-4.7.1-1]",
      { ...good, will: { topic: "a/#", payload: "" } },
      /will\.topic: "a\/#"; .*without the wildcards/,
    ],
    ["a will without payload", { ...good, will: { topic: "a" } }, /will\.payload: undefined/],
    [
      "a will's QoS 3 [MQTT-3.1.2-14]",
      { ...good, will: { topic: "a", payload: "", qos: 3 } },
      /will\.qos: 3; expected is 0, 1 or 2/,
    ],
    ["tls: true", { ...good, tls: true }, /tls: true; expected is an object/],
    [
      "bounds of reconnect",
      { ...good, reconnect: { min: 9, max: 8 } },
      /min: 9; .*reconnect\.max, 8/,
    ],
    [
      "min above the usual max",
      { ...good, reconnect: { min: 1e6 } },
      /no more than reconnect\.max/,
    ],
    ["answerMs beyond a timer", { ...good, answerMs: 3e9 }, /answerMs: 3000000000/],
    ["an outbox of none", { ...good, outbox: 0 }, /outbox: 0; expected is a whole number from 1/],
    ["half an octet", { ...good, linkWindow: 1.5 }, /linkWindow: 1\.5/],
    ["too many in flight", { ...good, inFlight: 10000 }, /inFlight: 10000; .* to 9999 messages/],
  ])("explains %s", (_what, options, sentence) => {
    expect(refused(options)).toMatch(sentence);
    expect(() => connect(options as Options)).toThrow(TypeError);
  });

  test("never shows a password", () => {
    expect(refused({ ...good, username: "a", password: { secret: "xyzzy" } })).not.toMatch(/xyzzy/);
  });

  test("lets everything pass that makes sense", () => {
    const all = {
      host: "::1",
      port: 65535,
      clientId: "küche",
      username: "",
      password: new Uint8Array(65535),
      keepAlive: 0,
      cleanSession: false,
      will: { topic: "a/b", payload: "", qos: 2, retain: 1 },
      tls: {},
      reconnect: { min: 1, max: 1 },
      answerMs: 1000,
      eager: true,
      outbox: 1,
      inFlight: 1,
      inbox: 1,
      subscriptions: 1,
      linkWindow: 1,
    };
    expect(refused(all)).toBeUndefined();
    expect(typeof clientOpen(all, still)).toBe("object");
    expect(refused({ ...good, port: undefined, will: undefined })).toBeUndefined();
  });

  test.each<[string, unknown, RegExp]>([
    ["a function", () => 1, /clientId: a function;/],
    ["octets", new Uint8Array(3), /clientId: a Uint8Array of 3;/],
    ["a list", [1], /clientId: an array;/],
    ["a record", {}, /clientId: an object;/],
    ["null", null, /clientId: null;/],
    ["a long text", `\0${"x".repeat(80)}`, /clientId: "\\u0000x{59}…";/],
  ])("shows %s for what it is, in a few words", (_, clientId, sentence) => {
    expect(refused({ ...good, clientId })).toMatch(sentence);
  });

  test("wants a record for reconnect", () => {
    expect(refused({ ...good, reconnect: 5 })).toMatch(/reconnect: 5; expected is \{ min, max \}/);
  });

  test("wants a longest wait that is not below the usual shortest one", () => {
    expect(refused({ ...good, reconnect: { max: 500 } })).toMatch(/no less than .*min, 1000/);
    expect(refused({ ...good, reconnect: { min: 500, max: 500 } })).toBeUndefined();
  });

  test("tells of a lack of memory, which no rule can know before", () => {
    const { Uint8Array } = globalThis;
    vi.stubGlobal(
      "Uint8Array",
      class extends Uint8Array {
        constructor(...given: [number]) {
          if (given[0] === 4321) throw new RangeError("Array buffer allocation failed");
          super(...given);
        }
      },
    );
    try {
      expect(() => connect({ ...good, outbox: 4321 })).toThrow(explain(Status["NO_MEMORY"]));
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("refuses whatever the core refuses", () => {
    const number = fc.oneof(
      fc.integer({ min: -2, max: 70000 }),
      fc.constantFrom(0.5, NaN, Infinity, -1, 2147483647, 2147483648),
    );
    const text = fc.oneof(fc.string(), fc.constantFrom("", "\0", "\ud800", "#"));
    const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
    const options = fc.record({
      host: fc.constant("a"),
      port: some(number),
      clientId: some(text),
      username: some(text),
      password: some(fc.oneof(text, fc.uint8Array())),
      keepAlive: some(number),
      cleanSession: some(fc.boolean()),
      will: some(
        fc.record({ topic: text, payload: some(text), qos: some(number), retain: fc.boolean() }),
      ),
      reconnect: some(fc.record({ min: some(number), max: some(number) })),
      answerMs: some(number),
      outbox: some(number),
      inFlight: some(number),
      inbox: some(number),
      subscriptions: some(number),
      linkWindow: some(number),
    });
    fc.assert(
      fc.property(options, (given) => {
        const sentence = refused(given);
        if (sentence === undefined)
          expect(typeof clientOpen(given as Options, still)).toBe("object");
        else expect(sentence).toMatch(/^connect .*\.$|\?$/s);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("options of ringlet/websocket", () => {
  const WebSocket = class {} as never;
  test.each<[string, unknown, RegExp]>([
    ["no options", undefined, /connect\(\{ url/],
    ["no URL", { WebSocket }, /url: undefined; expected is a whole URL/],
    ["another scheme", { WebSocket, url: "http://127.0.0.1" }, /begins with ws: or wss:/],
    ["a fragment, which a WebSocket refuses", { WebSocket, url: "ws://a/#b" }, /whole URL/],
    ["a host", { WebSocket, url: "ws://a", host: "a" }, /no option host/],
    ["no URLs", { WebSocket, url: "ws://a", urls: ["http://a"] }, /urls: an array; .* ws: or wss:/],
    ["no constructor, nor a global one", { url: "ws://a" }, /Node before 22 has none/],
    ["no constructor", { WebSocket: 5, url: "ws://a" }, /WebSocket: 5; expected is a constructor/],
  ])("explains %s", (_what, options, sentence) => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => connectWeb(options as never)).toThrow(sentence);
    expect(() => connectWeb(options as never)).toThrow(TypeError);
    vi.unstubAllGlobals();
  });
});
