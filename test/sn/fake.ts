// SPDX-License-Identifier: MIT
// An MQTT-SN client on a fake link for datagrams and a fake clock, for dialogues: the gateway says, time
// passes, the client has sent. What is sent is read by words.ts, which shares no code with the client.

import type { DatagramEvents, DatagramLink, DatagramPort } from "../../boards/hal.js";
import { type SnClient, type SnEvent, snOpen, type SnOptions } from "../../src/sn/client.js";
import { octetsFrom, worldOpen } from "../fake.js";
import { octetsOf, wordOf } from "./words.js";

const events: SnEvent[] = [
  "connect",
  "message",
  "subscribed",
  "unsubscribed",
  "delivered",
  "refused",
  "uncertain",
  "asleep",
  "room",
  "close",
  "error",
];

/** A datagram as it was sent. */
export interface Datagram {
  octets: string;
  to: string;
  at: number;
}

/** What a client asks its port for, with a world behind it that a test controls. */
export function airOpen() {
  const world = worldOpen();
  const air = {
    world,
    sent: [] as Datagram[],
    links: 0,
    isUp: false,
    refuses: false,
    throws: false,
    /** Called with each datagram as it is sent. */
    onSend: undefined as ((datagram: Datagram) => void) | undefined,
    /** A datagram comes from there. */
    says: (_octets: string, _host = "gw", _port = 1883): void => {},
    fails: (): void => {},
  };
  const port: DatagramPort = {
    open(drive, given: DatagramEvents) {
      if (air.refuses) return undefined;
      air.links += 1;
      air.isUp = true;
      const link: DatagramLink = {
        host: "",
        port: 0,
        write(octets, payload) {
          if (air.throws) throw new Error("the link throws");
          if (payload !== undefined) throw new Error("a datagram is one string");
          const datagram = { octets, to: `${link.host}:${link.port}`, at: world.now };
          air.sent.push(datagram);
          air.onSend?.(datagram);
        },
        end: () => {},
      };
      air.says = (octets, host = "gw", port = 1883) => {
        if (air.isUp) given.received(drive, octets, host, port);
      };
      air.fails = () => given.closed(drive);
      return link;
    },
    drop: () => {
      air.isUp = false;
    },
    after: world.port.after,
    stop: world.port.stop,
    chance: world.port.chance,
    now: () => world.now / 1000,
  };
  return { air, port, world };
}

/** A client with verbs for everything around it. */
export function snDial(options: Partial<SnOptions> = {}) {
  const { air, port, world } = airOpen();
  const made = snOpen({ clientId: "c", host: "gw", ...options }, port);
  if (typeof made === "number") throw new Error(`refused: ${made}`);
  const client: SnClient = made;
  let read = 0;
  const log: string[] = [];
  for (const event of events) {
    client.on(event, (...given: unknown[]) => void log.push(heardAs(event, given)));
  }
  const dial = {
    client,
    air,
    world,
    log,
    /** The events since last asked. */
    heard: () => log.splice(0),
    /** What was sent since last asked, in words. */
    sent: () => {
      const words = air.sent.slice(read).map(({ octets }) => wordOf(octets));
      read = air.sent.length;
      return words;
    },
    /** Messages come from the gateway, each in a datagram. */
    says: (...words: string[]) => {
      for (const word of words) air.says(octetsOf(word));
    },
    passes: (ms: number) => world.passes(ms),
    /** Note a message as it is told. */
    note: (topic: string, payload: unknown) => void log.push(`${topic}: ${octetsFrom(payload)}`),
    /** CONNECT is out and was accepted; what was said so far is forgotten. */
    connects: () => {
      dial.passes(1);
      dial.says("CONNACK 0");
      dial.sent();
      dial.heard();
      return dial;
    },
  };
  return dial;
}

export type SnDial = ReturnType<typeof snDial>;

/** A client that is connected. Message identifiers begin with 1: chance says 0. */
export function snOnline(options: Partial<SnOptions> = {}) {
  return snDial(options).connects();
}

function heardAs(event: string, given: unknown[]): string {
  if (event === "message") {
    const packet = given[2] as { qos: number; retain: boolean; dup: boolean };
    const flags = (packet.dup ? " dup" : "") + (packet.retain ? " retain" : "");
    return `message ${given[0]} q${packet.qos}${flags} ${octetsFrom(given[1])}`;
  }
  const values = given
    .filter((value) => value !== undefined)
    .map((value) => (value instanceof Error ? value.message : String(value)));
  return [event, ...values].join(" ");
}
