// SPDX-License-Identifier: MIT
// Subscriptions (MQTT 3.1.1 sections 3.8–3.11): a fixed number of entries, each with a wish that is
// carried out when there is room, and again when a server has forgotten it.

import { call, gateSend, listRemove, utf8 } from "#engine";
import { Identifier } from "../ring/outbox.js";
import { Status } from "../status.js";
import { First } from "../wire/packet.js";
import { encodeSubscribe, encodeUnsubscribe } from "../wire/subscribe.js";
import { wildcardOf } from "../wire/topic.js";
import { forget } from "./dispatch.js";
import { refuse } from "./publish.js";
import { MessageHandler, Phase, Session, Wish } from "./session.js";

/** Subscribes; returns the packet identifier that `subscribed` will name, or a Status. */
export function subscribe(
  s: Session,
  topicFilter: string,
  qos?: number,
  handler?: MessageHandler,
): number {
  const level = qos === undefined ? 0 : qos;
  if (level !== 0 && level !== 1 && level !== 2) return refuse(s, Status.INVALID_QOS);
  return wish(s, topicFilter, Wish.WANTED, level, handler);
}

/** Unsubscribes; returns the packet identifier that `unsubscribed` will name, or a Status. */
export function unsubscribe(s: Session, topicFilter: string): number {
  return wish(s, topicFilter, Wish.LEAVE, 0, undefined);
}

function wish(
  s: Session,
  topicFilter: string,
  kind: Wish,
  qos: number,
  handler: MessageHandler | undefined,
): number {
  const filter = utf8(topicFilter);
  const wild = wildcardOf(filter);
  let packetId = s.lastId;
  let found;
  let taken = true;
  if (s.phase === Phase.ENDED) return refuse(s, Status.ENDED);
  if (wild < -1) return refuse(s, Status.INVALID_TOPIC);
  // The next identifier that no entry waits with: both kinds have the upper half to themselves.
  while (taken) {
    packetId = packetId < Identifier.MAX ? packetId + 1 : Identifier.PUBLISH_MAX + 1;
    taken = false;
    for (const subscription of s.subscriptions) {
      if (subscription.packetId === packetId) taken = true;
      if (subscription.filter === filter) found = subscription;
    }
  }
  if (found === undefined) {
    if (kind === Wish.LEAVE) return refuse(s, Status.NOT_SUBSCRIBED);
    if (s.subscriptions.length >= s.maxSubscriptions) return refuse(s, Status.SUBSCRIPTIONS_FULL);
    found = {
      filter: filter,
      wild: wild,
      qos: qos,
      handler: handler,
      wish: kind as number,
      packetId: packetId,
      age: 0,
    };
    s.subscriptions.push(found);
  }
  found.qos = qos;
  found.handler = handler;
  found.wish = kind;
  found.packetId = packetId;
  s.lastId = packetId;
  forget(s);
  carryOut(s);
  return packetId;
}

/** Sends the SUBSCRIBEs and UNSUBSCRIBEs that are due and that the window has room for. */
export function carryOut(s: Session): void {
  for (const subscription of s.subscriptions) {
    const kind = subscription.wish;
    if (kind === Wish.WANTED || kind === Wish.LEAVE) {
      const packet =
        kind === Wish.WANTED
          ? encodeSubscribe(subscription.packetId, subscription.filter, subscription.qos)
          : encodeUnsubscribe(subscription.packetId, subscription.filter);
      if (s.gate.room > 0 && (packet.length <= s.gate.room || s.gate.room === s.window)) {
        subscription.wish = kind + 1;
        subscription.age = 0;
        gateSend(s.gate, packet);
      }
    }
  }
}

/** SUBACK, whose return code is `code`, or UNSUBACK. */
export function subscribed(s: Session, first: number, packetId: number, code: number): Status {
  const subscribing = first === First.SUBACK;
  if (subscribing && code > 2 && code !== 128) return Status.MALFORMED;
  for (let at = 0; at < s.subscriptions.length; at++) {
    const subscription = s.subscriptions[at]!;
    if (
      subscription.packetId === packetId &&
      subscription.wish === (subscribing ? Wish.SENT : Wish.LEAVING)
    ) {
      subscription.wish = Wish.CONFIRMED;
      if (!subscribing || code > 2) {
        listRemove(s.subscriptions, at);
        forget(s);
      }
      if (subscribing) {
        call(
          s.handlers,
          s.handlers.subscribed,
          packetId,
          code > 2 ? Status.SUBSCRIPTION_REFUSED : code,
        );
      } else call(s.handlers, s.handlers.unsubscribed, packetId);
      return Status.OK;
    }
  }
  s.skipped += 1;
  return Status.OK;
}
