// SPDX-License-Identifier: MIT
// Reading what the server sends: chunks of any size in, handlers called, acknowledgements out.
// A packet that lies whole in its chunk is read in place; one that was cut waits in `chunk`, never
// more than `inbox` octets; the payload of a longer one is handed on in parts.

import { call, isEmpty, listFind, listRemove, Octets, payloadCut } from "#engine";
import { Limit } from "#limits";
import { outboxFirst, outboxFree } from "../ring/outbox.js";
import { Status } from "../status.js";
import { decodeConnack } from "../wire/connect.js";
import { decodeHeader, decodeInteger, First, release } from "../wire/packet.js";
import { decodeQos, topicEnd } from "../wire/publish.js";
import { accept } from "./accept.js";
import { deliver, recognize } from "./dispatch.js";
import { flush } from "./flush.js";
import { settle } from "./send.js";
import { Phase, Session } from "./session.js";
import { subscribed } from "./subscribe.js";

/** Reads a chunk. A negative Status says that the connection has to be closed, and why. */
export function sessionReceive(s: Session, octets: Octets): Status {
  let status = 1;
  let at = -1;
  // Joining strings measured faster on Espruino than gathering in a block, and needs no more memory:
  // the octets have to leave a block as a string anyway.
  s.chunk += octets;
  s.at = 0;
  s.silent = 0;
  // A handler that threw has cost nothing: its packet was done before it was called.
  while (status > 0 && s.at > at) {
    at = s.at;
    status = call(s.listeners, readPackets, s);
  }
  s.chunk = s.chunk.slice(s.at);
  return status < 0 ? status : flush(s);
}

/** Reads packets from `at` on; a negative Status where one is malformed or not allowed. */
function readPackets(s: Session): Status {
  const chunk = s.chunk;
  while (s.at < chunk.length) {
    // Where the packet's payload begins, or goes on, and where it ends, perhaps in a later chunk.
    let from = s.at;
    let end = from + s.left;
    let isPublish = s.left > 0;
    if (isPublish) s.packet.at = s.packet.total - s.left;
    else {
      const first = chunk.charCodeAt(from);
      let body = from + 2;
      let length = chunk.charCodeAt(from + 1);
      // CONNACK is the first packet [MQTT-3.2.0-1].
      if (s.phase < Phase.ONLINE && first !== First.CONNACK) return Status.UNEXPECTED;
      isPublish = first > First.PUBLISH - 1 && first < First.PUBACK;
      if (!(length < 128)) {
        body = decodeHeader(s.header, chunk, from);
        if (body < 0) return Status.MALFORMED;
        // One octet is missing at least, where the header is cut already.
        length = body < 1 ? chunk.length + 1 : s.header.length;
      }
      end = body + length;
      if (end > chunk.length) {
        // Too long to wait for: as soon as its head is here, the payload goes on in parts.
        const isLong = end - from > s.inbox;
        if (!(isLong && isPublish && topicEnd(chunk, body) + 2 <= chunk.length)) {
          if ((isLong && !isPublish) || chunk.length - from > s.inbox) return Status.INBOX_FULL;
          return Status.OK;
        }
      }
      s.at = end;
      if (isPublish) {
        from = readHead(s, chunk, first, body, end);
        if (from < 0) return from;
      } else {
        const status = readControl(s, first, body, length);
        if (status < 0) return status;
      }
    }
    if (isPublish) {
      const stop = end < chunk.length ? end : chunk.length;
      s.at = stop;
      s.left = end - stop;
      if (s.left < 1 && s.fields.qos > 0) {
        // PUBACK or PUBREC [MQTT-4.3.2-2] [MQTT-4.3.3-2].
        s.acks += String.fromCharCode(48 + 16 * s.fields.qos, 2) + s.fields.packetId;
        if (s.fields.qos > 1 && !s.mute) s.received.push(s.fields.packetId);
      }
      if (!s.mute && (stop > from || s.left < 1)) {
        const payload = payloadCut(chunk, from, stop);
        if (s.handler) s.handler(s.route!.title, payload, s.packet);
        else deliver(s, payload);
      }
    }
  }
  return Status.OK;
}

