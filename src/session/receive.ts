// SPDX-License-Identifier: MIT
// Reading what the server sends: chunks of any size in, handlers called, acknowledgements out.
// A packet that lies whole in its chunk is read in place; one that was cut waits in `rest`, never
// more than `inbox` octets; the payload of a longer one is handed on in parts.

import { call, Octets, orUsual, payloadCut } from "#engine";
import { Limit } from "#limits";
import { outboxFree, outboxHas, State } from "../ring/outbox.js";
import { Status } from "../status.js";
import { decodeConnack } from "../wire/connect.js";
import {
  decodeHeader,
  decodeInteger,
  encodeInteger,
  encodePacket,
  First,
  placeOf,
  withoutPlace,
} from "../wire/packet.js";
import { decodePublish } from "../wire/publish.js";
import { accepted } from "./accept.js";
import { deliver, describe, recognize } from "./dispatch.js";
import { flush } from "./flush.js";
import { Mark, Phase, Session } from "./session.js";
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
    status = call(s.listeners, readPackets, s);
  }
  s.chunk = "";
  return status < 0 ? status : flush(s);
}

/** CONNACK is the first packet [MQTT-3.2.0-1]; 1 when it was read, and the rest can be. */
function readConnack(s: Session): number {
  const chunk = s.chunk;
  if (chunk !== "" && chunk.charCodeAt(0) !== First.CONNACK) return Status.UNEXPECTED;
  if (chunk.length < 4) {
    s.rest = chunk;
    return Status.OK;
  }
  s.at = 4;
  return chunk.charCodeAt(1) === 2 ? accepted(s, decodeConnack(chunk, 2)) : Status.MALFORMED;
}

function readPackets(s: Session): number {
  const chunk = s.chunk;
  if (s.phase < Phase.ONLINE) return readConnack(s);
  if (s.left > 0 && s.at < 1) continuePayload(s);
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
    s.at = end;
    let payloadAt = body + s.known;
    if (first === s.described && payloadAt <= end && chunk.slice(body, payloadAt) === s.topicIn) {
      // The short way, for most of a burst: like the message before in all but its payload.
      if (first > 49) {
        payloadAt = acknowledgeShort(s, payloadAt, end);
        if (payloadAt < 0) return payloadAt;
      }
      s.handler!(s.topic, payloadCut(chunk, payloadAt, end), s.packet);
    } else if (first >= First.PUBLISH && first < First.PUBACK) {
      if (first < 52 && end <= chunk.length && recall(s, body, end)) {
        payloadAt = body + s.known;
        if (first > 49) payloadAt = acknowledgeShort(s, payloadAt, end);
      } else payloadAt = readPublish(s, first, body, end);
      if (payloadAt < 0) return payloadAt;
      if (payloadAt > 0) {
        if (first !== s.described) describe(s, first);
        if (s.left > 0) {
          s.described = -1;
          s.packet.total = end - payloadAt;
          end = chunk.length;
        }
        if (s.left < 1 || end > payloadAt) {
          const payload = payloadCut(chunk, payloadAt, end);
          if (s.handler !== undefined) s.handler(s.topic, payload, s.packet);
          else {
            s.described = -1;
            deliver(s, payload);
          }
        }
      }
    } else {
      const status = readControl(s, first, body, end - body);
      if (status < 0) return status;
    }
  }
  // A first octet on its own.
  if (s.at < chunk.length) s.rest = chunk.slice(s.at);
  return Status.OK;
}

/** PUBACK for a message at QoS 1 that is not sent again: where its payload begins, or a Status. */
function acknowledgeShort(s: Session, at: number, end: number): number {
  const packetId = s.chunk.slice(at, at + 2);
  if (at + 2 > end || packetId === s.noId) return Status.MALFORMED;
  s.acks += s.puback + packetId;
  return at + 2;
}

/** Whether the topic of the PUBLISH is one of the few that are remembered; then it is the last. */
function recall(s: Session, body: number, end: number): boolean {
  const chunk = s.chunk;
  const topicEnd = body + 2 < end ? body + 2 + decodeInteger(chunk, body) : Mark.NONE;
  const topicIn = topicEnd > end ? "" : chunk.slice(body, topicEnd);
  return s.routes[topicIn] !== undefined && recognize(s, topicIn);
}

