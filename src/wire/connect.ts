// SPDX-License-Identifier: MIT
// CONNECT and CONNACK (MQTT 3.1.1 sections 3.1 and 3.2).

import { isGiven, Octets, orUsual, Payload, payloadOctets, toPayload, utf8 } from "#engine";
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

/** A payload field behind its length, or "" where it is none: more than 65,535 octets. */
function field(value: unknown): Octets {
  const payload = toPayload(value);
  return payload === undefined || payload.length > 65535
    ? ""
    : encodeString(payloadOctets(payload));
}

/**
 * The CONNECT packet, or "" when a field makes no sense: a password without a user name
 * [MQTT-3.1.2-22], no client identifier for a session that is to be kept [MQTT-3.1.3-7], a will
 * with an invalid QoS [MQTT-3.1.2-14] or topic, text that is not UTF-8 [MQTT-1.5.3-1].
 */
export function encodeConnect(fields: ConnectFields, clean: boolean, keepAlive: number): Octets {
  const will = fields.will;
  const username = fields.username;
  const password = fields.password;
  const clientId = fields.clientId === undefined ? "" : fields.clientId;
  let isValid =
    keepAlive < 65536 &&
    (clean || clientId.length > 0) &&
    isUtf8(utf8(clientId)) &&
    field(clientId).length > 0;
  let flags = clean ? 2 : 0;
  let body = field(clientId);
  if (will !== undefined) {
    const qos = orUsual(will.qos, 0);
    const topic = encodeTopicName(will.topic);
    const payload = field(will.payload);
    flags += 4 + qos * 8 + (isGiven(will.retain) ? 32 : 0);
    body += topic + payload;
    if (topic === "" || payload === "" || (qos !== 0 && qos !== 1 && qos !== 2)) isValid = false;
  }
  if (username !== undefined) {
    const name = field(username);
    flags += 128;
    body += name;
    if (name === "" || !isUtf8(utf8(username))) isValid = false;
  }
  if (password !== undefined) {
    const secret = field(password);
    flags += 64;
    body += secret;
    if (secret === "" || username === undefined) isValid = false;
  }
  if (!isValid) return "";
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
