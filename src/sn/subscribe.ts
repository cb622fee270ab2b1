// SPDX-License-Identifier: MIT
// Subscriptions (specification section 6.9): a fixed number of entries, asked for one at a time and anew on
// each connection, because no gateway says what it has kept.

import {
  call,
  Handler,
  hasWildcard,
  isNothing,
  listFind,
  listRemove,
  orUsual,
  textOctets,
} from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { MsgFlag, MsgType, qosOf, ReturnCode, TopicIdType } from "./packet.js";
import { refuse } from "./publish.js";
import { ask } from "./send.js";
import { SnSession, SnSubscription } from "./session.js";
import { isAgreed, keyFrom, keyOf, newId, rememberTopic } from "./topics.js";

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
  let result: number =
    isNothing(filter) || filter.length > s.mtu
      ? Status.INVALID_TOPIC
      : level > 2
        ? Status.INVALID_QOS
        : level < 0 && kept.length === s.subscriptions.length
          ? Status.NOT_SUBSCRIBED
          : kept.length >= orUsual(s.options.subscriptions, Limit.SUBSCRIPTIONS)
            ? Status.SUBSCRIPTIONS_FULL
            : s.isLeaving
              ? Status.ENDED
              : Status.OK;
  if (result < 0) result = refuse(s, result);
  else {
    result = newId(s);
    kept.push({ filter: filter, level: level, handler: handler, id: result, isKnown: false });
    s.subscriptions = kept;
  }
  return result;
}

/** SUBSCRIBE or UNSUBSCRIBE. */
export function askFor(s: SnSession, asked: SnSubscription): void {
  const msgId = encodeInteger(asked.id);
  const type = asked.level < 0 ? MsgType.UNSUBSCRIBE : MsgType.SUBSCRIBE;
  let key = keyOf(s, asked.filter);
  if (!isAgreed(key)) key = keyFrom(TopicIdType.NORMAL, asked.filter);
  s.asked = asked;
  ask(
    s,
    type,
    String.fromCharCode(Math.max(asked.level, 0) * MsgFlag.QOS + key.charCodeAt(0)) +
      msgId +
      key.slice(1),
    type + 1,
    msgId,
  );
}

/**
 * SUBACK or UNSUBACK, which was awaited. Of a SUBACK's flags only the QoS counts, and it is told, not
 * believed: there are gateways that always say 0. Its topic identifier counts where a name was asked for.
 */
export function subscribed(s: SnSession): void {
  const m = s.fields;
  const asked = s.asked!;
  const at = listFind(s.subscriptions, asked);
  const isLeft = m.type === MsgType.UNSUBACK;
  asked.isKnown = true;
  // It may have been replaced by another to the same filter.
  if (at >= 0) {
    if (isLeft || m.code > ReturnCode.ACCEPTED) listRemove(s.subscriptions, at);
    else if (
      s.request.charCodeAt(0) % 4 < TopicIdType.PREDEFINED &&
      m.topicId !== encodeInteger(0) &&
      !hasWildcard(asked.filter)
    )
      rememberTopic(s, asked.filter);
    if (isLeft) call(s.listeners, s.listeners.on.unsubscribed, asked.id);
    else {
      call(
        s.listeners,
        s.listeners.on.subscribed,
        asked.id,
        m.code > ReturnCode.ACCEPTED ? Status.SUBSCRIPTION_REFUSED : qosOf(m.flags),
      );
    }
  }
}
