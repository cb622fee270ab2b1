// SPDX-License-Identifier: MIT
// HMAC (RFC 2104) with the SHA-256 that the build chooses: the firmware's, or one of our own.

import type { Octets } from "#engine";
import { sha256 } from "#sha256";
import type { Hmac } from "../hal.js";

/** The key, which is one block long, with each octet changed (RFC 2104 section 2). */
function pad(key: Octets, by: number): Octets {
  return E.toString(new Uint8Array(64).map((_none, at) => key.charCodeAt(at) ^ by)) as string;
}

function open(key: Octets): Octets[] {
  return [pad(key, 54), pad(key, 92)];
}

function of(pads: Octets[], octets: Octets): Octets {
  return sha256(pads[1]! + sha256(pads[0]! + octets));
}

/** What nodes sign with. */
export const hmac: Hmac = { open: open, of: of };
