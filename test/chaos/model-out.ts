// SPDX-License-Identifier: MIT
// What the model says to octets that the client hands to its link.

import {
  headOf,
  measure,
  NAMES,
  type Packet,
  readerOpen,
  readPacket,
  Type,
  wordsOf,
} from "./codec.js";
import { Bound, type Entry, fail, type Model, type Out, outDone, type Watch } from "./model.js";
import { advance } from "./model-in.js";

const isAck = (type: number) => type >= Type.PUBACK && type <= Type.PUBCOMP;

/** Octets were handed to the link; `hasThrown` when it did not take them. */
export function modelWrites(m: Model, watch: Watch, octets: string, hasThrown: boolean): void {
  if (m.depth === 0) advance(m);
  if (watch !== m.watch || watch.isClosed) return fail(m, "writes to a connection it let go of");
  if (watch.hasDisconnected) return fail(m, "writes behind DISCONNECT [MQTT-3.14.4-2]");
  if (octets === "") return fail(m, "writes nothing");
  windowHolds(m, watch, octets);
  watch.outstanding += octets.length;
  if (hasThrown || watch.hasThrown) {
    watch.hasThrown = true;
    m.owed = [];
    const packet = watch.open ? undefined : headIn(octets);
    const out = watch.open?.message ?? (packet && findOut(m, watch, packet));
    if (out) out.maybe = true;
    else wishThrown(m, watch, octets);
    if (out?.qos === 0) {
      outDone(m, out, "dropped");
      m.ghosts += 1;
    }
    return;
  }
  keepsAlive(m, watch);
  watch.writtenAt = m.now;
  watch.out.rest += octets;
  for (;;) {
    openHead(m, watch);
    const packet = readPacket(watch.out);
    if (packet === undefined) break;
    packetOut(m, watch, packet);
  }
  if (watch.out.wrong) return fail(m, `sends what is not MQTT: ${watch.out.wrong}`);
  if (watch.out.rest !== "" && !watch.open) fail(m, "leaves a packet in its midst");
  if (watch.open) {
    const { message, payloadAt } = watch.open;
    if (!message.payload.startsWith(watch.out.rest.slice(payloadAt))) {
      fail(m, `other octets in the midst of message ${message.n}`);
    }
  }
}

/** A write of SUBSCRIBE or UNSUBSCRIBE threw: it may have left all the same, and be answered. */
function wishThrown(m: Model, watch: Watch, octets: string): void {
  const packet = readPacket({ ...readerOpen(true), rest: octets });
  if (packet?.type !== Type.SUBSCRIBE && packet?.type !== Type.UNSUBSCRIBE) return;
  const entry = entryOf(m, packet);
  if (entry === undefined) return;
  entry.id = packet.id;
  entry.askedOn = watch.no;
}

/** The entry that a SUBSCRIBE or UNSUBSCRIBE is for; the call that asks may not have returned yet. */
function entryOf(m: Model, packet: Packet): Entry | undefined {
  return m.entries.find(
    ({ id, filter }) => id === packet.id || (id < 0 && filter === packet.topic),
  );
}

/** The interval between packets is not longer than keep alive [MQTT-3.1.2-23]. */
export function keepsAlive(m: Model, watch: Watch): void {
  const since = Math.max(watch.writtenAt, watch.onlineAt, m.lateAt);
  const { keepAlive } = m.scenario.options;
  if (keepAlive < 1 || watch.open || watch.hasThrown || m.isEnded) return;
  if (m.now - since > keepAlive * 1000) {
    fail(m, `nothing sent for ${m.now - since} ms at keep alive ${keepAlive} s [MQTT-3.1.2-23]`);
  }
}

