// SPDX-License-Identifier: MIT
// Messages for a client: a queue with bounds, one message at a time under way, sent again until it is
// acknowledged (specification sections 6.5, 6.6, 6.13 and 6.14). What the client does not know by an identifier
// is registered first. A message leaves the queue when the client has it.

import { text, type Octets } from "#engine";
import { encodeAck, encodePublish, encodeRegister } from "../../src/sn/messages.js";
import { encodeMessage, MsgFlag, MsgType, ReturnCode } from "../../src/sn/packet.js";
import { decodeInteger, encodeInteger } from "../../src/wire/packet.js";
import { agreedWith, changed, type Gateway, send } from "./core.js";
import { become, halt, lose } from "./life.js";
import { isListening, type Flight, type Session, State } from "./session.js";
import { Fixed } from "./settings.js";
import { addressOf, idOf, refuse } from "./topics.js";
import type { Message } from "./world.js";

const sizeOf = ({ topic, payload }: Message) => topic.length + payload.length + Fixed.MESSAGE;

/** A message from the server for this client. */
export function deliver(g: Gateway, s: Session, message: Message): void {
  if (s.isClean && (s.state === State.DISCONNECTED || s.state === State.LOST)) return;
  if (s.topics.refused.has(message.topic)) g.counters.clientRefused += 1;
  else if (enqueue(g, s, message)) flow(g, s);
}

/** Puts a message into the queue; whether it is there. */
function enqueue(g: Gateway, s: Session, message: Message): boolean {
  const { messages, octets, totalOctets, drop } = g.settings.queue;
  const size = sizeOf(message);
  const isFull = () => s.queue.length >= messages || s.queued + size > octets;
  const isTight = () => isFull() || g.queued + size > totalOctets;
  while (isTight()) {
    const first = s.flight ? 1 : 0;
    const at = s.queue.findIndex(({ qos }, i) => i >= first && qos < 1);
    // What gives way is this client's own: nobody's queue is cut for somebody else.
    const victim = at >= 0 ? at : drop === "oldest" && message.qos > 0 ? first : s.queue.length;
    g.counters.queueFull += 1;
    if (victim >= s.queue.length) return false;
    remove(g, s, victim);
  }
  s.queue.push(message);
  s.queued += size;
  g.queued += size;
  changed(g, s);
  return true;
}

function remove(g: Gateway, s: Session, at: number): void {
  const [message] = s.queue.splice(at, 1);
  const size = sizeOf(message!);
  s.queued -= size;
  g.queued -= size;
  changed(g, s);
}

/** Sends what can be sent; awake and with nothing left, the client may sleep again. */
export function flow(g: Gateway, s: Session): void {
  while (isListening(s) && s.retry === undefined) {
    if (s.queue.length < 1) {
      if (s.state !== State.AWAKE) return;
      become(g, s, State.ASLEEP);
      send(g, s.peer, encodeMessage(MsgType.PINGRESP, ""));
      return;
    }
    s.flight ??= {
      msgId: "",
      registerId: "",
      isSent: false,
      isReleased: false,
      tries: 0,
      registers: 0,
    };
    advance(g, s, s.flight);
  }
}

/** The next step of the message under way: REGISTER, PUBLISH or PUBREL, as it stands. */
function advance(g: Gateway, s: Session, flight: Flight): void {
  const message = s.queue[0]!;
  const agreed = agreedWith(g, s);
  const address = addressOf(s.topics, agreed, message.topic);
  flight.registerId = "";
  if (flight.isReleased) {
    send(g, s.peer, encodeMessage(MsgType.PUBREL, flight.msgId));
    wait(g, s);
  } else if (s.topics.refused.has(message.topic)) {
    g.counters.clientRefused += 1;
    landed(g, s);
  } else if (address === undefined) {
    const id = idOf(s.topics, agreed, message.topic, g.settings.limits.topics);
    flight.registerId = newId(s);
    put(g, s, encodeRegister(id, flight.registerId, message.topic));
  } else {
    if (message.qos > 0 && flight.msgId === "") flight.msgId = newId(s);
    const octets = encodePublish(
      flagsOf(message, flight) + address.idType,
      address.topicId,
      message.qos > 0 ? flight.msgId : encodeInteger(0),
      message.payload,
    );
    flight.isSent = true;
    put(g, s, octets, message.qos < 1);
  }
}

function flagsOf({ qos, retain }: Message, { isSent }: Flight): number {
  return qos * MsgFlag.QOS + (retain ? MsgFlag.RETAIN : 0) + (isSent && qos > 0 ? MsgFlag.DUP : 0);
}

/** Sends a REGISTER or a PUBLISH, if the link takes one so long (section 6.10). */
function put(g: Gateway, s: Session, octets: Octets, isLast = false): void {
  const { peer } = s;
  if (octets.length + (peer.nodeId === undefined ? 0 : peer.nodeId.length + 3) > peer.link.mtu) {
    g.counters.tooLong += 1;
    g.log.warn(
      { client: text(s.clientId), octets: octets.length },
      "message too long for the link",
    );
    landed(g, s);
    return;
  }
  send(g, peer, octets);
  if (isLast) {
    g.counters.delivered += 1;
    landed(g, s);
  } else wait(g, s);
}

/** The message under way is done, or given up. */
function landed(g: Gateway, s: Session): void {
  halt(g, s);
  s.flight = undefined;
  remove(g, s, 0);
}

