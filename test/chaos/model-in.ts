// SPDX-License-Identifier: MIT
// What the model learns from octets that reach the client. Packets are read no further than the client
// has read them, because a handler may change what the next one means: see `advance`.

import { decode, headOf, matches, measure, type Packet, Type } from "./codec.js";
import { Bound, type Due, fail, type Model, outDone, type Watch } from "./model.js";

/** A chunk is about to be read. */
export function modelReceives(m: Model, octets: string): void {
  const watch = m.watch;
  if (watch === undefined || m.isEnded) return;
  watch.chunk = watch.rest + octets;
  watch.rest = "";
  watch.heardAt = m.now;
  if (m.phase === "connecting" && watch.chunk !== "" && watch.chunk.charCodeAt(0) !== 32) {
    watch.must = { why: "the first packet is no CONNACK [MQTT-3.2.0-1]", status: -27 };
  }
}

/** Reads packets until one has to be told, or none is left. */
export function advance(m: Model): void {
  const watch = m.watch;
  if (watch === undefined) return;
  if (m.isEnded) watch.chunk = "";
  while (watch.chunk !== "" && watch.must === undefined && m.due.length < 1) {
    if (watch.partial) partGoesOn(m, watch);
    else nextPacket(m, watch);
  }
}

function must(watch: Watch, why: string, status: number): void {
  watch.must = { why, status };
}

function nextPacket(m: Model, watch: Watch): void {
  const octets = watch.chunk;
  const { inbox } = m.scenario.options;
  const { body, end } = measure(octets);
  if (end === -2) return must(watch, "a Remaining Length of five octets", -26);
  if (end >= 0 && end <= octets.length) {
    const packet = decode(octets.slice(0, end), false);
    watch.chunk = octets.slice(end);
    if (typeof packet === "string") must(watch, packet, 0);
    else modelHandles(m, watch, packet);
    return;
  }
  const isLong = end >= 0 && end > inbox;
  if (isLong && octets.charCodeAt(0) >> 4 === Type.PUBLISH) {
    const topicEnd = body + 2 + octets.charCodeAt(body) * 256 + octets.charCodeAt(body + 1);
    if (topicEnd + 2 <= octets.length) {
      const head = headOf(octets.charCodeAt(0), octets, body, end);
      if (typeof head === "string") return must(watch, head, 0);
      watch.chunk = octets.slice(head.payloadAt);
      partBegins(m, watch, head.packet, end - head.payloadAt);
      return;
    }
  } else if (isLong) return must(watch, "a packet longer than the inbox", -16);
  if (octets.length > inbox) return must(watch, "a head longer than the inbox", -16);
  watch.rest = octets;
  watch.chunk = "";
}

/** Who has to be told of a topic. */
function handlersOf(m: Model, topic: string): string[] {
  const found = m.entries.filter(({ filter, handler }) => handler && matches(filter, topic));
  return found.length > 0 ? found.map(({ handler }) => handler!) : ["message"];
}

/** Whether the message is known already, by its identifier; the table may be full. */
function isKnown(m: Model, watch: Watch, { qos, id }: Packet): boolean {
  if (qos < 2 || m.received.has(id)) return qos > 1;
  if (m.received.size >= Bound.RECEIVED) must(watch, "too many QoS 2 messages at a time", -15);
  return false;
}

/** The whole message is here: it has to be acknowledged. */
function taken(m: Model, { qos, id }: Packet, payload: string, isMute: boolean): void {
  if (!isMute) m.heard.set(payload, (m.heard.get(payload) ?? 0) + 1);
  if (qos > 0) m.owed.push(`${qos > 1 ? Type.PUBREC : Type.PUBACK}:${id}`);
  if (qos > 1) m.received.add(id);
}

function partBegins(m: Model, watch: Watch, packet: Packet, total: number): void {
  const isMute = isKnown(m, watch, packet);
  const handlers = handlersOf(m, packet.topic);
  watch.partial = { packet, at: 0, total, payload: "", isMute, handlers };
}

function partGoesOn(m: Model, watch: Watch): void {
  const partial = watch.partial!;
  const { packet, at, total } = partial;
  const payload = watch.chunk.slice(0, total - at);
  watch.chunk = watch.chunk.slice(payload.length);
  partial.at += payload.length;
  partial.payload += payload;
  if (partial.at === total) {
    taken(m, packet, partial.payload, partial.isMute);
    watch.partial = undefined;
  }
  if (!partial.isMute) m.due.push(messageDue(packet, payload, at, total, partial.handlers));
}

