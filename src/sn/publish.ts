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
  Octets,
  octetsOf,
  orUsual,
  Payload,
  textOctets,
} from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { MsgFlag, MsgType } from "./packet.js";
import { ask, send, settleFirst } from "./send.js";
import { SnMessage, SnPhase, SnSession } from "./session.js";
import { isAgreed, keyOf, newId } from "./topics.js";

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
  const key = keyOf(s, name);
  const isFree = level < 0;
  const isNow = isFree || (level < 1 && s.phase === SnPhase.ONLINE && !isNothing(key));
  const outbox = orUsual(s.options.outbox, Limit.OUTBOX);
  const size = name.length + body.length;
  let room = outbox - size;
  for (const one of s.queue) room -= one.title.length + one.body.length;
  let result: number =
    isNothing(name) || hasWildcard(name) || (isFree && !isAgreed(key))
      ? Status.INVALID_TOPIC
      : !isWhole(level, -1) || level > 2
        ? Status.INVALID_QOS
        : // Either has to fit a datagram; waiting, both have to fit the queue.
          size > outbox || body.length > s.mtu || name.length > s.mtu
          ? Status.TOO_LONG
          : s.phase === SnPhase.ENDED ||
              (isFree ? s.gateways.length < 1 : level < 1 && s.phase < SnPhase.ONLINE)
            ? Status.OFFLINE
            : isNow
              ? Status.OK
              : s.isLeaving
                ? Status.ENDED
                : room < 0 || s.queue.length >= orUsual(s.options.inFlight, Limit.IN_FLIGHT)
                  ? Status.OUTBOX_FULL
                  : Status.OK;
  if (result < 0) result = refuse(s, result);
  else {
    const flags = (isFree ? 3 : level) * MsgFlag.QOS + (isGiven(retain) ? MsgFlag.RETAIN : 0);
    const message: SnMessage = { title: name, flags: flags, body: body, id: 0, stage: 0 };
    if (isNow) result = send(s, MsgType.PUBLISH, publishFields(message, key));
    else {
      if (level > 0) message.id = newId(s);
      s.queue.push(message);
      result = message.id;
    }
  }
  return result;
}

/** The fields of PUBLISH; on another connection it is sent again too. */
function publishFields(message: SnMessage, key: Octets): Octets {
  return (
    String.fromCharCode(message.flags + (message.stage > 0 ? MsgFlag.DUP : 0) + key.charCodeAt(0)) +
    key.slice(1) +
    encodeInteger(message.id) +
    message.body
  );
}

/** Goes on with the first message of the queue: REGISTER, PUBLISH or PUBREL. */
export function publishNext(s: SnSession): void {
  const message = s.queue[0]!;
  const key = keyOf(s, message.title);
  const isKnown = !isNothing(key);
  const isReleased = message.stage < 0;
  const msgId = encodeInteger(isKnown || isReleased ? message.id : newId(s));
  if (isReleased) ask(s, MsgType.PUBREL, msgId, MsgType.PUBCOMP, msgId);
  else if (!isKnown) {
    // From a client the topic identifier is 0.
    ask(s, MsgType.REGISTER, encodeInteger(0) + msgId + message.title, MsgType.REGACK, msgId);
  } else {
    const fields = publishFields(message, key);
    message.stage += 1;
    if (message.flags < MsgFlag.QOS) {
      settleFirst(s, undefined);
      send(s, MsgType.PUBLISH, fields);
    } else {
      ask(
        s,
        MsgType.PUBLISH,
        fields,
        message.flags < 2 * MsgFlag.QOS ? MsgType.PUBACK : MsgType.PUBREC,
        msgId,
      );
    }
  }
}
