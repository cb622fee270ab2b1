// SPDX-License-Identifier: MIT
// The firmware's SHA-256. Espruino on ESP8266 has none: sha256.ts.
// @needs crypto.SHA256

import type { Octets } from "#engine";

/** The 32 octets of the hash. */
export function sha256(octets: Octets): Octets {
  return E.toString(require("crypto").SHA256(octets)) as string;
}
