// SPDX-License-Identifier: MIT
// Reading what the server sends: chunks of any size in, handlers called, acknowledgements out.
// A packet that lies whole in its chunk is read in place; one that was cut waits in `rest`, never
// more than `inbox` octets; the payload of a longer one is handed on in parts.

import { call, guard, Octets, orUsual, payloadCut } from "#engine";
import { Limit } from "#limits";
import { outboxFree, outboxHas, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { decodeConnack } from "../wire/connect.js";
import { decodeHeader, decodeInteger, encodeAcknowledgement, First } from "../wire/packet.js";
import { decodePublish } from "../wire/publish.js";
import { accepted } from "./accept.js";
import { deliver, describe, dispatch } from "./dispatch.js";
import { Phase, Session } from "./session.js";
import { settle, tellRoom } from "./settle.js";
import { subscribed } from "./subscribe.js";

/** Reads a chunk. A negative Status says that the connection has to be closed, and why. */
export function sessionReceive(s: Session, octets: Octets): Status {
  let status = 1;
  let at = -1;
  // `rest + chunk` measured faster on Espruino than gathering in a block, and needs no more memory:
  // the octets have to leave a block as a string anyway.
  s.chunk = s.rest === "" ? octets : s.rest + octets;
  s.rest = "";
  s.at = 0;
  s.silentIn = 0;
  // A handler that threw has cost nothing: its packet was done before it was called.
  while (status > 0 && s.at > at) {
    at = s.at;
    status = guard(s.phase === Phase.CONNECTING ? readConnack : readPackets, s, s.handlers);
  }
  s.chunk = "";
  return status < 0 ? status : settle(s);
}

/** CONNACK is the first packet [MQTT-3.2.0-1]; 1 when it was read, and the rest can be. */
function readConnack(s: Session): number {
  const chunk = s.chunk;
  if (chunk.length > 3) {
    s.at = 4;
    if (chunk.charCodeAt(0) !== First.CONNACK || chunk.charCodeAt(1) !== 2) {
      return Status.UNEXPECTED;
    }
    return accepted(s, decodeConnack(chunk, 2));
  }
  s.rest = chunk;
  return chunk.charCodeAt(0) === First.CONNACK ? Status.OK : Status.UNEXPECTED;
}

function readPackets(s: Session): Status {
  const chunk = s.chunk;
  if (s.left > 0) readPart(s, 0);
  while (s.at + 1 < chunk.length) {
    const at = s.at;
    const first = chunk.charCodeAt(at);
    const length = chunk.charCodeAt(at + 1);
    let body = at + 2;
    let end = body + length;
    if (length > 127 || end > chunk.length) {
      body = openPacket(s, first, at);
      if (body < 1) return body;
      end = body + s.header.length;
    }
    if (first >= First.PUBLISH && first < First.PUBACK) {
      let payloadAt = body + s.known;
      // The short way: QoS 0, the topic of the message before.
      if (first > 49 || payloadAt > end || chunk.substring(body, payloadAt) !== s.topicIn) {
        payloadAt = readPublish(s, first, body, end);
        if (payloadAt < 0) return payloadAt;
      }
      s.at = end;
      if (payloadAt > 0) {
        if (first !== s.described) describe(s, first);
        const payload = payloadCut(chunk, payloadAt, end);
        if (s.handler !== undefined) s.handler(s.topic, payload, s.packet);
        else deliver(s, payload);
      }
    } else {
      s.at = end;
      const status = readControl(s, first, body, end - body);
      if (status < 0) return status;
    }
  }
  // A first octet on its own.
  if (s.at < chunk.length) s.rest = chunk.substring(s.at);
  return Status.OK;
}

/**
 * A packet that is not a short one lying whole in the chunk: where its body begins when it is
 * whole; 0 when it waits for the next chunk, or its payload is on its way in parts; or a Status.
 */
function openPacket(s: Session, first: number, at: number): number {
  const chunk = s.chunk;
  const inbox = orUsual(s.options.inbox, Limit.INBOX);
  const body = decodeHeader(s.header, chunk, at);
  const end = body + s.header.length;
  if (body < 0) return Status.MALFORMED;
  if (body > 0) {
    if (end <= chunk.length) return body;
    if (end - at > inbox) {
      // Too long to wait for: as soon as its head is here, the payload goes on in parts.
      if (first < First.PUBLISH || first >= First.PUBACK) return Status.INBOX_FULL;
      if (body + 1 < chunk.length && body + 4 + decodeInteger(chunk, body) <= chunk.length) {
        const payloadAt = readPublish(s, first, body, end);
        if (payloadAt < 0) return payloadAt;
        s.mute = payloadAt < 1;
        s.left = end - s.fields.payloadAt;
        describe(s, first);
        s.described = -1;
        s.packet.total = s.left;
        readPart(s, s.fields.payloadAt);
        return 0;
      }
      if (chunk.length - at > inbox) return Status.INBOX_FULL;
    }
  }
  s.rest = chunk.substring(at);
  s.at = chunk.length;
  return 0;
}

/** Hands on what the chunk holds from `at` on of a payload that comes in parts. */
function readPart(s: Session, at: number): void {
  const chunk = s.chunk;
  const part = s.packet.at;
  let end = at + s.left;
  if (end > chunk.length) end = chunk.length;
  s.at = end;
  s.left -= end - at;
  if (s.left < 1) acknowledge(s);
  // The length first: a handler may end the client, or go on to the next message.
  if (!s.mute) deliver(s, payloadCut(chunk, at, end));
  s.packet.at = part + end - at;
}

/**
 * A PUBLISH but for its payload: where that begins, 0 when the message is a duplicate, or a Status.
 * A whole one is acknowledged here, before its handler is called; one in parts at its last part.
 */
function readPublish(s: Session, first: number, body: number, end: number): number {
  const chunk = s.chunk;
  const fields = s.fields;
  let payloadAt = 0;
  if (!decodePublish(fields, first, chunk, body, end)) return Status.MALFORMED;
  const topic = chunk.substring(body, fields.topicEnd);
  if ((s.known === topic.length && topic === s.topicIn) || dispatch(s, topic)) {
    // Method B of section 4.3.3: a duplicate is known by its identifier, never by DUP.
    if (fields.qos < 2 || s.received.indexOf(pubrel(fields.packetId)) < 0) {
      if (fields.qos > 1 && s.received.length >= 4 * Limit.RECEIVED) return Status.RECEIVED_FULL;
      payloadAt = fields.payloadAt;
    }
    if (end <= chunk.length) acknowledge(s);
    return payloadAt;
  }
  return Status.MALFORMED;
}

function pubrel(packetId: number): Octets {
  return encodeAcknowledgement(First.PUBREL, packetId);
}

/** PUBACK or PUBREC for the PUBLISH in `fields` [MQTT-4.3.2-2] [MQTT-4.3.3-2]. */
function acknowledge(s: Session): void {
  const packetId = s.fields.packetId;
  if (s.fields.qos > 0) {
    s.acks += encodeAcknowledgement(s.fields.qos > 1 ? First.PUBREC : First.PUBACK, packetId);
    if (s.fields.qos > 1 && s.received.indexOf(pubrel(packetId)) < 0) {
      s.received += pubrel(packetId);
    }
  }
}

/** Every packet but PUBLISH and CONNACK. */
function readControl(s: Session, first: number, body: number, length: number): Status {
  const chunk = s.chunk;
  const outbox = s.outbox;
  const packetId = length > 1 ? decodeInteger(chunk, body) : 0;
  const release = pubrel(packetId);
  const place = s.released.indexOf(release);
  if (first === First.PINGRESP && length < 1) {
    s.awaited = 0;
    return Status.OK;
  }
  if (packetId < 1 || length !== (first === First.SUBACK ? 3 : 2)) return Status.MALFORMED;
  if (first === First.PUBACK) {
    if (outboxHas(outbox, packetId, State.QOS1 + State.SENT)) {
      outboxFree(outbox, packetId);
      delivered(s, packetId);
    } else s.skipped += 1;
  } else if (first === First.PUBREC) {
    if (outboxHas(outbox, packetId, State.QOS2 + State.SENT)) {
      outboxFree(outbox, packetId);
      s.released += release;
    } else if (place < 0) s.skipped += 1;
    // Always answered: the server must not wait for ever for a message we gave up.
    s.acks += release;
  } else if (first === First.PUBREL) {
    // Always answered, also when the identifier is not known [MQTT-4.3.3-2].
    s.received = without(s.received, s.received.indexOf(release));
    s.acks += encodeAcknowledgement(First.PUBCOMP, packetId);
  } else if (first === First.PUBCOMP) {
    s.released = without(s.released, place);
    if (place < 0) s.skipped += 1;
    else delivered(s, packetId);
  } else if (first === First.SUBACK || first === First.UNSUBACK) {
    return subscribed(s, packetId, length > 2 ? chunk.charCodeAt(body + 2) : -1);
  } else return Status.UNEXPECTED;
  return Status.OK;
}

/** The row of packets without the one at `place`; −1 is none. */
function without(packets: Octets, place: number): Octets {
  return place < 0 ? packets : packets.substring(0, place) + packets.substring(place + 4);
}

function delivered(s: Session, packetId: number): void {
  call(s.handlers, s.handlers.delivered, packetId);
  tellRoom(s);
}
