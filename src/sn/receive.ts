// SPDX-License-Identifier: MIT
// Reading what a gateway sends: one message a datagram, handlers called, acknowledgements out. What is
// malformed, from somebody else or not expected is dropped and counted: a datagram has no connection
// that could be closed for it.

import {
  call,
  hasWildcard,
  isGiven,
  isNothing,
  levelsOf,
  listFind,
  listRemove,
  Octets,
  octetsOf,
  orUsual,
  payloadCut,
  text,
  textOctets,
} from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { matchesTopic } from "../wire/topic.js";
import { found } from "./gateways.js";
import { SnLimit } from "./limits.js";
import { encapsulatedAt, encodeAck, encodeWillTopic } from "./messages.js";
import {
  decodeMessage,
  encodeMessage,
  isRetained,
  MsgFlag,
  MsgType,
  qosOf,
  ReturnCode,
  TopicIdType,
} from "./packet.js";
import { ask, isAnswer, send, settleFirst, waitMore } from "./send.js";
import { Resumption, SnPacket, SnPhase, SnSession, Stage } from "./session.js";
import { subscribed } from "./subscribe.js";
import { forgetTopic, idTypeOf, rememberTopic, topicNameOf } from "./topics.js";

/** Reads one datagram. A negative Status says that the connection is over, and why; ENDED after `end`. */
export function receive(s: SnSession, octets: Octets, host: string, port: number): Status {
  const peer = host + port;
  if (!isNothing(s.nodeId)) {
    const at = s.nodeId.length + 3;
    octets =
      encapsulatedAt(octets) === at && octets.slice(3, at) === s.nodeId ? octets.slice(at) : "";
  }
  const status = decodeMessage(s.fields, octets);
  if (status === Status.OK && s.fields.type < MsgType.CONNECT) found(s, octets, host, port);
  else if (
    status === Status.OK &&
    s.phase > SnPhase.OFFLINE &&
    (s.peer === peer || (isNothing(s.peer) && s.fields.type < MsgType.WILLMSG))
  ) {
    if (s.phase > SnPhase.CONNECTING) return readMessage(s, octets);
    return readConnecting(s, peer);
  } else s.skipped += 1;
  return Status.OK;
}

/** What may answer CONNECT (section 6.3). Who does first is the gateway from then on. @apart */
function readConnecting(s: SnSession, peer: string): Status {
  const type = s.fields.type;
  const code = s.fields.code;
  const will = s.will;
  let answer = "";
  if (type === MsgType.DISCONNECT) return Status.CLOSED;
  if (type === MsgType.CONNACK && code > ReturnCode.ACCEPTED)
    return code > ReturnCode.CONGESTION ? Status.NOT_SUPPORTED : Status.REFUSED_UNAVAILABLE;
  if (type === MsgType.WILLTOPICREQ && will) {
    answer = encodeWillTopic(
      MsgType.WILLTOPIC,
      orUsual(will.qos, 0) * MsgFlag.QOS + (isGiven(will.retain) ? MsgFlag.RETAIN : 0),
      textOctets(will.topic),
    );
  } else if (type === MsgType.WILLMSGREQ) {
    answer = encodeMessage(MsgType.WILLMSG, will ? octetsOf(will.payload) : "");
  }
  if (type !== MsgType.CONNACK && isNothing(answer)) s.skipped += 1;
  else {
    s.peer = peer;
    if (isNothing(answer)) accept(s);
    else ask(s, answer, MsgType.CONNACK, "");
  }
  return Status.OK;
}

