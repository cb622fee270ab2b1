// SPDX-License-Identifier: MIT
// How a gateway is: clients by state, what waits for them, memory, and all counters.

import type { Gateway } from "./core.js";
import { STATES } from "./session.js";

const MEBIBYTE = 1048576;

export interface Health {
  /** Of the gateway's own connection. */
  isServerUp: boolean;
  uptimeSeconds: number;
  /** By state. */
  clients: Record<string, number>;
  /** Messages for clients, and their octets. */
  waiting: number;
  waitingOctets: number;
  memoryMiB: number;
  counters: Record<string, number>;
}

export function healthOf(g: Gateway, isServerUp: boolean): Health {
  const clients: Record<string, number> = {};
  for (const name of STATES) clients[name] = 0;
  let waiting = 0;
  for (const { state, queue } of g.sessions.values()) {
    clients[STATES[state]]! += 1;
    waiting += queue.length;
  }
  return {
    isServerUp,
    uptimeSeconds: Math.round(process.uptime()),
    clients,
    waiting,
    waitingOctets: g.queued,
    memoryMiB: Math.round(process.memoryUsage().rss / MEBIBYTE),
    counters: { ...g.counters },
  };
}
