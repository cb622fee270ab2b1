// SPDX-License-Identifier: MIT
// What message authentication is in every Lua: a table with `sign` and `verify`, and the text that two
// counters are in a file.

import { levelsOf, type Payload, toNumber } from "#engine";
import { type Auth, authOpen, authSign, authVerify } from "../../src/auth/node.js";
import { Status } from "../../src/status.js";
import type { Counters, Hmac } from "../hal.js";

/** What `open` returns. */
export interface NodeSide {
  /** The payload with its signature, to publish on that topic; or a negative Status. */
  sign: (this: NodeSide, topic: string, payload: unknown) => Payload | Status;
  /** What the other side signed; or a negative Status. */
  verify: (this: NodeSide, topic: string, payload: Payload) => Payload | Status;
}

/** Counters of a text that was written to its end. */
export function countersOf(text: string | undefined): number[] | undefined {
  const fields = levelsOf(text || "");
  return fields[2] === "." ? [toNumber(fields[0]!), toNumber(fields[1]!)] : undefined;
}

/** Two counters as text. */
export function textOfCounters(counters: number[]): string {
  return tostring(counters[0]) + "/" + tostring(counters[1]) + "/.";
}

/** Takes the key; INVALID_OPTION when it is none. */
export function sideOpen(key: string, hmac: Hmac, counters: Counters): NodeSide | Status {
  const a: Auth = {
    hmac: hmac,
    counters: counters,
    mac: undefined,
    signed: 0,
    kept: [0, 0],
    copy: 0,
  };
  const status = authOpen(a, key);
  if (status < 0) return status;
  return {
    sign: (topic, payload) => authSign(a, topic, payload),
    verify: (topic, payload) => authVerify(a, topic, payload),
  };
}