/** What is not an acknowledgement fits in the window; a subscription at least when it is empty. */
function windowHolds(m: Model, watch: Watch, octets: string): void {
  const type = octets.charCodeAt(0) >> 4;
  const { linkWindow } = m.scenario.options;
  const isFree =
    !watch.open &&
    (isAck(type) || type === Type.CONNECT || type >= Type.PINGREQ || !watch.isConnected);
  const isWish = !watch.open && (type === Type.SUBSCRIBE || type === Type.UNSUBSCRIBE);
  if (isFree || watch.hasThrown || (isWish && watch.outstanding === 0)) return;
  if (watch.outstanding + octets.length > linkWindow && watch.onlineAt >= 0) {
    fail(m, `${watch.outstanding} + ${octets.length} octets in a window of ${linkWindow}`);
  }
}

/** The head of a PUBLISH at the beginning of octets, whole or not. */
function headIn(octets: string): { packet: Packet; payloadAt: number; size: number } | undefined {
  const { body, end } = measure(octets);
  if (octets.charCodeAt(0) >> 4 !== Type.PUBLISH || end < 0) return undefined;
  const head = headOf(octets.charCodeAt(0), octets, body, end);
  if (typeof head === "string" || head.payloadAt < 0) return undefined;
  return { ...head, size: end - head.payloadAt };
}

function findOut(m: Model, watch: Watch, head: { packet: Packet; size: number }): Out | undefined {
  const { id, qos, topic } = head.packet;
  if (qos > 0) {
    const known = m.outs.find((out) => out.id === id && out.qos > 0);
    // The call that publishes it has not returned yet.
    const calling = m.outs.find((out) => out.id < 0 && out.qos === qos && out.topic === topic);
    if (known === undefined && calling) calling.id = id;
    return known ?? calling;
  }
  return m.outs.find(
    (out) =>
      out.qos === 0 &&
      out.topic === topic &&
      out.payload.length === head.size &&
      (out.handedOn === 0 || out.handedOn === watch.no) &&
      !out.maybe,
  );
}

/** As soon as the head of a PUBLISH is out, it is known which message it is, and whether it may be. */
function openHead(m: Model, watch: Watch): void {
  if (watch.open) return;
  const head = headIn(watch.out.rest);
  if (head === undefined) return;
  const { packet, payloadAt } = head;
  const isZero = packet.qos === 0 && m.zero?.topic === packet.topic;
  if (isZero && watch.out.rest.slice(payloadAt) === m.zero!.payload) return;
  const out = findOut(m, watch, head);
  if (out === undefined) return fail(m, `${wordsOf(packet)}: nobody published that`);
  watch.open = { message: out, payloadAt };
  const name = `message ${out.n} (${wordsOf(packet)})`;
  if (out.state !== "held") fail(m, `${name} was received by the server already [MQTT-4.3.3-1]`);
  if (out.handedOn === watch.no) fail(m, `${name} is sent twice on one connection`);
  if (packet.qos > 0 && !out.maybe && packet.dup !== out.handedOn > 0) {
    fail(m, `${name} has a wrong DUP [MQTT-3.3.1-1]`);
  }
  if (packet.qos !== out.qos || packet.topic !== out.topic || packet.retain !== out.retain) {
    fail(m, `${name} was published otherwise`);
  }
  if (packet.qos > 0) inOrder(m, watch, out, name);
  out.handedOn = watch.no;
  out.sessions.add(m.session);
}

/** Messages leave in the order they were accepted in, and so again [MQTT-4.6.0-1]. */
function inOrder(m: Model, watch: Watch, out: Out, name: string): void {
  if (m.again > 0 && m.owed.length > 0) fail(m, `${name} before PUBRELs of earlier connections`);
  if (out.n < watch.lastOut) fail(m, `${name} behind message ${watch.lastOut} [MQTT-4.6.0-1]`);
  watch.lastOut = out.n;
  const earlier = m.outs.find(
    (one) =>
      one.n < out.n &&
      one.state === "held" &&
      one.qos > 0 &&
      one.handedOn !== watch.no &&
      !one.maybe,
  );
  if (earlier) fail(m, `${name} before message ${earlier.n} [MQTT-4.6.0-1]`);
}

