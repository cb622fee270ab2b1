// SPDX-License-Identifier: MIT
// HMAC (RFC 2104) for desktop Lua, with a SHA-256 of our own.

import type { Octets } from "#engine";
import type { Hmac } from "../hal.js";
import { pad, sha256 } from "./sha256.js";

function openHmac(key: Octets): Octets[] {
  return [pad(key, 54), pad(key, 92)];
}

function hmacOf(pads: Octets[], octets: Octets): Octets {
  return sha256(pads[1]! + sha256(pads[0]! + octets));
}

/** What nodes sign with. */
export const hmac: Hmac = { open: openHmac, of: hmacOf };