/** The gateway accepted: a new connection begins with nothing in common, waking up goes on. */
function accept(s: SnSession): void {
  const resumption = s.resumption;
  s.resumption = Resumption.NONE;
  s.phase = SnPhase.ONLINE;
  s.answer = 0;
  s.due = s.keepAlive * 750;
  s.missed = 0;
  if (resumption !== Resumption.AWAKE) {
    s.accepted += 1;
    s.isNewWill = false;
    s.names = [];
    s.ids = [];
    for (const subscription of s.subscriptions) subscription.isKnown = false;
    if (s.isClean && resumption === Resumption.NONE) {
      // The server has forgotten both sides' QoS 2 messages: whether ours was delivered is uncertain.
      s.received = [];
      if (s.queue.length > 0 && s.queue[0]!.stage < 0) settleFirst(s, s.listeners.on.uncertain);
    }
    call(s.listeners, s.listeners.on.connect);
  }
}

/** A message of the gateway the client is connected to. @apart */
function readMessage(s: SnSession, octets: Octets): Status {
  const m = s.fields;
  const type = m.type;
  // Awake, the wait for PINGRESP begins anew with each message in front of it (section 6.14).
  if (s.phase === SnPhase.AWAKE && s.answer > 0) waitMore(s);
  if (type === MsgType.PUBLISH) readPublish(s, octets);
  else if (type === MsgType.PUBACK || type === MsgType.REGACK) readAck(s);
  else if (type === MsgType.PUBREC) {
    const first = s.queue[0];
    if (isAnswer(s, type)) first!.stage = Stage.RELEASED;
    // One that comes again is answered again; not one for a message that is to be published yet again, which
    // would be a new one to a gateway that has seen PUBREL.
    else if (!first || first.stage < 0 || encodeInteger(first.id) !== m.msgId)
      send(s, encodeMessage(MsgType.PUBREL, m.msgId));
  } else if (type === MsgType.PUBCOMP) {
    if (isAnswer(s, type)) settleFirst(s, s.listeners.on.delivered);
  } else if (type === MsgType.PUBREL) {
    const at = listFind(s.received, m.msgId);
    if (at >= 0) listRemove(s.received, at);
    send(s, encodeMessage(MsgType.PUBCOMP, m.msgId));
  } else if (type === MsgType.REGISTER) {
    const name = octets.slice(m.data);
    const isTopic = !hasWildcard(name) && m.topicId !== s.noId;
    rememberTopic(s, isTopic ? name : "", m.topicId);
    s.isLingering = true;
    send(
      s,
      encodeAck(
        MsgType.REGACK,
        m.topicId,
        m.msgId,
        isTopic ? ReturnCode.ACCEPTED : ReturnCode.NOT_SUPPORTED,
      ),
    );
  } else if (type === MsgType.SUBACK || type === MsgType.UNSUBACK) {
    if (isAnswer(s, type)) {
      if (type === MsgType.SUBACK && m.code === ReturnCode.CONGESTION) s.isCongested = true;
      else subscribed(s);
    }
  } else if (type === MsgType.PINGREQ) send(s, encodeMessage(MsgType.PINGRESP, ""));
  else if (type === MsgType.PINGRESP) {
    if (isAnswer(s, type)) {
      s.boundMs = s.minMs;
      s.missed = 0;
      if (s.phase === SnPhase.AWAKE) {
        if (s.isLingering) s.due = SnLimit.LINGER_MS;
        else fallAsleep(s);
      }
    }
  } else if (type === MsgType.DISCONNECT) {
    if (!isAnswer(s, type)) {
      return Status.CLOSED;
    }
    if (s.isLeaving) return Status.ENDED;
    fallAsleep(s);
  } else s.skipped += 1;
  return Status.OK;
}

