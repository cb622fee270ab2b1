// SPDX-License-Identifier: MIT
// CONNECT and CONNACK (MQTT 3.1.1 sections 3.1 and 3.2).

import { isGiven, Octets, Payload, payloadOctets, toPayload, utf8 } from "#engine";
import { isUtf8 } from "../engine/utf8.js";
import { Status } from "../status.js";
import { encodeHeader, encodeInteger, encodeString, First } from "./packet.js";
import { encodeTopicName } from "./topic.js";

/** The message the server publishes when the connection dies without DISCONNECT. */
export interface Will {
  topic: string;
  payload: Payload;
  qos?: number | undefined;
  retain?: boolean | number | undefined;
}

/** What CONNECT says of the client. */
export interface ConnectFields {
  clientId?: string | undefined;
  username?: string | undefined;
  password?: Payload | undefined;
  /** Seconds, 0–65535; 0 turns keep alive off. */
  keepAlive?: number | undefined;
  cleanSession?: boolean | undefined;
  will?: Will | undefined;
}

/** A string field in front of what is encoded already: "" stays the sign for invalid. */
function text(value: string, rest: Octets): Octets {
  const octets = utf8(value);
  return isUtf8(octets) && octets.length < 65536 ? encodeString(octets) + rest : "";
}

/** A payload field: up to 65,535 octets behind their length; "" when it is none. */
function binary(value: unknown): Octets {
  const payload = toPayload(value);
  return payload === undefined || payload.length > 65535
    ? ""
    : encodeString(payloadOctets(payload));
}

/**
 * The CONNECT packet, or "" when a field makes no sense: a password without a user name
 * [MQTT-3.1.2-22], no client identifier for a session that is to be kept [MQTT-3.1.3-7], a will
 * with a QoS above 2 [MQTT-3.1.2-14] or an invalid topic, text that is not UTF-8.
 */
export function encodeConnect(fields: ConnectFields, clean: boolean, keepAlive: number): Octets {
  const will = fields.will;
  let flags = clean ? 2 : 0;
  let body = "";
  let part: Octets = "-";
  if (fields.password !== undefined) {
    if (fields.username === undefined) return "";
    flags += 64;
    part = body = binary(fields.password);
  }
  if (part.length > 0 && fields.username !== undefined) {
    flags += 128;
    part = body = text(fields.username, body);
  }
  if (will !== undefined && part.length > 0) {
    const topic = encodeTopicName(will.topic);
    const payload = binary(will.payload);
    const qos = will.qos === undefined ? 0 : will.qos;
    if (qos !== 0 && qos !== 1 && qos !== 2) return "";
    flags += 4 + qos * 8 + (isGiven(will.retain) ? 32 : 0);
    part = topic.length > 0 ? payload : "";
    body = topic + payload + body;
  }
  const clientId = fields.clientId === undefined ? "" : fields.clientId;
  if (part.length === 0 || (clientId === "" && !clean)) return "";
  body = text(clientId, body);
  if (body.length === 0 || !(keepAlive >= 0 && keepAlive < 65536 && keepAlive % 1 === 0)) return "";
  // Protocol name and level: "MQTT", 4 [MQTT-3.1.2-1] [MQTT-3.1.2-2].
  body = encodeString("MQTT") + String.fromCharCode(4, flags) + encodeInteger(keepAlive) + body;
  return encodeHeader(First.CONNECT, body.length) + body;
}

/**
 * What a CONNACK's two octets at `at` mean: session present (0 or 1), or the Status of a refusal.
 * Session present with a refusal, or a reserved flag or code, is malformed [MQTT-3.2.2-4].
 */
export function decodeConnack(octets: Octets, at: number): number {
  const flags = octets.charCodeAt(at);
  const returnCode = octets.charCodeAt(at + 1);
  if (flags > 1 || returnCode > 5 || (flags > 0 && returnCode > 0)) return Status.MALFORMED;
  return returnCode > 0 ? -20 - returnCode : flags;
}
