// SPDX-License-Identifier: MIT
// Subscriptions (specification section 6.9): a fixed number of entries, asked for one at a time and anew on
// each connection, because no gateway says what it has kept.

import {
  call,
  Handler,
  hasWildcard,
  isNothing,
  levelsOf,
  Octets,
  orUsual,
  textOctets,
} from "#engine";
import { Status } from "../status.js";
import { decodeInteger, encodeInteger } from "../wire/packet.js";
import { encodeSubscription } from "./messages.js";
import { MsgFlag, MsgType, qosOf, ReturnCode, TopicIdType } from "./packet.js";
import { refuse } from "./publish.js";
import { ask } from "./send.js";
import { SnSession, SnSubscription } from "./session.js";
import { idTypeOf, newId, rememberTopic, topicIdOf } from "./topics.js";

/**
 * Subscribes, or unsubscribes at QoS −1; returns the message identifier its event will name, or a Status.
 * The list is made anew each time: a message may be on its way through the old one.
 */
export function subscribe(
  s: SnSession,
  topicFilter: string,
  qos: number | undefined,
  handler?: Handler,
): number {
  const filter = textOctets(topicFilter);
  const level = orUsual(qos, 0);
  const kept: SnSubscription[] = [];
  for (const one of s.subscriptions) if (one.filter !== filter) kept.push(one);
  if (isNothing(filter) || filter.length > s.mtu) return refuse(s, Status.INVALID_TOPIC);
  if (level > 2) return refuse(s, Status.INVALID_QOS);
  if (level < 0 && kept.length === s.subscriptions.length) return refuse(s, Status.NOT_SUBSCRIBED);
  if (kept.length >= s.maxSubscriptions) return refuse(s, Status.SUBSCRIPTIONS_FULL);
  if (s.isLeaving) return refuse(s, Status.ENDED);
  const id = newId(s);
  kept.push({
    filter: filter,
    levels: levelsOf(filter),
    level: level,
    handler: handler,
    id: id,
    isKnown: false,
  });
  s.subscriptions = kept;
  return id;
}

/** SUBSCRIBE or UNSUBSCRIBE. */
export function askFor(s: SnSession, subscription: SnSubscription): void {
  const filter = subscription.filter;
  const idType = idTypeOf(s, filter);
  const msgId = encodeInteger(subscription.id);
  const leaves = subscription.level < 0;
  ask(
    s,
    encodeSubscription(
      leaves ? MsgType.UNSUBSCRIBE : MsgType.SUBSCRIBE,
      (leaves ? 0 : subscription.level * MsgFlag.QOS) + idType,
      msgId,
      idType === TopicIdType.NORMAL ? filter : topicIdOf(s, filter, idType)!,
    ),
    leaves ? MsgType.UNSUBACK : MsgType.SUBACK,
    msgId,
  );
}

/**
 * SUBACK or UNSUBACK, which was awaited. Of a SUBACK's flags only the QoS counts, and it is told, not
 * believed: there are gateways that always say 0. Its topic identifier counts for a name only.
 */
export function subscribed(s: SnSession): void {
  const m = s.fields;
  const id = decodeInteger(m.msgId, 0);
  const isLeft = m.type === MsgType.UNSUBACK;
  const isRefused = !isLeft && m.code > ReturnCode.ACCEPTED;
  const kept: SnSubscription[] = [];
  let filter: Octets | undefined;
  for (const one of s.subscriptions) {
    if (one.id === id) {
      filter = one.filter;
      one.isKnown = true;
    }
    if (one.id !== id || !(isLeft || isRefused)) kept.push(one);
  }
  s.subscriptions = kept;
  if (filter !== undefined) {
    if (
      !(isLeft || isRefused || hasWildcard(filter) || m.topicId === s.noId) &&
      idTypeOf(s, filter) === TopicIdType.NORMAL
    )
      rememberTopic(s, filter, m.topicId);
    call(
      s.listeners,
      isLeft ? s.listeners.on.unsubscribed : s.listeners.on.subscribed,
      id,
      isRefused ? Status.SUBSCRIPTION_REFUSED : isLeft ? undefined : qosOf(m.flags),
    );
  }
}
