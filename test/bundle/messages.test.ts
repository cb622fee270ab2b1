// SPDX-License-Identifier: MIT
// Messages through the bundle and a broker, both ways: the same programs on the host and on real
// interpreters, their octets checked by an independent client.

import { expect, test } from "vitest";
import { octetsOf, until } from "../boards/broker.js";
import { inEach, places } from "./places.js";
import { messages, stageOpen, tell } from "./stage.js";

const all = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
/** The program's own way to the octets of `octetsOf`. */
const OCTETS = `function octetsFrom(at, count) {
  var s = "";
  for (var i = at; i < at + count; i++) s += String.fromCharCode((i * 7 + (i >> 8) * 11) & 255);
  return s;
}`;
const octetsFrom = (length: number) =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 11) & 255));

inEach(places, "messages", (place) => {
  test.each([0, 1, 2])("at QoS %i come back through a subscription", async (qos) => {
    const { run, peer } = await stageOpen(place);
    const { heard } = await peer();
    const program = run(`
      var c = open();
      c.subscribe("a/+", ${qos});
      c.on("subscribed", function (id, granted) {
        result("subscribed", granted);
        for (var i = 0; i < 5; i++) result("id", c.publish("a/" + i, "v" + i, ${qos}));
      });`);
    await tell(program, "message", 5);
    await tell(program, "delivered", qos > 0 ? 5 : 0);
    await until(() => heard.length >= 5);
    const expected = [0, 1, 2, 3, 4].map((n) => [`a/${n}`, `v${n}`, qos, false]);
    const shown = messages(program).map((m) => [m.topic, `${m.payload}`, m.qos, m.retain]);
    expect(shown).toEqual(expected);
    expect(heard.map((m) => [m.topic, `${m.payload}`, m.qos, m.retain])).toEqual(expected);
    expect(program.told("subscribed")).toEqual([qos]);
    expect(program.told("delivered")).toEqual(qos > 0 ? program.told("id") : []);
    expect(program.told("error")).toEqual([]);
    expect(program.told("close")).toEqual([]);
  });

  test("that are retained are kept by the server [MQTT-3.3.1-5]", async () => {
    const { run } = await stageOpen(place);
    const program = run(`
      var c = open();
      c.publish("state", "on", 1, true);
      c.on("delivered", function () { c.subscribe("state", 1); });`);
    await tell(program, "message");
    expect(messages(program)[0]).toMatchObject({ topic: "state", qos: 1, retain: true });
  });

  test("keep each of the 256 octets, both ways at every QoS", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard, publish } = await peer();
    const program = run(`
      var c = open(), s = "", list = [], i;
      for (i = 0; i < 256; i++) { s += String.fromCharCode(i); list.push(i); }
      c.subscribe("in/+", 2);
      c.on("subscribed", function () {
        c.publish("out/0", s);
        c.publish("out/1", new Uint8Array(list), 1);
        c.publish("out/2", list, 2);
        result("ready", 0);
      });`);
    await tell(program, "ready");
    const back = Buffer.from(all).reverse();
    for (const qos of [0, 1, 2] as const) await publish(`in/${qos}`, back, qos);
    await tell(program, "message", 3);
    await until(() => heard.filter(({ topic }) => topic.startsWith("out/")).length === 3);
    for (const { topic, payload } of heard) {
      expect(Buffer.compare(payload, topic.startsWith("in/") ? back : all)).toBe(0);
    }
    for (const { payload } of messages(program)) expect(Buffer.compare(payload, back)).toBe(0);
  });

  test("of 5,000 octets leave whole through a window that takes them, and in parts", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard } = await peer();
    const program = run(`${OCTETS}
      var c = open({ outbox: 11000, linkWindow: 5100 }), long = octetsFrom(0, 5000);
      result("early", c.publish("long/0", long));
      c.on("connect", function () {
        result("whole", [c.publish("long/1", long, 1), c.publish("long/2", long, 2)]);
        result("parts", [0, 1, 2].map(function (qos) {
          return c.publishParts("parts/" + qos, 5000, qos, false, function (at, max) {
            return octetsFrom(at, Math.min(max, 700));
          });
        }));
      });`);
    await tell(program, "delivered", 4);
    await until(() => heard.length >= 5);
    // At QoS 0 nothing is kept.
    expect(program.told("early")).toEqual([-30]);
    expect(program.told("whole")[0].every((id: number) => id > 0)).toBe(true);
    const topics = heard.map(({ topic, qos }) => `${topic} ${qos}`).sort();
    expect(topics).toEqual(["long/1 1", "long/2 2", "parts/0 0", "parts/1 1", "parts/2 2"]);
    const expected = octetsFrom(5000);
    for (const { payload } of heard) expect(Buffer.compare(payload, expected)).toBe(0);
    expect(program.told("close")).toEqual([]);
  });

  test("of 5,000 octets come in parts, once and in order", async () => {
    const { run, peer } = await stageOpen(place);
    const { publish } = await peer();
    const program = run(`
      var c = open();
      c.subscribe("long/+", 2);`);
    await tell(program, "subscribed");
    const long = Buffer.from(octetsOf(5000));
    for (const qos of [0, 1, 2] as const) await publish(`long/${qos}`, long, qos);
    await publish("long/end", "end", 1);
    await until(() => messages(program).some(({ topic }) => topic === "long/end"));
    for (const qos of [0, 1, 2]) {
      const parts = messages(program).filter(({ topic }) => topic === `long/${qos}`);
      let at = 0;
      for (const part of parts) {
        expect([part.at, part.total, part.qos]).toEqual([at, 5000, qos]);
        at += part.payload.length;
      }
      expect(parts.length).toBeGreaterThan(5);
      expect(Buffer.compare(Buffer.concat(parts.map(({ payload }) => payload)), long)).toBe(0);
    }
    expect(program.told("close")).toEqual([]);
  });

  test("that are not ASCII are the same UTF-8 octets in every kind", async () => {
    const { run, peer } = await stageOpen(place);
    const { heard } = await peer();
    const program = run(`
      var c = open(), prepared = c.topic("grad/€");
      c.subscribe("grad/+", 1, function (topic, payload, p) {
        onMessage(topic, payload, p);
        result("same", [topic === "grad/°C" || topic === "grad/€", ringlet.text(payload) === "21 °C"]);
      });
      c.on("subscribed", function () {
        c.publish("grad/°C", "21 °C");
        c.publish("grad/°C", "21 °C", 1);
        c.publish(prepared, "21 °C", 1);
        c.publishParts(prepared, 6, 1, false, function (at) { return octets("21 °C"); });
      });`);
    await tell(program, "same", 4);
    await until(() => heard.length >= 4);
    const topics = ["grad/°C", "grad/°C", "grad/€", "grad/€"];
    expect(heard.map(({ topic }) => topic)).toEqual(topics);
    expect(messages(program).map(({ topic }) => topic)).toEqual(topics);
    for (const { payload } of [...heard, ...messages(program)]) {
      expect(payload.toString("hex")).toBe(Buffer.from("21 °C").toString("hex"));
    }
    expect(program.told("same")).toEqual(topics.map(() => [true, true]));
  });
});
