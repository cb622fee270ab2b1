// SPDX-License-Identifier: MIT
// Fixed memory for what was accepted with QoS 1 and 2: a ring of octets that holds encoded PUBLISHes
// until they are acknowledged, and one slot for each. It sends nothing and knows no link.
//
// Packet identifiers advance 1, 2, … cycle, 1, …, and `cycle` is a multiple of the number of slots,
// so slot = identifier modulo slots, with no search. What is kept is always a run of identifiers:
//
//     oldest ………………… sending ………………… next         count = all of the run
//     |  handed to the link  |  not yet   |
//
// A message acknowledged out of turn leaves a free slot in the run until the oldest one goes.

import { Block, blockOpen, blockPut, Message, Numbers, numbersOpen, Single } from "#engine";
import { Status } from "../status.js";

/** What a slot holds: offset in the ring, length in octets, state. */
export const enum Slot {
  AT = 0,
  LENGTH = 1,
  STATE = 2,
  SIZE = 3,
}

/** A slot's state. `SENT` is added when octets of the packet were handed to a connection. */
export const enum State {
  FREE = 0,
  /** PUBLISH with QoS 1, waits for PUBACK. */
  QOS1 = 1,
  /** PUBLISH with QoS 2, waits for PUBREC. */
  QOS2 = 2,
  /** The head of a QoS 0 PUBLISH whose payload is pulled in parts. */
  QOS0 = 4,
  SENT = 8,
  /** Added when the payload does not lie in the ring but is pulled in parts. */
  PARTS = 16,
}

/** The largest packet identifier of a PUBLISH; those above are for SUBSCRIBE and UNSUBSCRIBE. */
export const enum Identifier {
  PUBLISH_MAX = 32767,
  MAX = 65535,
}

/** The outbox of one client. */
export interface Outbox extends Single {
  block: Block;
  capacity: number;
  slots: Numbers;
  inFlight: number;
  cycle: number;
  oldest: number;
  next: number;
  /** The first one that was not handed to this connection; `next` when all were. */
  sending: number;
  count: number;
  /** The offset behind the newest packet. */
  head: number;
}

/** An outbox of `capacity` octets and `inFlight` slots; `chance` (0…1) picks the first identifier. */
export function outboxOpen(capacity: number, inFlight: number, chance: number): Outbox {
  const cycle = Identifier.PUBLISH_MAX - (Identifier.PUBLISH_MAX % inFlight);
  const first = Math.floor(chance * cycle) + 1;
  return {
    block: blockOpen(capacity),
    capacity: capacity,
    slots: numbersOpen(inFlight * Slot.SIZE),
    inFlight: inFlight,
    cycle: cycle,
    oldest: first,
    next: first,
    sending: first,
    count: 0,
    head: 0,
  };
}

/** Where the identifier's slot begins in `slots`. @inline */
export function slotOf(outbox: Outbox, packetId: number): number {
  return (packetId % outbox.inFlight) * Slot.SIZE;
}

/** The identifier after this one. @inline */
export function outboxAfter(outbox: Outbox, packetId: number): number {
  return (packetId % outbox.cycle) + 1;
}

/** Where a packet of `length` octets can be kept, in one piece, or a Status. */
export function outboxFind(outbox: Outbox, length: number): number {
  const head = outbox.head;
  if (length > outbox.capacity) return Status.TOO_LONG;
  if (outbox.count >= outbox.inFlight) return Status.IN_FLIGHT_FULL;
  if (outbox.count < 1) return 0;
  const tail = outbox.slots[slotOf(outbox, outbox.oldest)]!;
  if (head > tail && head + length <= outbox.capacity) return head;
  const at = head > tail ? 0 : head;
  return at + length < tail ? at : Status.OUTBOX_FULL;
}

/** Keeps a packet at `at`, where `outboxFind` said; its identifier is `next`, which advances. */
export function outboxKeep(
  outbox: Outbox,
  at: number,
  message: Message,
  length: number,
  state: number,
): void {
  const slot = slotOf(outbox, outbox.next);
  outbox.slots[slot] = at;
  outbox.slots[slot + Slot.LENGTH] = length;
  outbox.slots[slot + Slot.STATE] = state;
  blockPut(outbox.block, at, message);
  outbox.head = at + length;
  outbox.next = outboxAfter(outbox, outbox.next);
  outbox.count += 1;
}

/** Whether the identifier is one that was sent on this connection and has that state. */
export function outboxHas(outbox: Outbox, packetId: number, state: number): boolean {
  const oldest = outbox.oldest;
  const cycle = outbox.cycle;
  return (
    packetId <= cycle &&
    (packetId - oldest + cycle) % cycle < (outbox.sending - oldest + cycle) % cycle &&
    outbox.slots[slotOf(outbox, packetId) + Slot.STATE]! % State.PARTS === state
  );
}

/** Frees a message's slot, and the ring's octets as far as the oldest messages are done. */
export function outboxFree(outbox: Outbox, packetId: number): void {
  outbox.slots[slotOf(outbox, packetId) + Slot.STATE] = State.FREE;
  while (
    outbox.count > 0 &&
    outbox.slots[slotOf(outbox, outbox.oldest) + Slot.STATE] === State.FREE
  ) {
    const after = outboxAfter(outbox, outbox.oldest);
    if (outbox.sending === outbox.oldest) outbox.sending = after;
    outbox.oldest = after;
    outbox.count -= 1;
  }
}
