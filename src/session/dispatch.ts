// SPDX-License-Identifier: MIT
// Which handler gets a message. The handlers of the topic received last are remembered, because a
// burst mostly speaks of one topic.

import { call, isPlain, Octets, Payload, text } from "#engine";
import { isTopicName, matchesTopic } from "../wire/topic.js";
import { Mark, MessageHandler, Session, Subscription } from "./session.js";

/** Whether a subscription's handler is for the topic whose octets are `name`. */
function isFor(subscription: Subscription, name: Octets): boolean {
  return (
    subscription.handler !== undefined && matchesTopic(subscription.filter, subscription.wild, name)
  );
}

/**
 * Remembers a topic name (octets behind their length) with its text and its handler, when there is
 * just one; `false` when it is no topic name.
 */
export function dispatch(s: Session, topicIn: Octets): boolean {
  const name = topicIn.substring(2);
  let handler: MessageHandler | undefined;
  let count = 0;
  if (!isTopicName(name)) return false;
  for (const subscription of s.subscriptions) {
    if (isFor(subscription, name)) {
      handler = subscription.handler;
      count += 1;
    }
  }
  s.topicIn = topicIn;
  s.known = topicIn.length;
  s.topic = isPlain(name) ? name : text(name);
  s.handler = count > 0 ? handler : (s.handlers.message as MessageHandler | undefined);
  if (count > 1) s.handler = undefined;
  return true;
}

/** Forgets the remembered topic: handlers have changed. */
export function forget(s: Session): void {
  s.known = Mark.NO_TOPIC;
}

/** Hands the message on to every handler it is for, or to `message` when it is for none. */
export function deliver(s: Session, payload: Payload): void {
  const name = s.topicIn.substring(2);
  let taken = false;
  for (const subscription of s.subscriptions) {
    if (isFor(subscription, name)) {
      taken = true;
      call(s.handlers, subscription.handler, s.topic, payload, s.packet);
    }
  }
  if (!taken) call(s.handlers, s.handlers.message, s.topic, payload, s.packet);
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
