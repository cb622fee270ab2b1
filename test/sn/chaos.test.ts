// SPDX-License-Identifier: MIT
// A client and a gateway over a link that loses, doubles, delays and damages datagrams: storm.ts says what
// has to arrive over lost connections and sleep, both ways; in the end no timer is left and nothing has grown.

import { test } from "vitest";
import { gatewayOpen } from "./gateway.js";
import { type Storm, stormOpen } from "./storm.js";

interface Weather extends Storm {
  /** Whether the gateway forgets its clients now and then. */
  restarts?: boolean;
}

function run(seed: number, weather: Weather): void {
  const { dial, carry, blows, judge } = stormOpen(seed, weather);
  const { air, world } = dial;
  const gateway = gatewayOpen({
    send: (octets) => carry(octets, (what) => air.says(what)),
    after: (ms, step) => void world.port.after(step, ms, undefined),
  });
  air.onSend = ({ octets }) => carry(octets, gateway.receive);
  const beyond = {
    filters: gateway.filters,
    published: () => gateway.published.map(({ payload }) => payload),
    sends: gateway.publish,
    left: () => gateway.left,
  };
  const outcome = blows(beyond, (tick) => {
    if (weather.restarts && tick % 400 === 399) gateway.forgets();
  });
  // The client has one timer, the gateway one, and what is on its way.
  judge(outcome, 40);
}

test.each([
  ["a calm link", { lost: 0, doubled: 0, delayed: 0, damaged: 0 }],
  ["a lossy link", { lost: 0.2, doubled: 0, delayed: 0, damaged: 0 }],
  ["a link that doubles and delays", { lost: 0, doubled: 0.2, delayed: 0.2, damaged: 0 }],
  ["all of it", { lost: 0.1, doubled: 0.1, delayed: 0.1, damaged: 0.05 }],
  ["all of it, asleep", { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, sleeps: true }],
  [
    "all of it, and a gateway that forgets",
    { lost: 0.1, doubled: 0.1, delayed: 0, damaged: 0.05, restarts: true },
  ],
] as [string, Weather][])(
  "%s: QoS 1 at least once, QoS 2 exactly once [SN 6.6] [SN 6.13]",
  (_name, weather) => {
    for (let seed = 0; seed < 8; seed++) run(seed, weather);
  },
);