/** PUBLISH (sections 6.6 and 6.10): acknowledged, then handed on; at QoS 2 once. @apart */
function readPublish(s: SnSession, octets: Octets): void {
  const m = s.fields;
  const qos = qosOf(m.flags);
  const name = topicNameOf(s, m.topicId, m.flags % 4);
  let isNew = true;
  if (qos > 2 || (qos > 0 && m.msgId === s.noId) || m.flags % 4 > TopicIdType.SHORT) s.skipped += 1;
  else if (name === undefined || isNothing(name)) {
    // Unknown: the gateway will register it. Refused before: it sends it all the same.
    send(
      s,
      encodeAck(
        MsgType.PUBACK,
        m.topicId,
        m.msgId,
        name === undefined ? ReturnCode.INVALID_TOPIC_ID : ReturnCode.NOT_SUPPORTED,
      ),
    );
  } else {
    if (qos > 1) {
      isNew = listFind(s.received, m.msgId) < 0;
      // Not acknowledged, it will come again.
      if (isNew && s.received.length >= Limit.RECEIVED) {
        s.skipped += 1;
        return;
      }
      if (isNew) s.received.push(m.msgId);
      send(s, encodeMessage(MsgType.PUBREC, m.msgId));
    } else if (qos > 0) {
      send(s, encodeAck(MsgType.PUBACK, m.topicId, m.msgId, ReturnCode.ACCEPTED));
    }
    s.isLingering = false;
    if (isNew) deliver(s, name, octets, qos);
  }
}

/** Hands a message on to every handler whose filter matches, or to `message` where none does. */
function deliver(s: SnSession, name: Octets, octets: Octets, qos: number): void {
  const m = s.fields;
  const levels = levelsOf(name);
  const title = text(name);
  const payload = payloadCut(octets, m.data, octets.length);
  let handler = s.listeners.on.message;
  const packet: SnPacket = {
    qos: qos,
    retain: isRetained(m.flags),
    dup: m.flags >= MsgFlag.DUP,
    at: 0,
    total: 0,
  };
  for (const one of s.subscriptions) {
    const isMatch = matchesTopic(one.levels, levels);
    if (isMatch && one.handler) {
      handler = undefined;
      call(s.listeners, one.handler, title, payload, packet);
    }
  }
  call(s.listeners, handler, title, payload, packet);
}

/**
 * PUBACK or REGACK (sections 6.5 and 6.6), matched by type and message identifier: there are gateways
 * that put anything for the topic identifier. PUBACK with a code answers PUBLISH of any QoS. @apart
 */
function readAck(s: SnSession): void {
  const m = s.fields;
  const type = m.type;
  const isPuback = type === MsgType.PUBACK;
  const isRefusal = m.code > ReturnCode.ACCEPTED;
  const message = s.queue[0];
  if (isPuback && isRefusal && m.msgId === s.noId) {
    // A QoS 0 message is gone. The next one to this topic registers it anew.
    if (m.code === ReturnCode.INVALID_TOPIC_ID) forgetTopic(s, s.ids, m.topicId);
  } else if (
    !isAnswer(s, isPuback && isRefusal && s.answer === MsgType.PUBREC ? MsgType.PUBREC : type)
  )
    return;
  else if (!isRefusal) {
    if (isPuback) settleFirst(s, s.listeners.on.delivered);
    else rememberTopic(s, message!.title, m.topicId);
  } else if (m.code !== ReturnCode.CONGESTION) {
    forgetTopic(s, s.names, message!.title);
    // It may have lost an identifier, and say so twice; the topic is registered anew.
    if (
      !isPuback ||
      m.code !== ReturnCode.INVALID_TOPIC_ID ||
      message!.stage > 2 ||
      idTypeOf(s, message!.title) !== TopicIdType.NORMAL
    )
      settleFirst(s, s.listeners.on.refused, Status.NOT_SUPPORTED);
  }
  if (m.code === ReturnCode.CONGESTION) s.isCongested = true;
}

/** Back to sleep; the program may switch its radio off for the time it is told. */
export function fallAsleep(s: SnSession): void {
  const ms = s.sleep * 900 - s.retries * s.retryMs;
  s.phase = SnPhase.ASLEEP;
  s.isLingering = false;
  // Nine tenths of the time told, less what retries may take: the gateway allows a tenth more (section 7.2).
  s.due = ms < s.sleep * 500 ? s.sleep * 500 : ms;
  call(s.listeners, s.listeners.on.asleep, s.due);
}
