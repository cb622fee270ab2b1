// SPDX-License-Identifier: MIT
// Which handler gets a message. The handlers of the topic received last are remembered, because a
// burst mostly speaks of one topic.

import { call, isPlain, levelsOf, Octets, Payload, text } from "#engine";
import { isTopicName, matchesTopic } from "../wire/topic.js";
import { Mark, MessageHandler, Session } from "./session.js";

/**
 * Remembers a topic name (octets behind their length) with its text and its handler, when there is
 * just one; `false` when it is no topic name.
 */
export function dispatch(s: Session, topicIn: Octets): boolean {
  const name = topicIn.substring(2);
  const levels = levelsOf(name);
  let handler = s.handlers.message as MessageHandler | undefined;
  let count = 0;
  if (!isTopicName(name)) return false;
  for (const subscription of s.subscriptions) {
    if (subscription.handler !== undefined && matchesTopic(subscription.levels, levels)) {
      handler = subscription.handler;
      count += 1;
    }
  }
  s.topicIn = topicIn;
  s.known = topicIn.length;
  s.topic = isPlain(name) ? name : text(name);
  s.handler = count > 1 ? undefined : handler;
  return true;
}

/** Forgets the remembered topic: handlers have changed. */
export function forget(s: Session): void {
  s.known = Mark.NONE;
}

/** Hands the message on to every handler it is for, or to `message` when it is for none. */
export function deliver(s: Session, payload: Payload): void {
  const levels = levelsOf(s.topicIn.substring(2));
  let handler = s.handlers.message;
  for (const subscription of s.subscriptions) {
    if (subscription.handler !== undefined && matchesTopic(subscription.levels, levels)) {
      handler = undefined;
      call(s.handlers, subscription.handler, s.topic, payload, s.packet);
    }
  }
  call(s.handlers, handler, s.topic, payload, s.packet);
}

/** Writes a first octet's flags into the record that handlers see. */
export function describe(s: Session, first: number): void {
  const retain = first % 2;
  const packet = s.packet;
  s.described = first;
  packet.retain = retain > 0;
  packet.qos = ((first - retain) % 8) / 2;
  packet.dup = first % 16 > 7;
  packet.at = 0;
  packet.total = 0;
}
