// SPDX-License-Identifier: MIT
// The network of a dialogue: the connection there is, what was sent on it and not answered, a server
// that answers well, and the rules for what may be sent on one connection.

import type { Packet } from "mqtt-packet";
import { expect } from "vitest";
import type { dialUp, Link } from "../fake.js";
import { octetsOf, wordOf } from "../words.js";

/** What a good server answers. */
export function answerOf(packet: Packet): string {
  const id = packet.messageId;
  switch (packet.cmd) {
    case "publish":
      return packet.qos < 1 ? "" : octetsOf(`${packet.qos > 1 ? "PUBREC" : "PUBACK"} ${id}`);
    case "pubrec":
      return octetsOf(`PUBREL ${id}`);
    case "pubrel":
      return octetsOf(`PUBCOMP ${id}`);
    case "subscribe":
      return octetsOf(`SUBACK ${id} ${packet.subscriptions[0]!.qos}`);
    case "unsubscribe":
      return octetsOf(`UNSUBACK ${id}`);
    case "pingreq":
      return octetsOf("PINGRESP");
    default:
      return "";
  }
}

type Dial = ReturnType<typeof dialUp>;

/** The network as this dialogue sees it: the connection there is, and what was sent on it. */
export function lineOpen(dial: Dial) {
  const { world } = dial;
  const published = new Set<number>();
  let current: Link | undefined;
  let last = 0;
  const line = {
    /** Sent on this connection and not answered. */
    asked: [] as Packet[],
    drainedAt: 0,
    /** The connection, where it is still the client's; all it has sent is looked at. */
    look(): Link | undefined {
      const newest = world.links.at(-1);
      const there = newest === undefined || newest.dropped || newest.ended ? undefined : newest;
      if (current !== there) {
        current = there;
        last = line.drainedAt = 0;
        line.asked = [];
      }
      for (const packet of current?.packets() ?? []) {
        if (packet.cmd === "publish" && packet.qos > 0) ordered(packet.messageId!, packet.dup);
        line.asked.push(packet);
      }
      return current;
    },
    drained() {
      line.drainedAt = line.look()?.octets.length ?? 0;
      line.look()?.drained();
    },
    says: (octets: string) => line.look()?.says(octets),
    /** Waits until there is a connection. */
    dials() {
      for (let i = 0; i < 4 && !line.look(); i++) world.passes(130000);
    },
    /** A good server answers until there is nothing to answer; what else was sent, in words. */
    settles(): string[] {
      const others: string[] = [];
      for (let i = 0; i < 300; i++) {
        line.drained();
        if (line.asked.length < 1 && dial.client.stats().inFlight === 0) break;
        for (const packet of line.asked.splice(0)) {
          if (/^(puback|pubrec|pubcomp)$/.test(packet.cmd)) others.push(wordOf(packet));
          line.says(answerOf(packet));
        }
      }
      return others;
    },
  };

  /** In the order they were accepted, none twice on a connection, DUP the next time. */
  function ordered(packetId: number, dup: boolean): void {
    expect(packetId).toBeGreaterThan(last);
    last = packetId;
    if (published.has(packetId)) expect(dup).toBe(true);
    published.add(packetId);
  }
  return line;
}
