// SPDX-License-Identifier: MIT
// A small server and a network that is cut at any octet, in both directions, by chance: what was
// accepted arrives, in its order, at QoS 2 once; whatever the server sends arrives as well.

import fc from "fast-check";
import mqttPacket, { type Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { dialUp, octetsFrom, worldOpen } from "../fake.js";
import { octetsOf, publishOf } from "../words.js";

/** A message on its way to the client. */
interface Out {
  id: number;
  qos: number;
  payload: string;
  sent: boolean;
  released: boolean;
}

/** A server with one session that outlives connections, and the network in front of it. */
function networkOpen(options: object) {
  const world = worldOpen();
  const dial = dialUp({ clientId: "c", cleanSession: false, ...options }, world);
  const got: { payload: string; qos: number }[] = [];
  const received = new Set<number>();
  let outs: Out[] = [];
  let known = false;
  let nextId = 0;
  let read = 0;
  let down = "";
  let online = false;
  let parser = mqttPacket.parser();

  function handle(packet: Packet): void {
    const id = packet.messageId!;
    if (packet.cmd === "connect") {
      down += octetsOf(known ? "CONNACK present" : "CONNACK");
      known = true;
      for (const out of outs) {
        if (out.released) down += octetsOf(`PUBREL ${out.id}`);
        else down += publishOf("to", out.payload, out.qos, out.id, { dup: out.sent });
        out.sent = true;
      }
    } else if (packet.cmd === "publish") {
      const again = packet.qos === 2 && received.has(id);
      if (!again) got.push({ payload: octetsFrom(packet.payload), qos: packet.qos });
      if (packet.qos === 1) down += octetsOf(`PUBACK ${id}`);
      if (packet.qos === 2) {
        received.add(id);
        down += octetsOf(`PUBREC ${id}`);
      }
    } else if (packet.cmd === "pubrel") {
      received.delete(id);
      down += octetsOf(`PUBCOMP ${id}`);
    } else if (packet.cmd === "pubrec") {
      for (const out of outs) if (out.id === id) out.released = true;
      down += octetsOf(`PUBREL ${id}`);
    } else if (packet.cmd === "puback" || packet.cmd === "pubcomp") {
      outs = outs.filter((out) => out.id !== id);
    }
  }

  const network = {
    dial,
    got,
    isQuiet: () => online && down === "" && read === dial.link.octets.length && outs.length === 0,
    connects() {
      dial.dials();
      online = true;
      read = 0;
      down = "";
      parser = mqttPacket.parser({ protocolVersion: 4 } as never);
      parser.on("packet", handle);
      dial.opened();
      network.up(Infinity);
    },
    /** The server gets at most `count` octets. */
    up(count: number) {
      if (!online) return;
      const octets = dial.link.octets.slice(read, read + count);
      read += octets.length;
      if (octets !== "") parser.parse(Buffer.from(octets, "latin1"));
      if (read === dial.link.octets.length) dial.drained();
    },
    /** The client gets at most `count` octets. */
    down(count: number) {
      const octets = down.slice(0, count);
      down = down.slice(octets.length);
      if (online && octets !== "") dial.serverSays(octets);
    },
    /** The server has a message for the client. */
    says(qos: number, payload: string) {
      const out = {
        id: (nextId = (nextId % 65535) + 1),
        qos,
        payload,
        sent: online,
        released: false,
      };
      outs.push(out);
      if (online) down += publishOf("to", payload, qos, out.id);
    },
    cut() {
      if (online) dial.serverCloses();
      online = false;
    },
    /** The server loses its session, as one does that restarts. */
    forgets() {
      network.cut();
      known = false;
      received.clear();
      outs = [];
    },
    isOnline: () => online,
  };
  return network;
}

const step = fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 60 }));

