// SPDX-License-Identifier: MIT
// CONNECT and CONNACK (MQTT 3.1.1 sections 3.1 and 3.2).

import {
  isGiven,
  isUtf8,
  Octets,
  orUsual,
  Payload,
  payloadOctets,
  Single,
  toPayload,
  utf8,
} from "#engine";
import { Status } from "../status.js";
import { encodeInteger, encodePacket, encodeString, First } from "./packet.js";
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

/** Whether the packet being encoded makes sense so far. */
interface Draft extends Single {
  isValid: boolean;
}

/** A field behind its length: octets, at most 65,535 of them; text is UTF-8 [MQTT-1.5.3-1]. */
function field(draft: Draft, value: unknown, isText: boolean): Octets {
  const payload = isText ? utf8(value as string) : toPayload(value);
  const octets = payload === undefined ? "" : payloadOctets(payload);
  if (payload === undefined || octets.length > 65535 || (isText && !isUtf8(octets))) {
    draft.isValid = false;
  }
  return encodeString(octets);
}

/** Whether a value is a QoS. */
export function isQos(value: unknown): boolean {
  return value === 0 || value === 1 || value === 2;
}

/**
 * The CONNECT packet, or "" when a field makes no sense: a password without a user name
 * [MQTT-3.1.2-22], no client identifier for a session that is to be kept [MQTT-3.1.3-7], a will
 * with an invalid QoS [MQTT-3.1.2-14] or topic, text that is not UTF-8 [MQTT-1.5.3-1].
 */
export function encodeConnect(fields: ConnectFields, clean: boolean, keepAlive: number): Octets {
  const clientId = fields.clientId === undefined ? "" : fields.clientId;
  const draft: Draft = { isValid: keepAlive < 65536 && (clean || clientId !== "") };
  const will = fields.will;
  let flags = clean ? 2 : 0;
  let body = field(draft, clientId, true);
  if (will) {
    const topic = encodeTopicName(utf8(will.topic));
    const qos = orUsual(will.qos, 0);
    flags += 4 + qos * 8 + (isGiven(will.retain) ? 32 : 0);
    body += topic + field(draft, will.payload, false);
    if (topic === "" || !isQos(qos)) draft.isValid = false;
  }
  if (fields.username !== undefined) {
    flags += 128;
    body += field(draft, fields.username, true);
  }
  if (fields.password !== undefined) {
    flags += 64;
    body += field(draft, fields.password, false);
    if (flags < 128) draft.isValid = false;
  }
  // Protocol name and level: "MQTT", 4 [MQTT-3.1.2-1] [MQTT-3.1.2-2].
  body = encodeString("MQTT") + String.fromCharCode(4, flags) + encodeInteger(keepAlive) + body;
  return draft.isValid ? encodePacket(First.CONNECT, body) : "";
}

/**
 * What a CONNACK's two octets at `at` mean: session present (0 or 1), or the Status of a refusal.
 * Session present with a refusal, or a reserved flag or code, is malformed [MQTT-3.2.2-4].
 */
export function decodeConnack(octets: Octets, at: number): number {
  const flags = octets.charCodeAt(at);
  const returnCode = octets.charCodeAt(at + 1);
  return flags > 1 || returnCode > 5 || flags * returnCode > 0
    ? Status.MALFORMED
    : returnCode > 0
      ? -20 - returnCode
      : flags;
}
