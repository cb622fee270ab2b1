// SPDX-License-Identifier: MIT
// Which handler gets a message. What was found for the topic received last is remembered, because a
// burst mostly speaks of one topic.

import { call, isPlain, levelsOf, Octets, Payload, text } from "#engine";
import { encodeTopicName, matchesTopic } from "../wire/topic.js";
import { Mark, Session } from "./session.js";

/** Finds the handlers of the remembered topic, and calls them where there is a payload. */
function route(s: Session, payload: Payload | undefined): void {
  let handler = s.listeners.on.message;
  let count = 0;
  for (const subscription of s.subscriptions) {
    if (subscription.handler !== undefined && matchesTopic(subscription.levels, s.levels)) {
      handler = subscription.handler;
      count += 1;
      if (payload !== undefined) call(s.listeners, handler, s.topic, payload, s.packet);
    }
  }
  if (payload === undefined) s.handler = count > 1 ? undefined : handler;
  else if (count < 1) call(s.listeners, handler, s.topic, payload, s.packet);
}

/**
 * Remembers a topic name (octets behind their length) with its text and its handler, when there is
 * just one; `false` when it is no topic name.
 */
export function recognize(s: Session, topicIn: Octets): boolean {
  const name = topicIn.slice(2);
  if (encodeTopicName(name) === "") return false;
  s.topicIn = topicIn;
  s.known = topicIn.length;
  s.levels = levelsOf(name);
  s.topic = isPlain(name) ? name : text(name);
  route(s, undefined);
  return true;
}

/** Forgets the remembered topic: handlers have changed. @inline */
export function forget(s: Session): void {
  s.known = Mark.NONE;
}

/** Hands the message on to every handler it is for, or to `message` when it is for none. @inline */
export function deliver(s: Session, payload: Payload): void {
  route(s, payload);
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
