// SPDX-License-Identifier: MIT
// Subscriptions (MQTT 3.1.1 sections 3.8–3.11): a fixed number of entries, each with a wish that is
// carried out when there is room, and again when a server has forgotten it.

import { call, gateSend, levelsOf, listRemove, orUsual, utf8 } from "#engine";
import { Limit } from "#limits";
import { Identifier } from "../ring/outbox.js";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { encodeSubscription } from "../wire/subscribe.js";
import { isTopicFilter } from "../wire/topic.js";
import { forget } from "./dispatch.js";
import { refuse } from "./publish.js";
import { MessageHandler, Phase, Session, Subscription, Wish } from "./session.js";

/** Subscribes; returns the packet identifier that `subscribed` will name, or a Status. */
export function subscribe(
  s: Session,
  topicFilter: string,
  qos?: number,
  handler?: MessageHandler,
): number {
  const level = orUsual(qos, 0);
  return level === 0 || level === 1 || level === 2
    ? wish(s, topicFilter, Wish.SUBSCRIBE, level, handler)
    : refuse(s, Status.INVALID_QOS);
}

/** Unsubscribes; returns the packet identifier that `unsubscribed` will name, or a Status. */
export function unsubscribe(s: Session, topicFilter: string): number {
  return wish(s, topicFilter, Wish.UNSUBSCRIBE, 0, undefined);
}

function wish(
  s: Session,
  topicFilter: string,
  kind: Wish,
  qos: number,
  handler: MessageHandler | undefined,
): number {
  const filter = utf8(topicFilter);
  const levels = levelsOf(filter);
  const subscriptions = s.subscriptions;
  let found: Subscription | undefined;
  let packetId = 0;
  if (s.phase === Phase.ENDED || !isTopicFilter(filter, levels)) {
    return refuse(s, Status.INVALID_TOPIC);
  }
  // The next identifier that no entry has: these have the upper half to themselves.
  while (packetId < 1) {
    packetId = s.lastId % Identifier.MAX > Identifier.PUBLISH_MAX ? s.lastId + 1 : 32768;
    s.lastId = packetId;
    for (const subscription of subscriptions) {
      if (subscription.filter === filter) found = subscription;
      if (subscription.packetId === s.lastId) packetId = 0;
    }
  }
  if (found === undefined) {
    if (kind === Wish.UNSUBSCRIBE) return refuse(s, Status.NOT_SUBSCRIBED);
    if (subscriptions.length >= orUsual(s.options.subscriptions, Limit.SUBSCRIPTIONS)) {
      return refuse(s, Status.SUBSCRIPTIONS_FULL);
    }
    found = {
      filter: filter,
      levels: levels,
      qos: qos,
      handler: handler,
      wish: kind as number,
      packetId: packetId,
    };
    subscriptions.push(found);
  }
  found.qos = qos;
  found.handler = handler;
  found.wish = kind;
  found.packetId = packetId;
  forget(s);
  carryOut(s);
  return packetId;
}

/** Sends the SUBSCRIBEs and UNSUBSCRIBEs that are due and that the window has room for. */
export function carryOut(s: Session): void {
  for (const subscription of s.subscriptions) {
    const room = s.gate.room;
    if (room > 0 && subscription.wish % 2 > 0) {
      const packet = encodeSubscription(
        subscription.wish > Wish.SUBSCRIBE ? First.UNSUBSCRIBE : First.SUBSCRIBE,
        subscription.packetId,
        subscription.filter,
        subscription.wish > Wish.SUBSCRIBE ? "" : String.fromCharCode(subscription.qos),
      );
      if (packet.length <= room || room === s.window) {
        subscription.wish += 1;
        gateSend(s.gate, packet);
      }
    }
  }
}

/** SUBACK with its return code, or UNSUBACK, where that is −1. */
export function subscribed(s: Session, packetId: number, returnCode: number): Status {
  const subscriptions = s.subscriptions;
  if (returnCode > 2 && returnCode !== 128) return Status.MALFORMED;
  for (let at = 0; at < subscriptions.length; at++) {
    const subscription = subscriptions[at]!;
    if (
      subscription.packetId === packetId &&
      subscription.wish === 1 + (returnCode < 0 ? Wish.UNSUBSCRIBE : Wish.SUBSCRIBE)
    ) {
      subscription.wish = Wish.CONFIRMED;
      if (returnCode < 0 || returnCode > 2) listRemove(subscriptions, at);
      forget(s);
      if (returnCode < 0) call(s.handlers, s.handlers.unsubscribed, packetId);
      else {
        call(
          s.handlers,
          s.handlers.subscribed,
          packetId,
          returnCode > 2 ? Status.SUBSCRIPTION_REFUSED : returnCode,
        );
      }
      return Status.OK;
    }
  }
  s.skipped += 1;
  return Status.OK;
}
