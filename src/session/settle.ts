// SPDX-License-Identifier: MIT
// What is small and must get out: acknowledgements gather while a chunk is read and leave in one
// write. They may go beyond the window, into a reserve of their own; beyond that the link is too
// slow to keep a session on it.

import { call, gateSend, Room } from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { Phase, Session } from "./session.js";

/** Sends the acknowledgements that gathered, and says whether the link can go on. */
export function settle(s: Session): Status {
  const acks = s.acks;
  if (acks !== "" && s.part < 1) {
    s.acks = "";
    gateSend(s.gate, acks);
  }
  if (s.phase === Phase.ENDED || s.gate.room - s.acks.length >= -Limit.LINK_RESERVE) {
    return Status.OK;
  }
  return s.gate.room > Room.SHUT ? Status.TOO_SLOW : Status.CLOSED;
}

/** Tells once that there is room again, if something was refused for want of it. */
export function tellRoom(s: Session): void {
  if (s.wanting) {
    s.wanting = false;
    call(s.handlers, s.handlers.room);
  }
}
