// SPDX-License-Identifier: MIT
// CONNECT and CONNACK (MQTT 3.1.1 sections 3.1 and 3.2).

import {
  isGiven,
  isEmpty,
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

/** CONNECT being encoded: its flags, below 0 when it makes no sense, and its fields. */
interface Draft extends Single {
  connectFlags: number;
  body: Octets;
}

const enum Flags {
  /** Taken off, it leaves less than 0 of any flags. */
  NONSENSE = 1000,
}

/**
 * Adds a field behind its length, and its flag: octets, at most 65,535 of them; text is UTF-8
 * [MQTT-1.5.3-1]. User name and password are left out where they are not given.
 */
function add(draft: Draft, value: unknown, flag: number, isText: boolean): void {
  if (value !== undefined || flag < 64) {
    const payload = isText ? utf8(value as string) : toPayload(value);
    const octets = payload === undefined ? "" : payloadOctets(payload);
    const isWrong = payload === undefined || octets.length > 65535 || (isText && !isUtf8(octets));
    draft.connectFlags += isWrong ? -Flags.NONSENSE : flag;
    draft.body += encodeString(octets);
  }
}

/** Whether a value is a QoS. */
export function isQos(value: unknown): boolean {
  return value === 0 || value === 1 || value === 2;
}

/**
 * The CONNECT packet, or "" when a field makes no sense: a password without a user name
 * [MQTT-3.1.2-22], no client identifier for a session that is to be kept [MQTT-3.1.3-7], a will
 * with an invalid QoS [MQTT-3.1.2-14] or topic, text that is not UTF-8 [MQTT-1.5.3-1]. @apart
 */
export function encodeConnect(fields: ConnectFields, clean: boolean, keepAlive: number): Octets {
  const draft: Draft = { connectFlags: clean ? 2 : 0, body: "" };
  const will = fields.will;
  add(draft, fields.clientId, 0, true);
  if (keepAlive > 65535 || (!clean && draft.body.length < 3)) draft.connectFlags -= Flags.NONSENSE;
  if (will) {
    const topic = encodeTopicName(utf8(will.topic));
    const qos = orUsual(will.qos, 0);
    draft.body += topic;
    add(draft, will.payload, 4 + qos * 8 + (isGiven(will.retain) ? 32 : 0), false);
    if (isEmpty(topic) || !isQos(qos)) draft.connectFlags -= Flags.NONSENSE;
  }
  add(draft, fields.username, 128, true);
  add(draft, fields.password, 64, false);
  if (draft.connectFlags < 0 || (draft.connectFlags > 63 && draft.connectFlags < 128)) return "";
  // Protocol name and level: "MQTT", 4 [MQTT-3.1.2-1] [MQTT-3.1.2-2].
  const body =
    encodeString("MQTT") +
    String.fromCharCode(4, draft.connectFlags) +
    encodeInteger(keepAlive) +
    draft.body;
  return encodeHeader(First.CONNECT, body.length, body);
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
