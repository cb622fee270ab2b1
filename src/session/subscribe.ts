// SPDX-License-Identifier: MIT
// Subscriptions (MQTT 3.1.1 sections 3.8–3.11): a fixed number of entries, each with a wish that is
// carried out when there is room, and again when a server has forgotten it.

import { call, levelsOf, listRemove, orUsual, utf8 } from "#engine";
import { Identifier } from "../ring/outbox.js";
import { Status } from "../status.js";
import { isTopicFilter } from "../wire/topic.js";
import { forget } from "./dispatch.js";
import { flush } from "./flush.js";
import { refuse } from "./publish.js";
import { MessageHandler, Session, Subscription, Wish } from "./session.js";

/**
 * Subscribes, or with `wish` `Wish.UNSUBSCRIBE` unsubscribes; returns the packet identifier that
 * `subscribed` or `unsubscribed` will name, or a Status.
 */
export function subscribe(
  s: Session,
  topicFilter: string,
  qos?: number,
  handler?: MessageHandler,
  wish?: number,
): number {
  const level = orUsual(qos, 0);
  const filter = utf8(topicFilter);
  const levels = levelsOf(filter);
  const subscriptions = s.subscriptions;
  let found: Subscription | undefined;
  let id = 0;
  if (level !== 0 && level !== 1 && level !== 2) return refuse(s, Status.INVALID_QOS);
  // `end` leaves no room for any entry.
  if (!isTopicFilter(filter, levels)) return refuse(s, Status.INVALID_TOPIC);
  // The next identifier that no entry has: these have the upper half to themselves.
  while (id < 1) {
    id = s.lastId % Identifier.MAX > Identifier.PUBLISH_MAX ? s.lastId + 1 : 32768;
    s.lastId = id;
    for (const subscription of subscriptions) {
      if (subscription.filter === filter) found = subscription;
      if (subscription.id === s.lastId) id = 0;
    }
  }
  if (found === undefined) {
    if (wish) return refuse(s, Status.NOT_SUBSCRIBED);
    if (subscriptions.length >= s.maxSubscriptions) return refuse(s, Status.SUBSCRIPTIONS_FULL);
    found = { filter: filter, levels: levels, qos: 0, handler: undefined, wish: 0, id: 0 };
    subscriptions.push(found);
  }
  found.qos = level;
  found.handler = handler;
  found.wish = wish || Wish.SUBSCRIBE;
  found.id = id;
  s.due = true;
  forget(s);
  flush(s);
  return id;
}

/** SUBACK with its return code, or UNSUBACK, where that is −1. */
export function subscribed(s: Session, packetId: number, returnCode: number): Status {
  const subscriptions = s.subscriptions;
  const wish = returnCode < 0 ? Wish.UNSUBSCRIBE + 1 : Wish.SUBSCRIBE + 1;
  if (returnCode > 2 && returnCode !== 128) return Status.MALFORMED;
  for (let at = 0; at < subscriptions.length; at++) {
    const subscription = subscriptions[at]!;
    if (subscription.id === packetId && subscription.wish === wish) {
      subscription.wish = Wish.CONFIRMED;
      if (returnCode < 0 || returnCode > 2) listRemove(subscriptions, at);
      forget(s);
      call(
        s.listeners,
        returnCode < 0 ? s.listeners.on.unsubscribed : s.listeners.on.subscribed,
        packetId,
        returnCode < 0 ? undefined : returnCode > 2 ? Status.SUBSCRIPTION_REFUSED : returnCode,
      );
      return Status.OK;
    }
  }
  s.skipped += 1;
  return Status.OK;
}
