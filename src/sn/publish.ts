// SPDX-License-Identifier: MIT
// Publishing (specification section 6.6): QoS 1 and 2 wait in the queue until the gateway has them, over any
// number of connections. QoS 0 leaves at once where its topic has an identifier, and else behind a REGISTER;
// QoS −1 (section 6.8) leaves at once, with no connection at all. Text is taken to be UTF-8, as it is in
// the lean client.

import {
  hasWildcard,
  isGiven,
  isNothing,
  isWhole,
  octetsOf,
  orUsual,
  Payload,
  textOctets,
} from "#engine";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { encodePublish, encodeRegister } from "./messages.js";
import { encodeMessage, MsgFlag, MsgType, TopicIdType } from "./packet.js";
import { ask, send, settleFirst } from "./send.js";
import { SnPhase, SnSession } from "./session.js";
import { idTypeOf, newId, topicIdOf } from "./topics.js";

/** Counts a refusal and says what it is. Where there was no room, `room` will be told. */
export function refuse(s: SnSession, status: Status): Status {
  s.refused += 1;
  s.wanting = status === Status.OUTBOX_FULL || s.wanting;
  return s.phase === SnPhase.ENDED ? Status.ENDED : status;
}

/** Publishes; returns the message identifier (0 at QoS 0 and −1) or a Status, and then nothing changed. */
export function publish(
  s: SnSession,
  topic: string,
  payload: Payload | number,
  qos?: number,
  retain?: boolean | number,
): number {
  const level = orUsual(qos, 0);
  const name = textOctets(topic);
  const body = octetsOf(payload);
  const size = name.length + body.length;
  const idType = idTypeOf(s, name);
  const topicId = topicIdOf(s, name, idType);
  const flags = (level < 0 ? 3 : level) * MsgFlag.QOS + (isGiven(retain) ? MsgFlag.RETAIN : 0);
  let isNow = level < 0;
  if (isNothing(name) || hasWildcard(name) || (isNow && idType === TopicIdType.NORMAL))
    return refuse(s, Status.INVALID_TOPIC);
  if (!isWhole(level, -1) || level > 2) return refuse(s, Status.INVALID_QOS);
  // Either has to fit a datagram; waiting, both have to fit the queue.
  if (size > s.outbox || body.length > s.mtu || name.length > s.mtu)
    return refuse(s, Status.TOO_LONG);
  if (level < 1) {
    if (s.phase === SnPhase.ENDED || (isNow ? s.gateways.length < 1 : s.phase < SnPhase.ONLINE))
      return refuse(s, Status.OFFLINE);
    isNow = topicId !== undefined && (isNow || s.phase === SnPhase.ONLINE);
    if (isNow) return send(s, encodePublish(flags + idType, topicId!, s.noId, body));
  }
  if (s.isLeaving) return refuse(s, Status.ENDED);
  if (s.queue.length >= s.inFlight || s.queued + size > s.outbox)
    return refuse(s, Status.OUTBOX_FULL);
  const id = level > 0 ? newId(s) : 0;
  s.queued += size;
  s.queue.push({ title: name, flags: flags, body: body, id: id, stage: 0 });
  return id;
}

/** Goes on with the first message of the queue: REGISTER, PUBLISH or PUBREL. */
export function publishNext(s: SnSession): void {
  const message = s.queue[0]!;
  const idType = idTypeOf(s, message.title);
  const topicId = topicIdOf(s, message.title, idType);
  const msgId = encodeInteger(message.id);
  const flags = message.flags;
  if (message.stage < 0) ask(s, encodeMessage(MsgType.PUBREL, msgId), MsgType.PUBCOMP, msgId);
  else if (topicId === undefined) {
    const registerId = encodeInteger(newId(s));
    ask(s, encodeRegister(s.noId, registerId, message.title), MsgType.REGACK, registerId);
  } else {
    const octets = encodePublish(
      // On another connection it is sent again too.
      (message.stage > 0 ? flags + MsgFlag.DUP : flags) + idType,
      topicId,
      msgId,
      message.body,
    );
    message.stage += 1;
    if (flags < MsgFlag.QOS) {
      settleFirst(s, undefined);
      send(s, octets);
    } else ask(s, octets, flags < 2 * MsgFlag.QOS ? MsgType.PUBACK : MsgType.PUBREC, msgId);
  }
}
