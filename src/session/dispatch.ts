// SPDX-License-Identifier: MIT
// Which handlers get a message. What was found for the last few topics is remembered, because a burst
// mostly speaks of few.

import { call, fieldCount, Handler, isEmpty, levelsOf, Octets, Payload, text } from "#engine";
import { Limit } from "#limits";
import { encodeTopicName, matchesTopic } from "../wire/topic.js";
import { Status } from "../status.js";
import { Phase, Session } from "./session.js";

/**
 * Makes a topic name (octets behind their length) the one received last, with its text and its
 * handlers: those of the subscriptions that match, or `message` where none does. MALFORMED when it is
 * no topic name. @apart
 */
export function recognize(s: Session, topicIn: Octets): Status {
  let route = s.routes[topicIn];
  if (!route) {
    const name = topicIn.slice(2);
    const levels = levelsOf(name);
    const handlers: Handler[] = [];
    if (isEmpty(encodeTopicName(name))) return Status.MALFORMED;
    for (const subscription of s.subscriptions) {
      const isMatch = matchesTopic(subscription.levels, levels);
      if (isMatch && subscription.handler) handlers.push(subscription.handler);
    }
    if (handlers.length < 1) handlers.push(s.listeners.on.message!);
    if (fieldCount(s.routes) >= Limit.TOPICS) forget(s);
    route = { title: text(name), handlers: handlers };
    s.routes[topicIn] = route;
  }
  s.topicIn = topicIn;
  s.known = topicIn.length;
  s.topic = route.title;
  s.handlers = route.handlers;
  s.handler = s.handlers.length > 1 ? undefined : s.handlers[0];
  return Status.OK;
}

/** Forgets the remembered topics: handlers have changed. */
export function forget(s: Session): void {
  s.topicIn = undefined;
  s.known = 0;
  s.routes = {};
}

/** Hands the message on to every handler of the topic received last, until one ends the client. */
export function deliver(s: Session, payload: Payload): void {
  for (const handler of s.handlers) {
    if (s.phase < Phase.ENDED) call(s.listeners, handler, s.topic, payload, s.packet);
  }
}
