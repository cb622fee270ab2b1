// SPDX-License-Identifier: MIT
// Which handlers get a message. What was found for the last few topics is remembered, because a burst
// mostly speaks of few.

import { call, Handler, isEmpty, levelsOf, Octets, Payload, text } from "#engine";
import { Limit } from "#limits";
import { encodeTopicName, matchesTopic } from "../wire/topic.js";
import { Phase, Route, Session } from "./session.js";

/**
 * Makes a topic name (octets behind their length) the one received last, with its text and its
 * handlers: those of the subscriptions that match, or `message` where none does. None is received
 * when it is no topic name. @apart
 */
export function recognize(s: Session, topicIn: Octets): void {
  const name = topicIn.slice(2);
  let found: Route | undefined;
  for (const route of s.routes) if (route.topicIn === topicIn) found = route;
  if (!found && !isEmpty(encodeTopicName(name))) {
    const levels = levelsOf(name);
    const handlers: Handler[] = [];
    for (const subscription of s.subscriptions) {
      const isMatch = matchesTopic(levelsOf(subscription.filter), levels);
      if (isMatch && subscription.handler) handlers.push(subscription.handler);
    }
    if (handlers.length < 1) handlers.push(s.listeners.on.message!);
    if (s.routes.length >= Limit.TOPICS) forget(s);
    found = { topicIn: topicIn, title: text(name), handlers: handlers };
    s.routes.push(found);
  }
  s.topicIn = found ? topicIn : "";
  s.route = found;
  s.handler = found && found.handlers.length < 2 ? found.handlers[0] : undefined;
}

/** Forgets the remembered topics: handlers have changed. */
export function forget(s: Session): void {
  s.topicIn = "";
  s.routes = [];
}

/** Hands the message on to every handler of the topic received last, until one ends the client. */
export function deliver(s: Session, payload: Payload): void {
  const route = s.route!;
  for (const handler of route.handlers) {
    if (s.phase < Phase.ENDED) call(s.listeners, handler, route.title, payload, s.packet);
  }
}
