// SPDX-License-Identifier: MIT
// `import { nodeSide, peerSide } from "ringlet/auth"` in Node: message authentication for a node that
// runs here, and for the side that nodes talk to. docs/authentication.md is the format.

import { randomBytes } from "node:crypto";
import { lastSlash, octetsPayload, payloadOctets, toNumber, toPayload } from "#engine";
import { checkTag, tagOf } from "../../src/auth/format.js";
import { type Auth, authOpen, authSign, authVerify, Counter } from "../../src/auth/node.js";
import { Status } from "../../src/status.js";
import { countersIn, Journal } from "./counters.js";
import { hmac } from "./hmac.js";

/** What both sides need. */
export interface AuthOptions {
  /** The secret of one node: 64 hexadecimal digits, made by `newKey`. */
  key: string;
  /** Where counters are kept: a path; each key and side has its own. */
  file: string;
}

/** One side of a conversation. */
export interface Side {
  /** The payload with its signature, to publish on that topic; or a negative Status. */
  sign(topic: string, payload: Uint8Array | string | number): Uint8Array | Status;
  /**
   * What the other side signed; or FORGED, REPLAYED or STORE_FAILED. What a QoS 1 resend brings twice is
   * REPLAYED the second time.
   */
  verify(topic: string, payload: Uint8Array): Uint8Array | Status;
}

/** A key made by chance. */
export function newKey(): string {
  return randomBytes(32).toString("hex");
}

/** A node: what it is told has to be newer than all it was told before. */
export function nodeSide(options: AuthOptions): Side {
  const a: Auth = {
    hmac,
    counters: countersIn(check(options).file),
    mac: undefined,
    signed: 0,
    kept: [0, 0],
    copy: 0,
  };
  authOpen(a, options.key);
  return {
    sign: (topic, payload) => authSign(a, topic, payload) as Uint8Array | Status,
    verify: (topic, payload) => authVerify(a, topic, payload) as Uint8Array | Status,
  };
}

/**
 * The side that a node talks to. Messages of different topics may overtake each other, since QoS 1 is
 * sent again after a broken connection and QoS 0 is not: each topic has a counter of its own.
 */
export function peerSide(options: AuthOptions): Side {
  const journal = new Journal(check(options).file);
  const mac = hmac.open(options.key);
  // A topic is never "".
  let signed = journal.get("");
  let reserved = signed;
  return {
    sign(topic, payload) {
      const ready = toPayload(payload);
      if (ready === undefined) return Status.INVALID_PAYLOAD;
      if (signed >= Counter.END) return Status.COUNTER_SPENT;
      if (signed >= reserved) {
        const status = journal.set("", signed + Counter.BLOCK);
        if (status < 0) return status;
        reserved = signed + Counter.BLOCK;
      }
      signed += 1;
      const counted = `${payloadOctets(ready)}/${signed}`;
      return octetsPayload(counted + tagOf(hmac, mac, `<${topic}`, counted)) as Uint8Array;
    },
    verify(topic, payload) {
      const counted = checkTag(hmac, mac, `>${topic}`, payloadOctets(payload));
      const at = lastSlash(counted);
      if (at < 0) return Status.FORGED;
      const counter = toNumber(counted.slice(at + 1));
      if (counter <= journal.get(topic)) return Status.REPLAYED;
      const status = journal.set(topic, counter);
      return status < 0 ? status : (octetsPayload(counted.slice(0, at)) as Uint8Array);
    },
  };
}

/** The options, or a TypeError that says what is wrong with them; the key is not in it. */
function check(options: AuthOptions): AuthOptions {
  if (!/^[0-9a-f]{64}$/i.test(options?.key)) {
    throw new TypeError("`key` has to be 64 hexadecimal digits: make one with `newKey()`.");
  }
  if (typeof options.file !== "string" || options.file === "") {
    throw new TypeError("`file` has to be the path of a file for the counters of this key.");
  }
  return options;
}

export { explain } from "../../src/explain.js";
export { Status } from "../../src/status.js";
