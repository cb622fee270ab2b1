// SPDX-License-Identifier: MIT
// SUBSCRIBE and UNSUBSCRIBE (specification section 6.9). The answer to a plain name tells its identifier; with a
// wildcard it is 0, and each name is registered before its first message.

import { hasWildcard, type Octets } from "#engine";
import { encodeSuback } from "../../src/sn/messages.js";
import {
  encodeMessage,
  MsgFlag,
  MsgType,
  qosOf,
  ReturnCode,
  TopicIdType,
} from "../../src/sn/packet.js";
import { isTopicWhole } from "../../src/sn/messages.js";
import { encodeInteger } from "../../src/wire/packet.js";
import { isTopicFilter } from "../../src/wire/topic.js";
import { agreedWith, changed, type Gateway, send } from "./core.js";
import { isConnected, type Session } from "./session.js";
import { idOf, nameOf } from "./topics.js";

/** The filter a message means; undefined where it is none, or a number nobody knows. */
function filterOf(g: Gateway, s: Session, octets: Octets): Octets | undefined {
  const { flags, data } = g.fields;
  const field = octets.slice(data);
  const idType = flags % 4;
  if (!isTopicWhole(g.fields, octets)) return undefined;
  if (idType !== TopicIdType.NORMAL) return nameOf(s.topics, agreedWith(g, s), field, idType);
  return isTopicFilter(field) ? field : undefined;
}

/** SUBSCRIBE, answered when the server has answered. */
export function readSubscribe(g: Gateway, s: Session, octets: Octets): void {
  const { flags, msgId, data } = g.fields;
  const qos = qosOf(flags);
  const idType = flags % 4;
  const filter = filterOf(g, s, octets);
  if (!mayAsk(g, s, msgId)) return;
  const code =
    filter === undefined
      ? idType === TopicIdType.PREDEFINED
        ? ReturnCode.INVALID_TOPIC_ID
        : ReturnCode.NOT_SUPPORTED
      : qos > 2 || isOver(g, s, filter)
        ? ReturnCode.NOT_SUPPORTED
        : ReturnCode.ACCEPTED;
  if (code !== ReturnCode.ACCEPTED) {
    send(g, s.peer, encodeSuback(0, encodeInteger(0), msgId, code));
    return;
  }
  const id = idType === TopicIdType.PREDEFINED ? octets.slice(data) : undefined;
  const { asked } = s;
  asked.add(msgId);
  g.upstream.subscribe(s, filter!, qos, (granted) => {
    asked.delete(msgId);
    // Asked in a session that is over, or cut off: the client asks again.
    if (granted < 0 || s.asked !== asked || !isConnected(s)) return;
    const isRefused = granted > 2;
    const topicId = isRefused ? encodeInteger(0) : (id ?? idIn(g, s, filter!, idType));
    if (!isRefused) s.subscriptions.set(filter!, granted);
    changed(g, s);
    send(
      g,
      s.peer,
      encodeSuback(
        isRefused ? 0 : granted * MsgFlag.QOS,
        topicId,
        msgId,
        isRefused ? ReturnCode.NOT_SUPPORTED : ReturnCode.ACCEPTED,
      ),
    );
  });
}

/** Not what is asked already, nor more at a time than has room: what is dropped comes again. */
function mayAsk(g: Gateway, s: Session, msgId: Octets): boolean {
  const { asked } = s;
  return msgId !== encodeInteger(0) && !asked.has(msgId) && asked.size < g.settings.limits.inFlight;
}

function isOver(g: Gateway, s: Session, filter: Octets): boolean {
  const size = s.subscriptions.size + s.asked.size;
  return size >= g.settings.limits.subscriptions && !s.subscriptions.has(filter);
}

/** The identifier that SUBACK tells for a filter: of a plain name, and then the client knows it. */
function idIn(g: Gateway, s: Session, filter: Octets, idType: number): Octets {
  if (idType !== TopicIdType.NORMAL || hasWildcard(filter)) return encodeInteger(0);
  s.topics.known.add(filter);
  s.topics.refused.delete(filter);
  return idOf(s.topics, agreedWith(g, s), filter, g.settings.limits.topics);
}

/** UNSUBSCRIBE. Its answer has no code: what nobody subscribed to is unsubscribed. */
export function readUnsubscribe(g: Gateway, s: Session, octets: Octets): void {
  const { msgId } = g.fields;
  const filter = filterOf(g, s, octets);
  if (!mayAsk(g, s, msgId)) return;
  const { asked } = s;
  const done = (isDone: boolean) => {
    asked.delete(msgId);
    if (!isDone || s.asked !== asked || !isConnected(s)) return;
    if (filter !== undefined) s.subscriptions.delete(filter);
    changed(g, s);
    send(g, s.peer, encodeMessage(MsgType.UNSUBACK, msgId));
  };
  asked.add(msgId);
  if (filter === undefined) done(true);
  else g.upstream.unsubscribe(s, filter, done);
}
