// SPDX-License-Identifier: MIT
// How topics are named on the wire (specification sections 6.5 and 6.7): by an identifier that was agreed upon
// beforehand, by their own name where that is two octets, or by an identifier the gateway gave them on this
// connection. A fixed number of those is remembered; the oldest is forgotten first, which costs a
// REGISTER when it is needed again.

import { hasWildcard, listFind, listRemove, Octets } from "#engine";
import { TopicIdType } from "./packet.js";
import { SnSession } from "./session.js";

/** How a topic name or filter is given to the gateway. */
export function idTypeOf(s: SnSession, topic: Octets): TopicIdType {
  return listFind(s.fixedNames, topic) >= 0
    ? TopicIdType.PREDEFINED
    : topic.length === 2 && !hasWildcard(topic)
      ? TopicIdType.SHORT
      : TopicIdType.NORMAL;
}

/** What stands for a topic name of that type, two octets; undefined where it has to be registered. */
export function topicIdOf(s: SnSession, topic: Octets, idType: TopicIdType): Octets | undefined {
  return idType === TopicIdType.SHORT
    ? topic
    : idType === TopicIdType.PREDEFINED
      ? s.fixedIds[listFind(s.fixedNames, topic)]
      : s.ids[listFind(s.names, topic)];
}

/** The topic name behind an identifier, undefined where it is unknown, "" where it was refused. */
export function topicNameOf(s: SnSession, topicId: Octets, idType: number): Octets | undefined {
  return idType === TopicIdType.SHORT
    ? topicId
    : idType === TopicIdType.PREDEFINED
      ? s.fixedNames[listFind(s.fixedIds, topicId)]
      : idType === TopicIdType.NORMAL
        ? s.names[listFind(s.ids, topicId)]
        : undefined;
}

/** Forgets what stands at that value in `list`, the names or the identifiers. */
export function forgetTopic(s: SnSession, list: Octets[], value: Octets): void {
  const at = listFind(list, value);
  if (at >= 0) {
    listRemove(s.names, at);
    listRemove(s.ids, at);
  }
}

/** Remembers what the gateway calls a topic. */
export function rememberTopic(s: SnSession, topic: Octets, topicId: Octets): void {
  forgetTopic(s, s.ids, topicId);
  forgetTopic(s, s.names, topic);
  if (s.ids.length >= s.topics) forgetTopic(s, s.ids, s.ids[0]!);
  s.names.push(topic);
  s.ids.push(topicId);
}

/** A message identifier that nothing in the queue has: 1 to 65,535, and round again. */
export function newId(s: SnSession): number {
  let isFree = false;
  while (!isFree) {
    s.lastId = (s.lastId % 65535) + 1;
    isFree = true;
    for (const message of s.queue) if (message.id === s.lastId) isFree = false;
  }
  return s.lastId;
}
