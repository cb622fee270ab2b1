// SPDX-License-Identifier: MIT
// Which handler gets a message. What was found for the topic received last is remembered, because a
// burst mostly speaks of one topic.

import { call, isPlain, levelsOf, Octets, Payload, text } from "#engine";
import { Limit } from "#limits";
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
  let known = s.routes[topicIn];
  s.topicIn = topicIn;
  s.known = topicIn.length;
  if (known === undefined) {
    const name = topicIn.slice(2);
    if (encodeTopicName(name) === "") {
      s.known = Mark.NONE;
      return false;
    }
    s.levels = levelsOf(name);
    s.topic = isPlain(name) ? name : text(name);
    route(s, undefined);
    known = { text: s.topic, levels: s.levels, handler: s.handler };
    if (s.routeCount >= Limit.TOPICS) forget(s);
    s.known = topicIn.length;
    s.routeCount += 1;
    s.routes[topicIn] = known;
  }
  s.topic = known.text;
  s.levels = known.levels;
  s.handler = known.handler;
  if (s.handler === undefined) s.described = -1;
  return true;
}

/** Forgets the remembered topics: handlers have changed. */
export function forget(s: Session): void {
  s.known = Mark.NONE;
  s.routes = {};
  s.routeCount = 0;
}

/** Hands the message on to every handler it is for, or to `message` when it is for none. @inline */
export function deliver(s: Session, payload: Payload): void {
  route(s, payload);
}

/** Writes a first octet's flags into the record that handlers see. */
export function describe(s: Session, first: number): void {
  const retain = first % 2;
  const packet = s.packet;
  // QoS 2, and what is sent again, has no short way.
  s.described = first < 52 ? first : -1;
  packet.retain = retain > 0;
  packet.qos = ((first - retain) % 8) / 2;
  packet.dup = first % 16 > 7;
  packet.at = 0;
  packet.total = 0;
}