describe("over a network that is cut anywhere", () => {
  it("delivers at least or exactly once, in order, both ways [MQTT-4.3.3-1] [MQTT-4.3.3-2]", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        fc.constantFrom(
          { inFlight: 5, outbox: 250, linkWindow: 50, inbox: 40 },
          { inFlight: 3, outbox: 90, linkWindow: 1000, inbox: 200 },
          { inFlight: 8, outbox: 500, linkWindow: 30, inbox: 60, eager: true },
        ),
        (steps, options) => {
          const network = networkOpen(options);
          const { dial } = network;
          const accepted: { payload: string; qos: number; id: number }[] = [];
          const said: { payload: string; qos: number }[] = [];
          let count = 0;
          network.connects();
          for (const [kind, size] of steps) {
            if (kind < 3) {
              const qos = 1 + (kind % 2);
              const payload = `m${count++}.${"x".repeat(size)}`;
              const give = (at: number, max: number) => payload.slice(at, at + max);
              const id =
                payload.length + 10 > options.linkWindow
                  ? dial.client.publishParts("from", payload.length, qos, false, give)
                  : dial.client.publish("from", payload, qos);
              if (id > 0) accepted.push({ payload, qos, id });
            } else if (kind < 5) {
              const message = { qos: 1 + (kind % 2), payload: `s${count++}` };
              said.push(message);
              network.says(message.qos, message.payload);
            } else if (kind < 7) network.up(size);
            else if (kind < 9) network.down(size);
            else if (kind < 10) network.cut();
            else if (!network.isOnline()) network.connects();
          }
          for (let i = 0; i < 200; i++) {
            if (!network.isOnline()) network.connects();
            network.up(Infinity);
            network.down(Infinity);
            if (network.isQuiet() && dial.client.stats().inFlight === 0) break;
          }
          const heard = dial.heard();
          expect(dial.client.stats().inFlight).toBe(0);
          expect(
            heard.filter((line) => /^(close -(?!3[12])|uncertain|error (?!-29))/.test(line)),
          ).toEqual([]);
          // What we accepted: told as delivered once, there, in order, at QoS 2 once.
          for (const { id } of accepted) {
            expect(heard.filter((line) => line === `delivered ${id}`)).toHaveLength(1);
          }
          const first = [...new Set(network.got.map(({ payload }) => payload))];
          expect(first).toEqual(accepted.map(({ payload }) => payload));
          const twice = network.got.filter(({ qos }) => qos === 2).map(({ payload }) => payload);
          expect(twice).toEqual([...new Set(twice)]);
          // What the server said.
          const told = heard.filter((line) => line.startsWith("message"));
          expect([...new Set(told)]).toEqual(said.map((m) => `message to q${m.qos} ${m.payload}`));
          const once = told.filter((line) => line.includes(" q2 "));
          expect(once).toEqual([...new Set(once)]);
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 8000 },
    );
  });

  it("and by a server that forgets, tells each message once as delivered or uncertain", () => {
    let uncertain = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const network = networkOpen({ inFlight: 5, outbox: 250, linkWindow: 50, inbox: 40 });
        const { dial } = network;
        const accepted = new Map<number, string>();
        network.connects();
        for (const [kind, size] of steps) {
          if (kind < 5) {
            const payload = `m${accepted.size}.${"x".repeat(size)}`;
            const id = dial.client.publish("from", payload, kind < 1 ? 1 : 2);
            if (id > 0) accepted.set(id, payload);
          } else if (kind < 7) network.up(size);
          else if (kind < 9) network.down(size);
          else if (!network.isOnline()) network.connects();
          else if (kind === 9) network.forgets();
        }
        for (let i = 0; i < 200; i++) {
          if (!network.isOnline()) network.connects();
          network.up(Infinity);
          network.down(Infinity);
          if (network.isQuiet() && dial.client.stats().inFlight === 0) break;
        }
        const told = dial.heard().filter((line) => /^(delivered|uncertain)/.test(line));
        uncertain += told.filter((line) => line.startsWith("uncertain")).length;
        const ids = told.map((line) => Number(line.split(" ")[1]));
        expect(ids.sort((a, b) => a - b)).toEqual([...accepted.keys()]);
        const got = new Set(network.got.map(({ payload }) => payload));
        expect([...got].sort()).toEqual([...accepted.values()].sort());
      }),
      { numRuns: 150, interruptAfterTimeLimit: 8000 },
    );
    expect(uncertain).toBeGreaterThan(0);
  });
});
