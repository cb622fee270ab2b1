// SPDX-License-Identifier: MIT
// `require("ringlet-auth").open(key)` on Espruino: signs what a node publishes, verifies what it is
// told. One key a bundle.

import type { Payload } from "#engine";
import { type Auth, authOpen, authSign, authVerify } from "../../src/auth/node.js";
import type { Status } from "../../src/status.js";
import { counters } from "./counters.js";
import { hmac } from "./hmac.js";

/** The build turns it into variables of the module. */
const auth: Auth = {
  hmac: hmac,
  counters: counters,
  mac: undefined,
  signed: 0,
  kept: [0, 0],
  copy: 0,
};

/** Takes the key: 64 hexadecimal digits; INVALID_OPTION when it is none. */
export function open(key: string): Status {
  return authOpen(auth, key);
}

/** The payload with its signature, to publish on that topic; or a negative Status. */
export function sign(topic: string, payload: unknown): Payload | Status {
  return authSign(auth, topic, payload);
}

/** What the other side signed; or a negative Status. */
export function verify(topic: string, payload: Payload): Payload | Status {
  return authVerify(auth, topic, payload);
}
