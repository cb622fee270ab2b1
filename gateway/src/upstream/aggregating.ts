// SPDX-License-Identifier: MIT
// Aggregating: one connection for all clients. The gateway keeps who has subscribed to what and matches topics
// itself; the server knows each filter once. A new subscriber gets what is retained because its filter is
// subscribed to again [MQTT-3.8.4-3]; what the server sends for that goes to nobody else.

import { text } from "#engine";
import type { Session } from "../session.js";
import { type Clock, type Message, Refusal, type Upstream, type UpstreamEvents } from "../world.js";
import { messageFrom, publishTo, subscribeTo } from "./broker.js";
import {
  addSubscriber,
  filtersOpen,
  matchEntries,
  removeSubscriber,
  type Subscriber,
} from "./filters.js";
import type { Own } from "./own.js";

/** So long after SUBACK retained messages may come; mostly they are there before. */
const FRESH_MS = 5000;
/** Retained topics of one subscription that are remembered, so that none comes twice. */
const SEEN = 10000;

export function aggregatingOpen(
  own: Own,
  events: () => UpstreamEvents,
  clock: Clock,
): Upstream & { close: () => void } {
  const { client } = own;
  const f = filtersOpen();
  const connected = new Set<Session>();
  let isClosing = false;
  let wasUp = false;

  client.on("connect", ({ sessionPresent }) => {
    wasUp = true;
    // From now on the server keeps what is for the gateway while the connection is down.
    client.options.clean = false;
    if (sessionPresent) return;
    for (const { filter, subscribers } of f.entries.values()) {
      subscribeTo(client, filter, mostOf(subscribers), () => {});
    }
  });
  client.on("close", () => {
    if (!wasUp || isClosing) return;
    wasUp = false;
    for (const s of [...connected]) events().lost(s);
  });
  client.on("message", (topic, payload, packet) => fan(messageFrom(topic, payload, packet)));

  function mostOf(subscribers: Map<Session, Subscriber>): number {
    let most = 0;
    for (const { qos } of subscribers.values()) most = Math.max(most, qos);
    return most;
  }

  /** A message for everybody whose filter matches, once each, at the best QoS it may have. */
  function fan(message: Message): void {
    const levels = new Map<Session, number>();
    matchEntries(f, message.topic, ({ subscribers }) => {
      for (const [s, one] of subscribers) {
        if (message.retain && !isFresh(one, message.topic)) continue;
        levels.set(s, Math.max(levels.get(s) ?? 0, one.qos));
      }
    });
    for (const [s, qos] of levels) {
      events().message(s, { ...message, qos: Math.min(qos, message.qos) });
    }
  }

  function isFresh(one: Subscriber, topic: string): boolean {
    if (one.freshUntil < clock.now()) {
      one.seen.clear();
      return false;
    }
    if (one.seen.has(topic) || one.seen.size >= SEEN) return false;
    one.seen.add(topic);
    return true;
  }

  function drop(s: Session, filter: string, done: (isDone: boolean) => void): void {
    if (removeSubscriber(f, s, filter)) {
      client.unsubscribe(text(filter), (error) => done(!error));
    } else done(true);
  }

  function dropAll(s: Session): void {
    for (const filter of [...(f.bySession.get(s) ?? [])]) drop(s, filter, () => {});
  }

  return {
    connect(s, isClean) {
      if (isClean) dropAll(s);
      if (!client.connected) {
        events().refused(s, Refusal.UNAVAILABLE);
        return;
      }
      connected.add(s);
      const count = f.bySession.get(s)?.size ?? 0;
      events().accepted(s, count >= s.subscriptions.size);
    },
    isUp: (s) => client.connected && connected.has(s),
    publish: (_s, message, done) => publishTo(client, message, done),
    subscribe(s, filter, qos, done) {
      const before = f.entries.get(filter)?.subscribers.get(s);
      const one: Subscriber = { qos, freshUntil: Infinity, seen: new Set() };
      addSubscriber(f, s, filter, one);
      const most = mostOf(f.entries.get(filter)!.subscribers);
      subscribeTo(client, filter, most, (granted) => {
        one.freshUntil = clock.now() + FRESH_MS;
        if (granted >= 0 && granted <= 2) one.qos = Math.min(qos, granted);
        else if (f.entries.get(filter)?.subscribers.get(s) === one) {
          // Refused, or not asked: as it was.
          if (before) addSubscriber(f, s, filter, before);
          else removeSubscriber(f, s, filter);
        }
        done(granted >= 0 && granted <= 2 ? one.qos : granted);
      });
    },
    unsubscribe: drop,
    disconnect(s, isForgotten) {
      connected.delete(s);
      if (isForgotten) dropAll(s);
    },
    publishOwn: own.publish,
    close: () => {
      isClosing = true;
    },
  };
}