export function messageDue(
  { topic, qos, retain, dup }: Packet,
  payload: string,
  at: number,
  total: number,
  handlers: string[],
): Due {
  return {
    event: "message",
    values: [topic, payload, qos, retain, dup, at, total],
    handlers: [...handlers],
  };
}

function modelHandles(m: Model, watch: Watch, packet: Packet): void {
  const { type, id } = packet;
  if (type === Type.CONNACK) return modelAccepted(m, watch, packet);
  if (type === Type.PUBLISH) {
    const isMute = isKnown(m, watch, packet);
    if (watch.must) return;
    taken(m, packet, packet.payload, isMute);
    if (!isMute) m.due.push(messageDue(packet, packet.payload, 0, 0, handlersOf(m, packet.topic)));
  } else if (type === Type.PUBREL) {
    m.received.delete(id);
    m.owed.push(`${Type.PUBCOMP}:${id}`);
  } else if (type === Type.SUBACK || type === Type.UNSUBACK) modelSubscribed(m, watch, packet);
  else if (type === Type.PINGRESP) watch.pingAt = -1;
  else modelAcknowledged(m, packet);
}

function tell(m: Model, event: string, ...values: unknown[]): void {
  m.due.push({ event, values, handlers: [] });
}

function modelAccepted(m: Model, watch: Watch, { code }: Packet): void {
  const present = code > 255;
  if (m.phase === "online") return must(watch, "a second CONNACK", 0);
  if (code % 256 > 0) return must(watch, "refused", -20 - (code % 256));
  if (present && m.scenario.options.cleanSession) {
    return must(watch, "session present in a clean session", -27);
  }
  m.phase = "online";
  m.accepted += 1;
  m.isPresent = present;
  watch.onlineAt = m.now;
  watch.pingAt = -1;
  // CONNACK proves that CONNECT, and with it what was sent behind it, has left.
  watch.outstanding = 0;
  // A connection whose CONNACK did not come may have begun a session of its own.
  if (!present || m.acceptedOn < m.attempts - 1) m.session += 1;
  m.acceptedOn = m.attempts;
  if (present) {
    m.owed.push(...m.released.map((out) => `${Type.PUBREL}:${out.id}`));
    m.again = m.released.length;
  } else {
    m.received.clear();
    for (const { id } of m.released) tell(m, "uncertain", id);
    m.released = [];
  }
  tell(m, "connect", present);
}

function modelSubscribed(m: Model, watch: Watch, { type, id, code }: Packet): void {
  const isLeaving = type === Type.UNSUBACK;
  const entry = m.entries.find(
    (one) =>
      one.id === id &&
      one.askedOn === watch.no &&
      one.knownTo !== m.session &&
      one.qos < 0 === isLeaving,
  );
  if (entry === undefined) {
    m.skipped += 1;
    return;
  }
  entry.knownTo = m.session;
  if (isLeaving || code > 2) m.entries = m.entries.filter((one) => one !== entry);
  if (isLeaving) tell(m, "unsubscribed", id);
  else tell(m, "subscribed", id, code > 2 ? -28 : code);
}

function modelAcknowledged(m: Model, { type, id }: Packet): void {
  const out = m.outs.find((one) => one.id === id && one.qos > 0);
  const wasSent = out !== undefined && (out.handedOn > 0 || out.maybe);
  if (type === Type.PUBREC) {
    m.owed.push(`${Type.PUBREL}:${id}`);
    if (wasSent && out.state === "held" && out.qos === 2) {
      out.state = "released";
      m.released.push(out);
    } else if (out?.state !== "released") m.skipped += 1;
    return;
  }
  const isDone =
    type === Type.PUBACK
      ? wasSent && out.state === "held" && out.qos === 1
      : out?.state === "released";
  if (!isDone) {
    m.skipped += 1;
    return;
  }
  outDone(m, out!, "delivered");
  tell(m, "delivered", id);
}

/** The rest of a payload will not come. */
export function partBreaks(m: Model, watch: Watch): void {
  const partial = watch.partial;
  watch.partial = undefined;
  if (partial === undefined || partial.isMute) return;
  const due = messageDue(partial.packet, "", -1, partial.total, partial.handlers);
  // Of one that has not begun there is nothing to be told.
  if (partial.at === 0) due.isOptional = true;
  if (m.due.length > 0) fail(m, `not told: ${m.due[0]!.event}`);
  m.due.push(due);
}
