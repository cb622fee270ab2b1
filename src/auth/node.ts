// SPDX-License-Identifier: MIT
// A node's side of message authentication: signs what it publishes, verifies what it is told, and
// keeps its counters over a reboot. It works over any broker and any link, and hides nothing.

import {
  lastSlash,
  octetsPayload,
  payloadOctets,
  Payload,
  Single,
  toNumber,
  toPayload,
  utf8,
} from "#engine";
import type { Counters, Hmac } from "../../boards/hal.js";
import { Status } from "../status.js";
import { checkTag, tagOf } from "./format.js";

/** The counters of one key and side. */
export const enum Counter {
  /** So many are reserved with one write to the store: flash wears out. */
  BLOCK = 256,
  /** Whole numbers of 32 bits have a sign. */
  END = 2147483647,
}

/** One key with its counters. */
export interface Auth extends Single {
  hmac: Hmac;
  counters: Counters;
  /** What `hmac` made of the key. */
  mac: any;
  /** The last counter signed. */
  signed: number;
  /** What is in the store: the last counter that can be signed without a write, the last one accepted. */
  kept: number[];
  /** Which of the two copies in the store holds them. */
  copy: number;
}

/** Writes the counters into the older copy: a write that is torn, because the power goes, leaves the other. */
function authKeep(a: Auth, kept: number[]): Status {
  const status = a.counters.write(1 - a.copy, kept);
  if (status === Status.OK) {
    a.copy = 1 - a.copy;
    a.kept = kept;
  }
  return status;
}

/**
 * Takes the key, 64 hexadecimal digits made by chance, and its counters from the store. INVALID_OPTION for
 * a key of another length.
 */
export function authOpen(a: Auth, key: string): Status {
  if (utf8(key).length !== 64) return Status.INVALID_OPTION;
  a.mac = a.hmac.open(key);
  for (let copy = 0; copy < 2; copy++) {
    const kept = a.counters.read(copy);
    if (kept && kept[0]! + kept[1]! > a.kept[0]! + a.kept[1]!) {
      a.copy = copy;
      a.kept = kept;
      a.signed = kept[0]!;
    }
  }
  return Status.OK;
}

/**
 * The payload with its signature behind it. Each call takes a counter, and each 256th writes to the store.
 * @returns octets, or INVALID_PAYLOAD, COUNTER_SPENT or STORE_FAILED
 */
export function authSign(a: Auth, topic: string, payload: unknown): Payload | Status {
  const ready = toPayload(payload);
  if (ready === undefined) return Status.INVALID_PAYLOAD;
  if (a.signed >= Counter.END) return Status.COUNTER_SPENT;
  if (a.signed >= a.kept[0]!) {
    const status = authKeep(a, [a.signed + Counter.BLOCK, a.kept[1]!]);
    if (status < 0) return status;
  }
  a.signed += 1;
  const counted = payloadOctets(ready) + "/" + a.signed;
  return octetsPayload(counted + tagOf(a.hmac, a.mac, ">" + topic, counted));
}

/**
 * What the other side signed, without the signature. A message is accepted once, and none that was signed
 * before it is accepted after it; each accepted one is a write to the store.
 * @returns the payload, or FORGED, REPLAYED or STORE_FAILED
 */
export function authVerify(a: Auth, topic: string, payload: Payload): Payload | Status {
  const counted = checkTag(a.hmac, a.mac, "<" + topic, payloadOctets(payload));
  const at = lastSlash(counted);
  if (at < 0) return Status.FORGED;
  const counter = toNumber(counted.slice(at + 1));
  if (counter <= a.kept[1]!) return Status.REPLAYED;
  const status = authKeep(a, [a.kept[0]!, counter]);
  return status < 0 ? status : octetsPayload(counted.slice(0, at));
}
