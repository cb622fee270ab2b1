// SPDX-License-Identifier: MIT
// What is small and must get out: acknowledgements gather while a chunk is read and leave in one
// write. They may go beyond the window, into a reserve of their own; beyond that the link is too
// slow to keep a session on it.

import { call, gateSend, Room } from "#engine";
import { Limit } from "#limits";
import { Status } from "../status.js";
import { Phase, Session } from "./session.js";

/** Puts a packet of nothing but an identifier with the acknowledgements. */
export function queue(s: Session, first: number, packetId: number): void {
  const low = packetId % 256;
  s.acks += String.fromCharCode(first, 2, (packetId - low) / 256, low);
}

/** Sends the acknowledgements that gathered, and says whether the link can go on. */
export function settle(s: Session): Status {
  if (s.acks.length > 0 && s.part < 1) {
    const acks = s.acks;
    s.acks = "";
    gateSend(s.gate, acks);
  }
  if (s.gate.room - s.acks.length < -Limit.LINK_RESERVE) {
    return s.phase === Phase.ENDED
      ? Status.OK
      : s.gate.room > Room.SHUT
        ? Status.TOO_SLOW
        : Status.CLOSED;
  }
  return Status.OK;
}

/** Tells once that there is room again. */
export function tellRoom(s: Session): void {
  s.wanting = false;
  call(s.handlers, s.handlers.room);
}
