// SPDX-License-Identifier: MIT
// PUBLISH from clients (specification sections 6.6 and 6.8): handed to the server, and acknowledged when the
// server has acknowledged it, never before. QoS 2 is one message however often it comes until its PUBREL.

import { type Octets } from "#engine";
import { encodeAck } from "../../src/sn/messages.js";
import { encodeMessage, isRetained, MsgType, qosOf, ReturnCode } from "../../src/sn/packet.js";
import { encodeInteger } from "../../src/wire/packet.js";
import { orphan } from "./connect.js";
import { agreedWith, changed, type Gateway, send } from "./core.js";
import { type Received, type Session, State } from "./session.js";
import { Fixed } from "./settings.js";
import { listOpen, nameOf } from "./topics.js";
import type { Message } from "./world.js";

/** QoS −1: from anybody, to a topic agreed upon with all or one of two octets, never answered. */
export function readMinusOne(g: Gateway, octets: Octets): void {
  const { flags, topicId, data } = g.fields;
  const agreed = { own: undefined, all: g.predefined };
  const topic = g.settings.qosMinusOne && nameOf(listOpen(), agreed, topicId, flags % 4);
  if (typeof topic !== "string") {
    g.counters.minusOneDropped += 1;
    return;
  }
  g.counters.publishedMinusOne += 1;
  const payload = octets.slice(data);
  g.upstream.publishOwn({ topic, payload, qos: 0, retain: isRetained(flags) });
}

/** PUBLISH of a client that is connected; from a sleeping one it is taken as well. */
export function readPublish(g: Gateway, s: Session, octets: Octets): void {
  const { flags, topicId, msgId, data } = g.fields;
  const qos = qosOf(flags);
  if (qos > 0 && msgId === encodeInteger(0)) {
    g.counters.publishDropped += 1;
    return;
  }
  const known = qos > 0 ? s.received.get(msgId) : undefined;
  if (known?.qos === qos) {
    // On its way, and answered then; or the server has it, and PUBREC was lost.
    known.isAwaited = true;
    if (known.isDone) send(g, s.peer, encodeMessage(MsgType.PUBREC, msgId));
    return;
  }
  const topic = nameOf(s.topics, agreedWith(g, s), topicId, flags % 4);
  if (topic === undefined) {
    g.counters.publishDropped += 1;
    send(g, s.peer, encodeAck(MsgType.PUBACK, topicId, msgId, ReturnCode.INVALID_TOPIC_ID));
    return;
  }
  const isUp = g.upstream.isUp(s);
  if (!isUp && s.state !== State.ASLEEP) {
    orphan(g, s);
    return;
  }
  if (!isUp || s.pending >= g.settings.limits.inFlight || !hasRoom(s)) {
    g.counters.publishDropped += 1;
    if (qos > 0) send(g, s.peer, encodeAck(MsgType.PUBACK, topicId, msgId, ReturnCode.CONGESTION));
    return;
  }
  const payload = octets.slice(data);
  pass(g, s, { topic, payload, qos, retain: isRetained(flags) }, topicId, msgId);
}

/** Makes room for a message identifier: the oldest whose PUBREL has not come is given up. */
function hasRoom(s: Session): boolean {
  if (s.received.size < Fixed.RECEIVED) return true;
  for (const [msgId, { isDone }] of s.received) {
    if (isDone) return s.received.delete(msgId);
  }
  return false;
}

function pass(g: Gateway, s: Session, message: Message, topicId: Octets, msgId: Octets): void {
  const { qos } = message;
  const entry: Received = { qos, isDone: false, isAwaited: true };
  if (qos > 0) s.received.set(msgId, entry);
  s.pending += 1;
  g.upstream.publish(s, message, (isDone) => {
    s.pending -= 1;
    if (isDone) g.counters.published += 1;
    else g.counters.publishDropped += 1;
    // A clean session may have begun meanwhile, in which this identifier means nothing, or something else.
    if (qos < 1 || s.received.get(msgId) !== entry) return;
    if (isDone && qos > 1) {
      entry.isDone = true;
      changed(g, s);
    } else s.received.delete(msgId);
    if (!isDone || !entry.isAwaited) return;
    send(
      g,
      s.peer,
      qos > 1
        ? encodeMessage(MsgType.PUBREC, msgId)
        : encodeAck(MsgType.PUBACK, topicId, msgId, ReturnCode.ACCEPTED),
    );
  });
}

/** PUBREL: answered always, for PUBCOMP may have been lost. */
export function readPubrel(g: Gateway, s: Session): void {
  const { msgId } = g.fields;
  if (s.received.get(msgId)?.isDone === false) return;
  if (s.received.delete(msgId)) changed(g, s);
  send(g, s.peer, encodeMessage(MsgType.PUBCOMP, msgId));
}
