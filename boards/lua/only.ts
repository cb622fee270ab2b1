// SPDX-License-Identifier: MIT
// Whether the one client that a bundle for Lua holds is there already.

import { Phase } from "../../src/session/session.js";
import type { Drive } from "../../src/transport/drive.js";

// What the build makes variables of, for the one client there is.
declare const only: Drive;

/** Until the client has ended, and its connection is closed: what that tells would be the next one's. */
export function isTaken(): boolean {
  const s = only.session;
  return s.gate.link !== undefined || (s.phase !== undefined && s.phase < Phase.ENDED);
}