/** A PUBLISH but for its payload: where that begins, or a Status. @passed */
function readHead(s: Session, chunk: Octets, first: number, body: number, end: number): number {
  const fields = s.fields;
  let start = body + s.topicIn.length;
  if (isEmpty(s.topicIn) || chunk.slice(body, start) !== s.topicIn) {
    start = topicEnd(chunk, body);
    if (!(start <= end)) return Status.MALFORMED;
    recognize(s, chunk.slice(body, start));
    if (isEmpty(s.topicIn)) return Status.MALFORMED;
  }
  if (first !== s.described) {
    s.described = first;
    s.mute = false;
    fields.qos = decodeQos(first);
    s.packet.qos = fields.qos;
    s.packet.retain = first % 2 > 0;
    s.packet.dup = first % 16 > 7;
    s.packet.at = 0;
    s.packet.total = 0;
  }
  if (fields.qos > 0) {
    fields.packetId = chunk.slice(start, start + 2);
    start += 2;
    if (fields.qos > 2 || fields.packetId === None.PACKET_ID) return Status.MALFORMED;
    if (fields.qos > 1) {
      // Method B of section 4.3.3: a duplicate is known by its identifier, never by DUP.
      s.mute = listFind(s.received, fields.packetId) >= 0;
      if (!s.mute && s.received.length >= Limit.RECEIVED) return Status.RECEIVED_FULL;
    }
  }
  if (start > end) return Status.MALFORMED;
  if (end > chunk.length) {
    s.packet.total = end - start;
    s.described = -1;
  }
  return start;
}

/** Every packet but PUBLISH. @apart */
function readControl(s: Session, first: number, body: number, length: number): Status {
  const chunk = s.chunk;
  const packetId = chunk.slice(body, body + 2);
  const id = length < 2 ? 0 : decodeInteger(chunk, body);
  const place = listFind(s.released, packetId);
  // Nothing acknowledges a message in parts whose last one has not left.
  const sent = s.part > 0 && id === s.outbox.sending ? 0 : outboxFirst(s.outbox, id);
  if (first === First.PINGRESP && length < 1) s.isAwaiting = false;
  else if (length !== (first === First.SUBACK ? 3 : 2)) return Status.MALFORMED;
  else if (first === First.CONNACK && s.phase < Phase.ONLINE) {
    const present = decodeConnack(chunk, body);
    if (present < 0) return present;
    // A clean session has nothing to be present [MQTT-3.2.2-1].
    if (present > 0 && s.options.cleanSession !== false) return Status.UNEXPECTED;
    accept(s, present);
  } else if (id < 1) return Status.MALFORMED;
  else if (first === First.PUBREL) {
    // Always answered, also when the identifier is not known [MQTT-4.3.3-2].
    const at = listFind(s.received, packetId);
    if (at >= 0) listRemove(s.received, at);
    s.acks += String.fromCharCode(First.PUBCOMP, 2) + packetId;
  } else if (first === First.SUBACK || first === First.UNSUBACK) {
    const returnCode = length > 2 ? chunk.charCodeAt(body + 2) : -1;
    if (returnCode > 2 && returnCode !== 128) return Status.MALFORMED;
    subscribed(s, id, returnCode);
  } else if (first === First.PUBREC) {
    // Always answered: the server must not wait for ever for a message we gave up.
    s.acks += release(packetId);
    if (sent >= Sent.QOS2) {
      s.released.push(packetId);
      s.freed = true;
      outboxFree(s.outbox, id);
    } else if (place < 0) s.skipped += 1;
  } else if (first !== First.PUBACK && first !== First.PUBCOMP) return Status.UNEXPECTED;
  else if ((first === First.PUBCOMP ? place : sent - Sent.QOS1) >= 0) {
    if (place >= 0) listRemove(s.released, place);
    // A server without QoS 2 says PUBACK instead of PUBREC: it has the message, perhaps twice.
    settle(s, id, s.listeners.on[sent < Sent.QOS2 ? "delivered" : "uncertain"]);
  } else s.skipped += 1;
  return Status.OK;
}

/** The octets of the packet identifier that there is not [MQTT-2.3.1-1]. */
const enum None {
  PACKET_ID = "\0\0",
}

/** From which first octet on a message in the outbox was handed to a link, with DUP for the next time. */
const enum Sent {
  QOS1 = 58,
  QOS2 = 60,
}
