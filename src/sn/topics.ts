// SPDX-License-Identifier: MIT
// How topics are named on the wire (specification sections 6.5 and 6.7): by an identifier that was agreed upon
// beforehand, by their own name where that is two octets, or by an identifier the gateway gave them on this
// connection. A fixed number of those is remembered; the oldest is forgotten first, which costs a
// REGISTER when it is needed again.
//
// A key is three octets: the type of identifier, and the two that stand for the topic. `names` and `keys` are
// two columns of one table, whose first `fixed` rows stay.

import { hasWildcard, listFind, listRemove, octetAt, Octets, orUsual } from "#engine";
import { SnLimit } from "./limits.js";
import { TopicIdType } from "./packet.js";
import { SnSession } from "./session.js";

/** A key out of its parts. @inline */
export function keyFrom(idType: number, topicId: Octets): Octets {
  return String.fromCharCode(idType) + topicId;
}

/** The key of a topic name or filter, or "" where it has none and would have to be registered. */
export function keyOf(s: SnSession, topic: Octets): Octets {
  const at = listFind(s.names, topic);
  return (at < 0 || at >= s.fixed) && topic.length === 2 && !hasWildcard(topic)
    ? keyFrom(TopicIdType.SHORT, topic)
    : at < 0
      ? ""
      : s.keys[at]!;
}

/** Whether a topic with that key can be named without asking the gateway first: predefined or short. @inline */
export function isAgreed(key: Octets): boolean {
  return octetAt(key, 0) > 0;
}

/** Forgets the gateway's identifier that stands at that value in `list`, the names or the keys. */
export function forgetTopic(s: SnSession, list: Octets[], value: Octets): void {
  const at = listFind(list, value);
  if (at >= s.fixed) {
    listRemove(s.names, at);
    listRemove(s.keys, at);
  }
}

/** Remembers what the gateway calls a topic: the identifier in the message just read. */
export function rememberTopic(s: SnSession, topic: Octets): void {
  const key = keyFrom(TopicIdType.NORMAL, s.fields.topicId);
  forgetTopic(s, s.keys, key);
  forgetTopic(s, s.names, topic);
  if (s.keys.length >= s.fixed + orUsual(s.options.topics, SnLimit.TOPICS))
    forgetTopic(s, s.keys, s.keys[s.fixed]!);
  s.names.push(topic);
  s.keys.push(key);
}

/** A message identifier that nothing in the queue has: 1 to 65,535, and round again. */
export function newId(s: SnSession): number {
  s.lastId = (s.lastId % 65535) + 1;
  for (const message of s.queue) if (message.id === s.lastId) return newId(s);
  return s.lastId;
}
