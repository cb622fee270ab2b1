// SPDX-License-Identifier: MIT
// Reading what the server sends: chunks of any size in, handlers called, acknowledgements out.
// A packet that lies whole in its chunk is read in place; one that was cut waits in `rest`, never
// more than `inbox` octets; the payload of a longer one is handed on in parts.

import { call, guard, numbersFind, Octets, payloadCut } from "#engine";
import { outboxFree, outboxSlot, Slot, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { decodeConnack } from "../wire/connect.js";
import { decodeInteger, decodeLength, First, Length } from "../wire/packet.js";
import { decodePublish } from "../wire/publish.js";
import { accepted } from "./accept.js";
import { deliver, describe, dispatch } from "./dispatch.js";
import { queue, settle, tellRoom } from "./settle.js";
import { subscribed } from "./subscribe.js";
import { Phase, Session } from "./session.js";

/** Reads a chunk. A negative Status says that the connection has to be closed, and why. */
export function sessionReceive(s: Session, octets: Octets): Status {
  let status = 1;
  let at = -1;
  // `rest + chunk` measured faster on Espruino than gathering in a block, and needs no more memory:
  // the octets have to leave a block as a string anyway.
  s.chunk = s.rest.length > 0 ? s.rest + octets : octets;
  s.rest = "";
  s.at = 0;
  s.silentIn = 0;
  // A handler that threw has cost nothing: the packet was done before it was called.
  while (status > 0 && s.at > at) {
    at = s.at;
    status = guard(readPackets, s, s.handlers);
  }
  s.chunk = "";
  return status < 0 ? status : settle(s);
}

function readPackets(s: Session): Status {
  const chunk = s.chunk;
  if (s.left > 0) readPart(s, chunk, 0);
  while (s.at + 1 < chunk.length) {
    const at = s.at;
    const first = chunk.charCodeAt(at);
    const length = chunk.charCodeAt(at + 1);
    let body = at + 2;
    let end = body + length;
    if (length > 127 || end > chunk.length) {
      const found = openPacket(s, first, at);
      if (found < 1) return found;
      body = s.body;
      end = s.end;
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
 * A packet that is not a short one lying whole in the chunk. 1: it is whole, `body` and `end` say
 * where; 0: it waits for the next chunk, or its payload is on its way in parts; else a Status.
 */
function openPacket(s: Session, first: number, at: number): number {
  const chunk = s.chunk;
  const packed = decodeLength(chunk, at + 1);
  if (packed === Length.MALFORMED) return Status.MALFORMED;
  if (packed >= 0) {
    const size = packed % 4;
    s.body = at + 2 + size;
    s.end = s.body + (packed - size) / 4;
    if (s.end <= chunk.length) return 1;
    if (s.end - at > s.inbox) {
      // Too long to wait for: as soon as its head is here, the payload goes on in parts.
      if (s.phase !== Phase.ONLINE) return Status.UNEXPECTED;
      if (first < First.PUBLISH || first >= First.PUBACK) return Status.INBOX_FULL;
      const headEnd = s.body + (chunk.length > s.body + 1 ? 4 + decodeInteger(chunk, s.body) : 4);
      if (headEnd <= chunk.length) {
        const payloadAt = readPublish(s, first, s.body, s.end);
        if (payloadAt < 0) return payloadAt;
        s.mute = payloadAt < 1;
        s.left = s.end - s.fields.payloadAt;
        describe(s, first);
        s.described = -1;
        s.packet.at = 0;
        s.packet.total = s.left;
        readPart(s, chunk, s.fields.payloadAt);
        return 0;
      }
      if (headEnd - at > s.inbox) return Status.INBOX_FULL;
    }
  }
  s.rest = chunk.substring(at);
  s.at = chunk.length;
  return 0;
}

/** Hands on what the chunk holds from `at` on of a payload that comes in parts. */
function readPart(s: Session, chunk: Octets, at: number): void {
  let end = at + s.left;
  if (end > chunk.length) end = chunk.length;
  const packet = s.packet;
  const part = packet.at;
  s.at = end;
  s.left -= end - at;
  if (s.left < 1) acknowledge(s);
  if (!s.mute && end > at) {
    const payload = payloadCut(chunk, at, end);
    deliver(s, payload);
  }
  packet.at = part + end - at;
}

/**
 * A PUBLISH but for its payload: where that begins, 0 when the message is a duplicate, or a Status.
 * A whole one is acknowledged here, before its handler is called; one in parts at its last part.
 */
function readPublish(s: Session, first: number, body: number, end: number): number {
  const chunk = s.chunk;
  const fields = s.fields;
  if (s.phase !== Phase.ONLINE) return Status.UNEXPECTED;
  if (!decodePublish(fields, first, chunk, body, end)) return Status.MALFORMED;
  const topicEnd = fields.topicEnd;
  if (topicEnd - body !== s.known || chunk.substring(body, topicEnd) !== s.topicIn) {
    if (!dispatch(s, chunk.substring(body, topicEnd))) return Status.MALFORMED;
  }
  if (fields.qos > 1) {
    // Method B of section 4.3.3: a duplicate is known by its identifier, never by DUP.
    if (numbersFind(s.received, fields.packetId) >= 0) {
      if (end <= chunk.length) acknowledge(s);
      return 0;
    }
    if (numbersFind(s.received, 0) < 0) return Status.RECEIVED_FULL;
  }
  if (end <= chunk.length) acknowledge(s);
  return fields.payloadAt;
}

/** PUBACK or PUBREC for the PUBLISH in `fields`; [MQTT-4.3.2-2], [MQTT-4.3.3-2]. */
function acknowledge(s: Session): void {
  const packetId = s.fields.packetId;
  if (s.fields.qos === 1) queue(s, First.PUBACK, packetId);
  if (s.fields.qos > 1) {
    if (numbersFind(s.received, packetId) < 0) s.received[numbersFind(s.received, 0)] = packetId;
    queue(s, First.PUBREC, packetId);
  }
}

/** Every packet but PUBLISH. */
function readControl(s: Session, first: number, body: number, length: number): Status {
  const chunk = s.chunk;
  if (s.phase !== Phase.ONLINE) {
    if (first !== First.CONNACK || length !== 2) return Status.UNEXPECTED;
    const present = decodeConnack(chunk, body);
    return present < 0 ? present : accepted(s, present);
  }
  if (first === First.PINGRESP && length === 0) {
    s.awaited = -1;
    return Status.OK;
  }
  if (first === First.CONNACK) return Status.UNEXPECTED;
  if (length !== (first === First.SUBACK ? 3 : 2)) return Status.MALFORMED;
  const packetId = decodeInteger(chunk, body);
  if (packetId < 1) return Status.MALFORMED;
  if (first === First.SUBACK || first === First.UNSUBACK) {
    return subscribed(s, first, packetId, chunk.charCodeAt(body + 2));
  }
  if (first === First.PUBREL) {
    // Always answered, also when the identifier is not known [MQTT-4.3.3-2].
    const place = numbersFind(s.received, packetId);
    if (place >= 0) s.received[place] = 0;
    queue(s, First.PUBCOMP, packetId);
    return Status.OK;
  }
  return first === First.PUBACK || first === First.PUBREC || first === First.PUBCOMP
    ? acknowledged(s, first, packetId)
    : Status.MALFORMED;
}

/** PUBACK, PUBREC, PUBCOMP. One that nothing waits for is counted and ignored. */
function acknowledged(s: Session, first: number, packetId: number): Status {
  const outbox = s.outbox;
  const slot = outboxSlot(outbox, packetId);
  const state = slot < 0 ? State.FREE : outbox.slots[slot + Slot.STATE]!;
  if (first === First.PUBREC) {
    if (state === State.QOS2 + State.SENT) {
      outbox.slots[slot + Slot.STATE] = State.RELEASED + State.SENT;
      outbox.slots[slot + Slot.LENGTH] = outbox.order;
      outbox.order = (outbox.order + 1) % 65536;
    } else if (state !== State.RELEASED + State.SENT) s.skipped += 1;
    // Always answered: the server must not wait for ever for a message we gave up.
    queue(s, First.PUBREL, packetId);
  } else if (
    state === (first === First.PUBACK ? State.QOS1 + State.SENT : State.RELEASED + State.SENT)
  ) {
    outboxFree(outbox, slot);
    call(s.handlers, s.handlers.delivered, packetId);
    if (s.wanting) tellRoom(s);
  } else s.skipped += 1;
  return Status.OK;
}