/**
 * A packet that is not a short one lying whole in the chunk: where its body begins when it is
 * whole, or its payload is to be handed on in parts; 0 when it waits for the next chunk; or a Status.
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
        s.left = end - chunk.length;
        s.described = -1;
        // Until `readPublish` has found that it is well-formed and new.
        s.mute = true;
        return body;
      }
      if (chunk.length - at > inbox) return Status.INBOX_FULL;
    }
  }
  s.rest = chunk.slice(at);
  s.at = chunk.length;
  return 0;
}

/** Hands on what the chunk begins with of a payload that comes in parts. */
function continuePayload(s: Session): void {
  const chunk = s.chunk;
  const end = s.left < chunk.length ? s.left : chunk.length;
  s.packet.at = s.packet.total - s.left;
  s.left -= end;
  s.at = end;
  if (s.left < 1) acknowledge(s);
  if (!s.mute) deliver(s, payloadCut(chunk, 0, end));
}

/**
 * A PUBLISH but for its payload: where that begins, 0 when the message is a duplicate, or a Status.
 * A whole one is acknowledged here, before its handler is called; one in parts at its last part.
 */
function readPublish(s: Session, first: number, body: number, end: number): number {
  const chunk = s.chunk;
  const fields = s.fields;
  if (!decodePublish(fields, first, chunk, body, end)) return Status.MALFORMED;
  const topic = chunk.slice(body, fields.topicEnd);
  if ((topic.length !== s.known || topic !== s.topicIn) && !recognize(s, topic)) {
    return Status.MALFORMED;
  }
  // Method B of section 4.3.3: a duplicate is known by its identifier, never by DUP.
  s.release = encodePacket(First.PUBREL, encodeInteger(fields.packetId), 0);
  s.mute = fields.qos > 1 && placeOf(s.received, s.release) >= 0;
  if (fields.qos > 1 && !s.mute && s.received.length >= 4 * Limit.RECEIVED) {
    return Status.RECEIVED_FULL;
  }
  if (s.left < 1) acknowledge(s);
  return s.mute ? 0 : fields.payloadAt;
}

/** PUBACK or PUBREC for the PUBLISH in `fields` [MQTT-4.3.2-2] [MQTT-4.3.3-2]. */
function acknowledge(s: Session): void {
  const qos = s.fields.qos;
  if (qos > 0) {
    s.acks += encodePacket(
      qos > 1 ? First.PUBREC : First.PUBACK,
      encodeInteger(s.fields.packetId),
      0,
    );
    if (qos > 1 && !s.mute) s.received += s.release;
  }
}

/** Every packet but PUBLISH and CONNACK. */
function readControl(s: Session, first: number, body: number, length: number): Status {
  const chunk = s.chunk;
  const outbox = s.outbox;
  if (first === First.PINGRESP && length < 1) {
    s.awaited = 0;
    return Status.OK;
  }
  const packetId = length > 1 ? decodeInteger(chunk, body) : 0;
  const release = encodePacket(First.PUBREL, encodeInteger(packetId), 0);
  const place = placeOf(s.released, release);
  const isAwaited = place >= 0;
  let isDone = first === First.PUBCOMP && isAwaited;
  if (packetId < 1 || length !== (first === First.SUBACK ? 3 : 2)) return Status.MALFORMED;
  if (first === First.SUBACK || first === First.UNSUBACK) {
    return subscribed(s, packetId, length > 2 ? chunk.charCodeAt(body + 2) : -1);
  }
  if (first === First.PUBREL) {
    // Always answered, also when the identifier is not known [MQTT-4.3.3-2].
    s.received = withoutPlace(s.received, placeOf(s.received, release));
    s.acks += encodePacket(First.PUBCOMP, encodeInteger(packetId), 0);
    return Status.OK;
  }
  if (first === First.PUBREC) {
    // Always answered: the server must not wait for ever for a message we gave up.
    s.acks += release;
    if (isAwaited) return Status.OK;
  } else if (first === First.PUBCOMP) s.released = withoutPlace(s.released, place);
  else if (first !== First.PUBACK) return Status.UNEXPECTED;
  if (
    outboxHas(outbox, packetId, (first === First.PUBACK ? State.QOS1 : State.QOS2) + State.SENT) &&
    first !== First.PUBCOMP
  ) {
    outboxFree(outbox, packetId);
    s.freed = true;
    if (first === First.PUBREC) s.released += release;
    else isDone = true;
  } else if (!isDone) s.skipped += 1;
  if (isDone) {
    s.freed = true;
    s.messages -= 1;
    call(s.listeners, s.listeners.on.delivered, packetId);
  }
  return Status.OK;
}
