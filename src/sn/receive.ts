// SPDX-License-Identifier: MIT
// Reading what a gateway sends: one message a datagram, handlers called, acknowledgements out. What is
// malformed, from somebody else or not expected is dropped and counted: a datagram has no connection
// that could be closed for it.

import {
  call,
  hasWildcard,
  isNothing,
  levelsOf,
  listFind,
  listRemove,
  Octets,
  payloadCut,
  text,
} from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { encodeInteger } from "../wire/packet.js";
import { matchesTopic } from "../wire/topic.js";
import { found } from "./gateways.js";
import { SnLimit } from "./limits.js";
import {
  decodeMessage,
  isRetained,
  MsgFlag,
  MsgType,
  qosOf,
  ReturnCode,
  TopicIdType,
} from "./packet.js";
import { askWill, send, settleFirst, waitMore } from "./send.js";
import { Resumption, SnPacket, SnPhase, SnSession, Stage } from "./session.js";
import { subscribed } from "./subscribe.js";
import { forgetTopic, keyFrom, rememberTopic } from "./topics.js";

/** Reads one datagram. */
export function receive(s: SnSession, datagram: Octets, host: string, port: number): void {
  const m = s.fields;
  const head = s.head;
  const peer = host + port;
  let octets = datagram;
  if (!isNothing(head)) {
    // The third octet of a forwarder's header is its own affair.
    octets =
      datagram.slice(0, 2) + head.slice(2, 3) + datagram.slice(3, head.length) === head
        ? datagram.slice(head.length)
        : "";
  }
  if (decodeMessage(m, octets) !== Status.OK) s.skipped += 1;
  else if (m.type < MsgType.CONNECT) found(s, octets, host, port);
  else if (
    (s.peer === peer && (s.phase > SnPhase.CONNECTING || m.type === MsgType.DISCONNECT)) ||
    (s.phase === SnPhase.CONNECTING &&
      m.type < MsgType.WILLMSG &&
      (isNothing(s.peer) || s.peer === peer))
  ) {
    // Who answers CONNECT is the gateway from then on.
    s.peer = peer;
    readMessage(s, octets);
  } else s.skipped += 1;
}

/** A message of the gateway. */
function readMessage(s: SnSession, octets: Octets): void {
  const m = s.fields;
  // An acknowledgement is matched by type and message identifier: there are gateways that put anything for
  // the topic identifier. PUBACK with a code answers PUBLISH of any QoS (section 6.6).
  const isRefused = m.type === MsgType.PUBACK && m.code > ReturnCode.ACCEPTED;
  const isAnswer =
    s.awaited === m.msgId && (s.answer === m.type || (isRefused && s.answer === MsgType.PUBREC));
  if (isAnswer) {
    s.answer = 0;
    s.due = s.keepAlive * 750;
  } else if (s.phase === SnPhase.AWAKE && s.answer > 0) {
    // Awake, the wait for PINGRESP begins anew with each message in front of it (section 6.14).
    waitMore(s);
  }
  if (isAnswer || (isRefused && m.msgId === encodeInteger(0))) readAnswer(s);
  else if (m.type === MsgType.PUBLISH) readPublish(s, octets);
  else if (m.type === MsgType.PUBREC) {
    // One that comes again is answered again; not one for a message that is to be published yet again, which
    // would be a new one to a gateway that has seen PUBREL.
    const first = s.queue[0];
    if (!first || first.stage < 0 || encodeInteger(first.id) !== m.msgId)
      send(s, MsgType.PUBREL, m.msgId);
  } else if (m.type === MsgType.PUBREL) {
    const at = listFind(s.received, m.msgId);
    if (at >= 0) listRemove(s.received, at);
    send(s, MsgType.PUBCOMP, m.msgId);
  } else if (m.type === MsgType.REGISTER) readRegister(s, octets);
  else if (m.type === MsgType.PINGREQ) send(s, MsgType.PINGRESP, "");
  else if (m.type === MsgType.DISCONNECT) s.outcome = Status.CLOSED;
  else if (
    s.phase === SnPhase.CONNECTING &&
    (m.type === MsgType.WILLMSGREQ || (m.type === MsgType.WILLTOPICREQ && s.will))
  )
    askWill(s, m.type + 1, MsgType.CONNACK);
  else s.skipped += 1;
}

