// SPDX-License-Identifier: MIT
// How much a client holds: the octets of all text and blocks that can be reached from it, and how many
// records and entries. It follows whatever is there, so a field nobody thought of counts as well.

/** Octets of text and of blocks, and records and entries of lists. */
export interface Held {
  octets: number;
  entries: number;
}

/** What is held by a record, but for what its caller holds as well (`without`). */
export function retained(record: object, without: unknown[]): Held {
  const held: Held = { octets: 0, entries: 0 };
  const seen = new Set<unknown>(without);
  const left: unknown[] = [record];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === "string") held.octets += value.length;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    held.entries += 1;
    if (ArrayBuffer.isView(value)) {
      held.octets += value.byteLength;
      continue;
    }
    for (const [name, one] of Object.entries(value)) {
      held.entries += 1;
      held.octets += name.length;
      left.push(one);
    }
  }
  return held;
}
