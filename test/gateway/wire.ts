// SPDX-License-Identifier: MIT
// Ringlet's MQTT-SN clients and its gateway on one air with fake clocks, every datagram kept: whole sessions for
// a judge that shares no code with either.

import type { DatagramLink } from "../../boards/hal.js";
import { octetsOf, wordOf } from "../sn/words.js";
import { type SnDial, snDial } from "../sn/fake.js";
import type { SnOptions } from "../../src/sn/client.js";
import { gatewayDial, type Options } from "./fake.js";
import type { Captured } from "./pcap.js";

/** A gateway, and clients that are added to it. */
export function wireOpen(options: Options = {}) {
  const clients = new Map<string, SnDial>();
  const captured: Captured[] = [];
  const onAir: (Captured & { host: string })[] = [];
  const put = (from: Captured["from"], octets: string, host: string) =>
    void onAir.push({ from, octets, host });
  const gateway = gatewayDial({
    ...options,
    link: {
      send: (octets, host) => put("gateway", octets, host),
      broadcast: (octets) => put("gateway", octets, "all"),
    },
  });
  const wire = {
    gateway,
    captured,
    /** How many of the client's next datagrams are lost; they are captured all the same. */
    losing: 0,
    /** Adds a client whose address is its name. */
    client(host: string, given: Partial<SnOptions>) {
      const dial = snDial(given);
      clients.set(host, dial);
      dial.air.onSend = ({ octets }) => put("client", octets, host);
      return dial;
    },
    /** The client at an address. */
    at: (host: string) => clients.get(host)!,
    /** A link for who only sends. */
    linkOf: (host: string): DatagramLink => ({
      host: "",
      port: 0,
      write: (octets) => put("client", octets, host),
      end: () => {},
    }),
    /** Somebody at an address sends octets. */
    octets(host: string, octets: string) {
      put("client", octets, host);
      wire.settles();
    },
    says: (host: string, ...words: string[]) =>
      words.forEach((word) => wire.octets(host, octetsOf(word))),
    /** Delivers what is on the air, until nothing is. */
    settles() {
      for (let one = onAir.shift(); one !== undefined; one = onAir.shift()) {
        const { from, octets, host } = one;
        captured.push({ from, octets });
        if (from === "gateway") {
          for (const [at, dial] of clients) {
            if (at === host || host === "all") dial.air.says(octets);
          }
        } else if (wire.losing > 0) wire.losing -= 1;
        else gateway.octets(octets, host);
      }
    },
    /** Time passes for all. */
    passes(ms: number) {
      wire.settles();
      for (const dial of clients.values()) dial.passes(ms);
      wire.settles();
      gateway.passes(ms);
      wire.settles();
    },
    words: () => captured.map(({ octets }) => wordOf(octets)),
  };
  return wire;
}

export type Wire = ReturnType<typeof wireOpen>;
