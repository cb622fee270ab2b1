// SPDX-License-Identifier: MIT
// Subscriptions (MQTT 3.1.1 sections 3.8–3.11): a fixed number of entries, each sent when there is
// room, and again when a server has forgotten it.

import { call, listFind, listRemove, orUsual, utf8 } from "#engine";
import { Identifier } from "../ring/outbox.js";
import { Status } from "../status.js";
import { isQos } from "../wire/connect.js";
import { isTopicFilter } from "../wire/topic.js";
import { forget } from "./dispatch.js";
import { flush } from "./flush.js";
import { refuse } from "./publish.js";
import { MessageHandler, Phase, Session, Stage, Subscription } from "./session.js";

/**
 * Subscribes, or with `leaves` unsubscribes; returns the packet identifier that `subscribed` or
 * `unsubscribed` will name, or a Status.
 */
export function subscribe(
  s: Session,
  topicFilter: string,
  qos?: number,
  handler?: MessageHandler,
  leaves?: boolean,
): number {
  const level = orUsual(qos, 0);
  const filter = utf8(topicFilter);
  let found: Subscription | undefined;
  let id = 0;
  if (!isQos(level)) return refuse(s, Status.INVALID_QOS);
  if (s.phase === Phase.ENDED || !isTopicFilter(filter)) return refuse(s, Status.INVALID_TOPIC);
  // The next identifier that no entry has: these have the upper half to themselves.
  while (id < 1) {
    id = s.lastId < Identifier.MAX ? s.lastId + 1 : Identifier.PUBLISH_MAX + 1;
    s.lastId = id;
    for (const subscription of s.subscriptions) {
      if (subscription.filter === filter) found = subscription;
      if (subscription.id === s.lastId) id = 0;
    }
  }
  if (!found) {
    if (leaves) return refuse(s, Status.NOT_SUBSCRIBED);
    if (s.subscriptions.length >= s.maxSubscriptions) return refuse(s, Status.SUBSCRIPTIONS_FULL);
    // What else there is of it is set below, as for one that was there.
    found = { filter: filter } as Subscription;
    s.subscriptions.push(found);
  }
  found.qos = leaves ? -1 : level;
  found.handler = handler;
  found.id = id;
  found.stage = Stage.NEW;
  forget(s);
  flush(s);
  return id;
}

/** Unsubscribes; returns the packet identifier that `unsubscribed` will name, or a Status. */
export function unsubscribe(s: Session, topicFilter: string): number {
  return subscribe(s, topicFilter, 0, undefined, true);
}

/** SUBACK with its return code, or UNSUBACK, where that is −1. */
export function subscribed(s: Session, packetId: number, returnCode: number): void {
  let found: Subscription | undefined;
  for (const subscription of s.subscriptions) {
    if (
      subscription.id === packetId &&
      subscription.stage === Stage.ASKED &&
      subscription.qos < 0 === returnCode < 0
    ) {
      found = subscription;
    }
  }
  if (found) {
    found.stage = Stage.KNOWN;
    if (returnCode < 0 || returnCode > 2) {
      listRemove(s.subscriptions, listFind(s.subscriptions, found));
    }
    forget(s);
    if (returnCode < 0) call(s.listeners, s.listeners.on.unsubscribed, packetId);
    else {
      call(
        s.listeners,
        s.listeners.on.subscribed,
        packetId,
        returnCode > 2 ? Status.SUBSCRIPTION_REFUSED : returnCode,
      );
    }
  } else s.skipped += 1;
}