function packetOut(m: Model, watch: Watch, packet: Packet): void {
  const { type, id } = packet;
  const words = wordsOf(packet);
  if (type === Type.CONNECT) {
    const { options } = m.scenario;
    if (watch.isConnected) fail(m, "a second CONNECT [MQTT-3.1.0-2]");
    if (packet.clean !== options.cleanSession) fail(m, "another clean session");
    if (packet.keepAlive !== options.keepAlive) fail(m, "another keep alive");
    watch.isConnected = true;
    return;
  }
  if (!watch.isConnected) return fail(m, `${words} before CONNECT [MQTT-3.1.0-1]`);
  if (m.phase === "connecting") mayBeEager(m, watch, packet, words);
  if (type === Type.PUBLISH) publishOut(m, watch, packet);
  else if (isAck(type)) {
    const wanted = m.owed.shift();
    if (m.again > 0) m.again -= 1;
    if (wanted !== `${type}:${id}`) {
      const [kind, number] = wanted?.split(":") ?? [];
      fail(m, `${words}, where ${kind ? `${NAMES[Number(kind)]} ${number}` : "nothing"} is due`);
    }
  } else if (type === Type.PINGREQ) {
    if (m.scenario.options.keepAlive < 1) fail(m, "PINGREQ without keep alive");
    if (watch.pingAt < 0) watch.pingAt = m.now;
  } else if (type === Type.DISCONNECT) {
    if (m.owed.length > 0) fail(m, `DISCONNECT before ${m.owed[0]}`);
    watch.hasDisconnected = true;
  } else subscriptionOut(m, watch, packet, words);
}

function mayBeEager(m: Model, watch: Watch, packet: Packet, words: string): void {
  const isOld = (out: Out) => out.handedOn > 0 && out.handedOn !== watch.no;
  if (packet.type === Type.PINGREQ) return;
  if (!m.scenario.options.eager) fail(m, `${words} before CONNACK`);
  if (packet.type !== Type.PUBLISH && packet.type < Type.SUBSCRIBE) fail(m, `${words}, eager`);
  if (m.released.length > 0 || m.outs.some((out) => out.qos > 0 && isOld(out))) {
    fail(m, `${words} before CONNACK, though older messages are unacknowledged`);
  }
}

function publishOut(m: Model, watch: Watch, packet: Packet): void {
  const open = watch.open;
  watch.open = undefined;
  if (open === undefined) {
    const zero = m.zero;
    m.zero = undefined;
    if (zero === undefined || packet.retain !== zero.retain) fail(m, "QoS 0 that nobody published");
    return;
  }
  if (packet.payload !== open.message.payload) fail(m, `message ${open.message.n} is another one`);
  if (packet.qos === 0) outDone(m, open.message, "delivered");
}

function subscriptionOut(m: Model, watch: Watch, packet: Packet, words: string): void {
  const entry = entryOf(m, packet);
  if (entry && entry.id < 0) entry.id = packet.id;
  if (entry === undefined || entry.filter !== packet.topic || entry.qos !== packet.qos) {
    return fail(m, `${words}: nobody asked for that`);
  }
  if (entry.askedOn === watch.no) fail(m, `${words} twice on one connection`);
  if (entry.knownTo === m.session) fail(m, `${words}: the server knows that`);
  if (m.outs.some(({ id, qos }) => qos > 0 && id === packet.id)) {
    fail(m, `${words} under the identifier of a message in flight [MQTT-2.3.1-2]`);
  }
  entry.askedOn = watch.no;
}

/** Beyond the window's reserve a connection cannot be kept. */
export function isOverReserve(m: Model, watch: Watch): boolean {
  return watch.outstanding + watch.unsent > m.scenario.options.linkWindow + Bound.RESERVE;
}
