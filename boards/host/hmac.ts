// SPDX-License-Identifier: MIT
// Node's HMAC-SHA256, with octets as binary strings.

import { createHmac } from "node:crypto";
import type { Octets } from "#engine";
import type { Hmac } from "../hal.js";

/** What Node offers. */
export const hmac: Hmac = {
  open: (key: Octets) => key,
  of: (key: Octets, octets) =>
    createHmac("sha256", Buffer.from(key, "latin1"))
      .update(octets, "latin1")
      .digest()
      .toString("latin1"),
};
