// SPDX-License-Identifier: MIT
// HMAC-SHA256 of the firmware's module `crypto`.

import type { Octets } from "#engine";
import type { Hmac } from "../hal.js";

function hmacOf(key: Octets, octets: Octets): Octets {
  return crypto.hmac("SHA256", octets, key);
}

function openHmac(key: Octets): Octets {
  // A firmware without the module says so here, and not in a handler later.
  hmacOf(key, key);
  return key;
}

/** What the firmware offers. */
export const hmac: Hmac = { open: openHmac, of: hmacOf };
