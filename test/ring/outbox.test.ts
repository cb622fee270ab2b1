// SPDX-License-Identifier: MIT
// The outbox against a model that is a plain list: put and free in any order, the octets of what
// is in flight stay as they were put, no identifier is used twice, and capacity is honoured.

import { blockCut } from "#engine";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Outbox,
  outboxFind,
  outboxFirst,
  outboxFree,
  outboxKeep,
  outboxOpen,
} from "../../src/ring/outbox.js";
import { Status } from "../../src/status.js";

/** What the model knows of a message. */
interface Kept {
  id: number;
  octets: string;
  at: number;
}

/** A message is done: slot and octets are free. */
function letGo(outbox: Outbox, id: number): void {
  outbox.ids[id % outbox.inFlight] = 0;
  outboxFree(outbox, id);
}

const slotOf = (outbox: Outbox) => outbox.next % outbox.inFlight;

/** Where a packet finds room, and how it is kept there, in the slot of the next identifier. */
const find = (outbox: Outbox, length: number) => outboxFind(outbox, slotOf(outbox), length);
const keep = (outbox: Outbox, at: number, octets: string, length: number) =>
  outboxKeep(outbox, slotOf(outbox), at, octets, length);

/** Runs steps against the model: below 0.6 a put, else a free. */
function run(capacity: number, slots: number, chance: number, steps: [number, number][]): number {
  const outbox = outboxOpen(capacity, slots, Math.floor(chance * 32767));
  const kept: Kept[] = [];
  let puts = 0;
  let before = 0;
  for (const [choice, size] of steps) {
    if (choice < 0.6) {
      const length = 1 + Math.floor(size * (capacity + 1));
      const at = find(outbox, length);
      const used = kept.reduce((sum, { octets }) => sum + octets.length, 0);
      if (length > capacity) expect(at).toBe(Status.TOO_LONG);
      else if (kept.length === 0) expect(at).toBeGreaterThanOrEqual(0);
      if (used + length > capacity || kept.length >= slots) expect(at).toBeLessThan(0);
      if (at < 0) {
        expect([Status.TOO_LONG, Status.OUTBOX_FULL, Status.IN_FLIGHT_FULL]).toContain(at);
        continue;
      }
      expect(at + length).toBeLessThanOrEqual(capacity);
      for (const other of kept) {
        const apart = at + length <= other.at || at >= other.at + other.octets.length;
        expect([other, at, length, apart]).toEqual([other, at, length, true]);
      }
      const id = outbox.next;
      expect(id > 0 && id < 32768).toBe(true);
      expect(kept.some((other) => other.id === id)).toBe(false);
      if (before > 0) expect(id === before + 1 || id === 1).toBe(true);
      before = id;
      const octets = String.fromCharCode((puts % 255) + 1).repeat(length);
      keep(outbox, at, octets, length);
      kept.push({ id, octets, at });
      puts += 1;
    } else if (kept.length > 0) {
      // Mostly the oldest, as it is in life.
      const place = choice < 0.85 ? 0 : Math.floor(size * kept.length);
      const [gone] = kept.splice(place, 1);
      letGo(outbox, gone!.id);
      expect(outboxFirst(outbox, gone!.id)).toBe(0);
    }
    for (const { id, octets, at } of kept) {
      const slot = id % slots;
      expect(outbox.ids[slot]).toBe(id);
      expect(outbox.places[slot]).toBe(at);
      expect(outbox.lengths[slot]).toBe(octets.length);
      expect(blockCut(outbox.block, slot, at, octets.length)).toBe(octets);
      expect(outboxFirst(outbox, id)).toBe(octets.charCodeAt(0));
    }
    if (kept.length === 0) expect([outbox.head, outbox.tail]).toEqual([0, 0]);
    expect(outbox.oldest).toBe(kept.length > 0 ? kept[0]!.id : outbox.next);
  }
  return puts;
}

const unit = fc.double({ min: 0, max: 0.999999, noNaN: true });

describe("the outbox", () => {
  it("never overlaps, never reuses an identifier in flight, keeps to its capacity", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 9 }),
        unit,
        fc.array(
          fc.tuple(
            unit,
            unit.map((size) => size * size * size),
          ),
          { maxLength: 120 },
        ),
        (capacity, slots, chance, steps) => void run(capacity, slots, chance, steps),
      ),
      { numRuns: 150 },
    );
  });

  it("goes round with its identifiers: 1 follows the largest, in the right slot", () => {
    for (const slots of [1, 2, 3, 7, 16]) {
      const steps = Array.from({ length: 60 }, (_, i): [number, number] => [i % 2 ? 0.7 : 0, 0.05]);
      expect(run(64, slots, 0.9999, steps)).toBe(30);
    }
    const outbox = outboxOpen(64, 7, 32765);
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) {
      seen.add(outbox.next);
      keep(outbox, find(outbox, 1), "x", 1);
      letGo(outbox, outbox.oldest);
    }
    expect(seen.has(1)).toBe(true);
    expect(seen.has(0)).toBe(false);
    expect(Math.max(...seen)).toBeLessThan(32768);
  });

  it("uses the whole of its capacity for one message", () => {
    const outbox = outboxOpen(50, 4, 0);
    expect(find(outbox, 51)).toBe(Status.TOO_LONG);
    expect(find(outbox, 50)).toBe(0);
    keep(outbox, 0, "x".repeat(50), 50);
    expect(find(outbox, 1)).toBe(Status.OUTBOX_FULL);
    letGo(outbox, outbox.oldest);
    expect(find(outbox, 50)).toBe(0);
  });

  it("has its octets back when the oldest goes, in its turn", () => {
    const outbox = outboxOpen(30, 9, 0);
    const first = outbox.next;
    for (let i = 0; i < 3; i++) {
      keep(outbox, find(outbox, 10), "x".repeat(10), 10);
    }
    expect(find(outbox, 5)).toBe(Status.OUTBOX_FULL);
    letGo(outbox, first + 1);
    expect(find(outbox, 5)).toBe(Status.OUTBOX_FULL);
    letGo(outbox, first);
    expect(find(outbox, 15)).toBe(0);
  });
});
