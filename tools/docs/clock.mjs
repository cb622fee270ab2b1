// SPDX-License-Identifier: MIT
// A client on a link and a clock of ours, to measure its time-outs: no network, no timers.

import { exportsOf } from "./source.mjs";

/** @param {"small" | "large"} profile @param {object} options of `connect` @param {boolean} isLean */
export function clientOn(profile, options, isLean = false) {
  const open = isLean
    ? exportsOf("src/lean/lean.ts", profile).leanOpen
    : exportsOf("src/client.ts", profile).clientOpen;
  let timers = [];
  let now = 0;
  let link;
  let say;
  const sent = [];
  const closed = [];
  const port = {
    open(drive, events) {
      const own = {
        write: (head, payload) =>
          sent.push({ at: now, first: (head + (payload ?? "")).charCodeAt(0) }),
        end() {},
      };
      link = own;
      say = (octets) => link === own && events.received(drive, octets);
      return own;
    },
    drop: () => (link = undefined),
    after(step, ms, record) {
      const timer = { at: now + ms, fire: () => step(record) };
      timers.push(timer);
      return timer;
    },
    stop: (timer) => (timers = timers.filter((one) => one !== timer)),
    chance: (count) => count - 1,
  };
  const client = open({ host: "h", clientId: "c", ...options }, port);
  client.on("close", (status) => closed.push({ at: now, status }));
  return {
    client,
    sent,
    closed,
    /** Octets from the server. */
    says: (...octets) => say(String.fromCharCode(...octets)),
    now: () => now,
    passes(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.splice(timers.indexOf(next), 1);
        now = next.at;
        next.fire();
      }
      now = end;
    },
  };
}