/** What was awaited has come, or PUBACK with a code for a message of QoS 0. @apart */
function readAnswer(s: SnSession): void {
  const m = s.fields;
  const message = s.queue[0]!;
  const isCongested = m.code === ReturnCode.CONGESTION;
  if (isCongested) s.outcome = ReturnCode.CONGESTION;
  if (m.type === MsgType.CONNACK) {
    if (m.code < 1) accept(s);
    else s.outcome = isCongested ? Status.REFUSED_UNAVAILABLE : Status.NOT_SUPPORTED;
  } else if (m.type > MsgType.DISCONNECT) {
    // A gateway that does not know the message is told in a new CONNECT.
    if (m.code > ReturnCode.ACCEPTED) s.newWill = MsgType.WILLTOPICUPD;
    s.updates = m.code < ReturnCode.INVALID_TOPIC_ID;
  } else if (isCongested) {
    // Nothing has been settled: it is asked for again.
  } else if (m.type === MsgType.DISCONNECT) {
    if (s.isLeaving) s.outcome = Status.CLOSED;
    else fallAsleep(s);
  } else if (m.type === MsgType.PINGRESP) {
    s.boundMs = 0;
    s.missed = 0;
    if (s.phase === SnPhase.AWAKE) {
      if (s.isLingering) s.due = SnLimit.LINGER_MS;
      else fallAsleep(s);
    }
  } else if (m.type > MsgType.PUBREL) subscribed(s);
  else if (m.type === MsgType.PUBREC) message.stage = Stage.RELEASED;
  else if (m.code < 1) {
    if (m.type === MsgType.REGACK) rememberTopic(s, message.title);
    else settleFirst(s, s.listeners.on.delivered);
  } else if (m.msgId === encodeInteger(0)) {
    // A QoS 0 message is gone. The next one to this topic registers it anew.
    if (m.code === ReturnCode.INVALID_TOPIC_ID)
      forgetTopic(s, s.keys, keyFrom(TopicIdType.NORMAL, m.topicId));
  } else {
    forgetTopic(s, s.names, message.title);
    // PUBLISH may have an identifier that was lost, and be told so twice; its topic is registered anew.
    if (
      m.type !== MsgType.PUBACK ||
      m.code !== ReturnCode.INVALID_TOPIC_ID ||
      message.stage > 2 ||
      s.request.charCodeAt(0) % 4 > TopicIdType.NORMAL
    )
      settleFirst(s, s.listeners.on.refused, Status.NOT_SUPPORTED);
  }
}

/** The gateway accepted: a new connection begins with nothing in common, waking up goes on. */
function accept(s: SnSession): void {
  s.phase = SnPhase.ONLINE;
  s.missed = 0;
  if (s.resumption !== Resumption.AWAKE) {
    s.accepted += 1;
    while (s.names.length > s.fixed) forgetTopic(s, s.names, s.names[s.fixed]!);
    for (const subscription of s.subscriptions) subscription.isKnown = false;
    if (s.resumption === Resumption.CLEAN) {
      // The server has forgotten both sides' QoS 2 messages: whether ours was delivered is uncertain.
      s.received = [];
      if (s.queue.length > 0 && s.queue[0]!.stage < 0) settleFirst(s, s.listeners.on.uncertain);
    }
    call(s.listeners, s.listeners.on.connect);
  }
}

/** REGISTER (section 6.5): the name of a message that will come. */
function readRegister(s: SnSession, octets: Octets): void {
  const m = s.fields;
  const name = octets.slice(m.data);
  const isTopic = !hasWildcard(name) && m.topicId !== encodeInteger(0);
  rememberTopic(s, isTopic ? name : "");
  s.isLingering = true;
  sendAck(s, MsgType.REGACK, isTopic ? ReturnCode.ACCEPTED : ReturnCode.NOT_SUPPORTED);
}

/** REGACK or PUBACK of the message just read. */
function sendAck(s: SnSession, type: MsgType, code: ReturnCode): void {
  send(s, type, s.fields.topicId + s.fields.msgId + String.fromCharCode(code));
}

/** PUBLISH (sections 6.6 and 6.10): acknowledged, then handed on; at QoS 2 once. @apart */
function readPublish(s: SnSession, octets: Octets): void {
  const m = s.fields;
  const qos = qosOf(m.flags);
  const idType = m.flags % 4;
  const name =
    idType === TopicIdType.SHORT
      ? m.topicId
      : s.names[listFind(s.keys, keyFrom(idType, m.topicId))];
  const isNew = qos < 2 || listFind(s.received, m.msgId) < 0;
  if (qos > 2 || idType > TopicIdType.SHORT || (qos > 0 && m.msgId === encodeInteger(0)))
    s.skipped += 1;
  else if (isNothing(name)) {
    // Unknown: the gateway will register it. Refused before: it sends it all the same.
    sendAck(
      s,
      MsgType.PUBACK,
      name === undefined ? ReturnCode.INVALID_TOPIC_ID : ReturnCode.NOT_SUPPORTED,
    );
  } else if (qos > 1 && isNew && s.received.length >= Limit.RECEIVED) {
    // Not acknowledged, it will come again.
    s.skipped += 1;
  } else {
    s.isLingering = false;
    if (qos > 1) {
      if (isNew) s.received.push(m.msgId);
      send(s, MsgType.PUBREC, m.msgId);
    } else if (qos > 0) sendAck(s, MsgType.PUBACK, ReturnCode.ACCEPTED);
    if (isNew) deliver(s, name!, octets, qos);
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
    const isMatch = matchesTopic(levelsOf(one.filter), levels);
    if (isMatch && one.handler) {
      handler = undefined;
      call(s.listeners, one.handler, title, payload, packet);
    }
  }
  call(s.listeners, handler, title, payload, packet);
}

/** Back to sleep; the program may switch its radio off for the time it is told. */
export function fallAsleep(s: SnSession): void {
  s.phase = SnPhase.ASLEEP;
  s.resumption = Resumption.AWAKE;
  s.isLingering = false;
  // Nine tenths of the time told, less what retries may take: the gateway allows a tenth more (section 7.2).
  s.due = Math.max(s.sleep * 900 - s.retries * s.retryMs, s.sleep * 500);
  call(s.listeners, s.listeners.on.asleep, s.due);
}
