// SPDX-License-Identifier: MIT
// Fixed memory for what was accepted with QoS 1 and 2: a ring of octets that holds encoded PUBLISHes
// until they are acknowledged, and one slot for each. It sends nothing and knows no link.
//
// Slot = packet identifier modulo slots, with no search: identifiers advance 1, 2, … cycle, 1, …, and
// `cycle` is a multiple of the number of slots.
// A slot is taken (`ids`) until its message is done, and holds octets of the ring (`lengths`) until
// these are not needed any more: at QoS 2 that is PUBREC already. What lies in the ring is a run:
//
//     oldest ………………… sending ………………… next
//     |  handed to the link  |  not yet   |
//
// Octets that were let go of out of turn stay in the run until those in front of them go. Whether a
// packet was handed to a link before is what its first octet in the ring says: DUP is set there
// as soon as it was, for the next time [MQTT-3.3.1-1].

import {
  Block,
  blockFirst,
  blockFree,
  blockOpen,
  blockPut,
  Message,
  Numbers,
  numbersOpen,
  Single,
} from "#engine";
import { Status } from "../status.js";

/** The largest packet identifier of a PUBLISH; those above are for SUBSCRIBE and UNSUBSCRIBE. */
export const enum Identifier {
  PUBLISH_MAX = 32767,
  MAX = 65535,
}

/** The outbox of one client. */
export interface Outbox extends Single {
  block: Block;
  capacity: number;
  inFlight: number;
  cycle: number;
  /** By slot: the packet identifier or 0, where its octets begin in the ring, how many there are. */
  ids: Numbers;
  places: Numbers;
  lengths: Numbers;
  oldest: number;
  /** The first one that was not handed to this connection; `next` when all were. */
  sending: number;
  next: number;
  /** The offset behind the newest packet, and that of the oldest; equal when the ring is empty. */
  head: number;
  tail: number;
}

/** An outbox of `capacity` octets and `inFlight` slots; the first packet identifier is `chance` + 1. */
export function outboxOpen(capacity: number, inFlight: number, chance: number): Outbox {
  const cycle = Identifier.PUBLISH_MAX - (Identifier.PUBLISH_MAX % inFlight);
  const first = (chance % cycle) + 1;
  return {
    block: blockOpen(capacity, inFlight),
    capacity: capacity,
    inFlight: inFlight,
    cycle: cycle,
    ids: numbersOpen(inFlight),
    places: numbersOpen(inFlight),
    lengths: numbersOpen(inFlight),
    oldest: first,
    sending: first,
    next: first,
    head: 0,
    tail: 0,
  };
}

/** The identifier after this one. @inline */
export function outboxAfter(outbox: Outbox, packetId: number): number {
  return (packetId % outbox.cycle) + 1;
}

/** Where a packet of `length` octets can be kept, in one piece, in the slot of `next`; or a Status. @inline */
export function outboxFind(outbox: Outbox, slot: number, length: number): number {
  return length > outbox.capacity
    ? Status.TOO_LONG
    : outbox.ids[slot]! > 0
      ? Status.IN_FLIGHT_FULL
      : outbox.head + length < outbox.tail ||
          (outbox.head >= outbox.tail && outbox.head + length <= outbox.capacity)
        ? outbox.head
        : outbox.head >= outbox.tail && length < outbox.tail
          ? 0
          : Status.OUTBOX_FULL;
}

/**
 * Keeps a packet at `at`, where `outboxFind` said, in the same slot; its identifier is `next`, which
 * advances.
 */
export function outboxKeep(
  outbox: Outbox,
  slot: number,
  at: number,
  message: Message,
  length: number,
): void {
  outbox.ids[slot] = outbox.next;
  outbox.places[slot] = at;
  outbox.lengths[slot] = length;
  blockPut(outbox.block, slot, at, message);
  outbox.head = at + length;
  outbox.next = outboxAfter(outbox, outbox.next);
}

/** The first octet of a message as it will be sent next, or 0 when there is none in the ring. */
export function outboxFirst(outbox: Outbox, packetId: number): number {
  const slot = packetId % outbox.inFlight;
  return outbox.ids[slot] === packetId && outbox.lengths[slot]! > 0
    ? blockFirst(outbox.block, slot, outbox.places[slot]!)
    : 0;
}

/** Lets go of a message's octets, and of the ring's as far as the oldest ones are let go of. */
export function outboxFree(outbox: Outbox, packetId: number): void {
  const slot = packetId % outbox.inFlight;
  // Behind PUBREC its octets are let go of already, and another message may lie in their place.
  if (outbox.lengths[slot]! > 0) blockFree(outbox.block, slot);
  outbox.lengths[slot] = 0;
  while (outbox.oldest !== outbox.next && outboxFirst(outbox, outbox.oldest) < 1) {
    packetId = outboxAfter(outbox, outbox.oldest);
    if (outbox.sending === outbox.oldest) outbox.sending = packetId;
    outbox.oldest = packetId;
  }
  if (outbox.oldest === outbox.next) outbox.head = 0;
  outbox.tail = outbox.head < 1 ? 0 : outbox.places[outbox.oldest % outbox.inFlight]!;
}