/** T_RETRY, and up to a quarter more, lest many clients keep step. */
function wait(g: Gateway, s: Session): void {
  const ms = s.peer.link.retryMs * (1 + g.clock.chance() / 4);
  g.clock.stop(s.retry);
  s.retry = g.clock.after(again, ms, { g, s });
}

/** Nothing has answered: once more, or the client does not hear us (section 6.13). */
function again({ g, s }: { g: Gateway; s: Session }): void {
  const { flight } = s;
  s.retry = undefined;
  if (!flight || !isListening(s)) return;
  if (flight.tries < g.settings.times.retries) {
    flight.tries += 1;
    g.counters.resent += 1;
  } else {
    flight.tries = 0;
    if (s.state === State.ACTIVE) {
      lose(g, s);
      return;
    }
    // It was awake for too short; what is under way stays first in the queue.
    become(g, s, State.ASLEEP);
    return;
  }
  flow(g, s);
}

/** A message identifier: 1 to 65,535, and round again. */
function newId(s: Session): Octets {
  do s.lastId = (s.lastId % 65535) + 1;
  while (s.flight !== undefined && s.flight.msgId === encodeInteger(s.lastId));
  return encodeInteger(s.lastId);
}

/** Goes on at once: the client has answered, or asks again because it has not heard us. */
export function nudge(g: Gateway, s: Session): void {
  halt(g, s);
  if (s.flight) s.flight.tries = 0;
  flow(g, s);
}

/** REGACK (section 6.5), matched by message identifier alone. */
export function readRegack(g: Gateway, s: Session): void {
  const { msgId, code } = g.fields;
  const { flight } = s;
  if (!flight || flight.registerId === "" || flight.registerId !== msgId) return;
  const { topic } = s.queue[0]!;
  if (code === ReturnCode.ACCEPTED) s.topics.known.add(topic);
  else if (code === ReturnCode.CONGESTION) return pause(g, s);
  else refuse(s.topics, topic);
  changed(g, s);
  nudge(g, s);
}

/** PUBACK, of QoS 1, and with a code of any QoS (section 6.6). */
export function readPuback(g: Gateway, s: Session): void {
  const { topicId, msgId, code } = g.fields;
  const { flight } = s;
  if (decodeInteger(msgId, 0) === 0) {
    // A QoS 0 message is gone; the next one is registered anew.
    if (code === ReturnCode.INVALID_TOPIC_ID) unlearnId(s, topicId);
    return;
  }
  if (!flight || flight.msgId !== msgId || flight.isReleased || !flight.isSent) return;
  const message = s.queue[0]!;
  if (code === ReturnCode.ACCEPTED) {
    if (message.qos > 1) return;
    g.counters.delivered += 1;
    landed(g, s);
  } else if (code === ReturnCode.CONGESTION) return pause(g, s);
  else if (flight.registerId !== "") {
    // Said twice of a PUBLISH that came twice; the name is being registered.
    return;
  } else if (code === ReturnCode.INVALID_TOPIC_ID && flight.registers < Fixed.REGISTERS) {
    flight.registers += 1;
    s.topics.known.delete(message.topic);
    s.topics.used.delete(message.topic);
    // A short name cannot be unknown: it has no identifier that could be registered.
    if (addressOf(s.topics, agreedWith(g, s), message.topic)) giveUp(g, s);
  } else giveUp(g, s);
  nudge(g, s);
}

function giveUp(g: Gateway, s: Session): void {
  g.counters.clientRefused += 1;
  landed(g, s);
}

function unlearnId(s: Session, topicId: Octets): void {
  const name = s.topics.names.get(topicId);
  if (name !== undefined) s.topics.known.delete(name);
}

/** T_WAIT: the client is congested. What is under way is sent again then. */
function pause(g: Gateway, s: Session): void {
  halt(g, s);
  s.retry = g.clock.after(resume, Fixed.WAIT_MS, { g, s });
}

function resume({ g, s }: { g: Gateway; s: Session }): void {
  s.retry = undefined;
  flow(g, s);
}

/** PUBREC, the first half of QoS 2. One that comes again is answered again. */
export function readPubrec(g: Gateway, s: Session): void {
  const { msgId } = g.fields;
  const { flight } = s;
  if (flight?.msgId !== msgId || !flight.isSent || s.queue[0]!.qos < 2) {
    send(g, s.peer, encodeMessage(MsgType.PUBREL, msgId));
    return;
  }
  if (flight.isReleased) return nudge(g, s);
  flight.isReleased = true;
  changed(g, s);
  nudge(g, s);
}

/** PUBCOMP, the second half. */
export function readPubcomp(g: Gateway, s: Session): void {
  if (s.flight?.msgId !== g.fields.msgId || !s.flight.isReleased) return;
  g.counters.delivered += 1;
  landed(g, s);
  nudge(g, s);
}

/** REGISTER by a client (section 6.5). */
export function readRegister(g: Gateway, s: Session, name: Octets, isName: boolean): void {
  const { msgId } = g.fields;
  let id = encodeInteger(0);
  if (isName) {
    id = idOf(s.topics, agreedWith(g, s), name, g.settings.limits.topics);
    s.topics.known.add(name);
    changed(g, s);
  }
  const code = isName ? ReturnCode.ACCEPTED : ReturnCode.NOT_SUPPORTED;
  send(g, s.peer, encodeAck(MsgType.REGACK, id, msgId, code));
}
