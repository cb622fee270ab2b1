// SPDX-License-Identifier: MIT
// A client in Node that keeps what it is told, for tests of real sockets.

import { connect, type Options } from "../../boards/host/module.js";

/** A client that comes back fast, and what happened to it. */
export function watched(options: Partial<Options>) {
  const told = {
    connects: [] as boolean[],
    closes: [] as number[],
    delivered: [] as number[],
    subscribed: [] as number[],
    uncertain: [] as number[],
    errors: [] as unknown[],
    messages: [] as { topic: string; payload: Uint8Array; qos: number; retain: boolean }[],
    /** Payloads of long messages, put together. */
    long: [] as Uint8Array[],
  };
  const client = connect({
    host: "127.0.0.1",
    reconnect: { min: 10, max: 100 },
    ...options,
  });
  let parts: Uint8Array[] = [];
  client
    .on("connect", (present) => told.connects.push(present))
    .on("close", (status) => told.closes.push(status))
    .on("delivered", (packetId) => told.delivered.push(packetId))
    .on("subscribed", (_packetId, granted) => told.subscribed.push(granted))
    .on("uncertain", (packetId) => told.uncertain.push(packetId))
    .on("error", (reason) => told.errors.push(reason))
    .on("message", (topic, payload, { qos, retain, at, total }) => {
      if (total === 0) told.messages.push({ topic, payload: payload.slice(), qos, retain });
      else if (at >= 0) {
        parts = at === 0 ? [payload] : [...parts, payload];
        if (at + payload.length === total) told.long.push(Buffer.concat(parts));
      }
    });
  return { client, told };
}
