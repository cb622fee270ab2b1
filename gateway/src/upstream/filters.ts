// SPDX-License-Identifier: MIT
// Which clients have subscribed to what, for one connection that serves them all: filters with their
// subscribers, found by topic name through a tree of levels (MQTT 3.1.1 section 4.7).

import type { Octets } from "#engine";
import type { Session } from "../session.js";

/** One client's subscription to one filter. */
export interface Subscriber {
  qos: number;
  /** Retained messages are for it until then, each topic once: it has just subscribed. */
  freshUntil: number;
  seen: Set<Octets>;
}

/** A filter and who has it. */
export interface Entry {
  filter: Octets;
  subscribers: Map<Session, Subscriber>;
}

interface Node {
  below: Map<Octets, Node>;
  entry: Entry | undefined;
}

export interface Filters {
  entries: Map<Octets, Entry>;
  bySession: Map<Session, Set<Octets>>;
  root: Node;
}

const nodeOpen = (): Node => ({ below: new Map(), entry: undefined });

export function filtersOpen(): Filters {
  return { entries: new Map(), bySession: new Map(), root: nodeOpen() };
}

/** The entry of a filter, made where there is none. */
export function entryOf(f: Filters, filter: Octets): Entry {
  let entry = f.entries.get(filter);
  if (entry) return entry;
  entry = { filter, subscribers: new Map() };
  f.entries.set(filter, entry);
  let node = f.root;
  for (const level of filter.split("/")) {
    let next = node.below.get(level);
    if (!next) node.below.set(level, (next = nodeOpen()));
    node = next;
  }
  node.entry = entry;
  return entry;
}

/** Adds a subscriber, or changes it. */
export function addSubscriber(f: Filters, s: Session, filter: Octets, one: Subscriber): void {
  entryOf(f, filter).subscribers.set(s, one);
  const own = f.bySession.get(s);
  if (own) own.add(filter);
  else f.bySession.set(s, new Set([filter]));
}

/** Removes one; whether nobody is left, and the filter is gone. */
export function removeSubscriber(f: Filters, s: Session, filter: Octets): boolean {
  const entry = f.entries.get(filter);
  const own = f.bySession.get(s);
  if (!entry?.subscribers.delete(s)) return false;
  own?.delete(filter);
  if (own?.size === 0) f.bySession.delete(s);
  if (entry.subscribers.size > 0) return false;
  f.entries.delete(filter);
  prune(f.root, filter.split("/"), 0);
  return true;
}

/** Takes the filter out of the tree; whether the node is empty then. */
function prune(node: Node, levels: Octets[], at: number): boolean {
  const level = levels[at];
  if (level === undefined) node.entry = undefined;
  else {
    const next = node.below.get(level);
    if (next && prune(next, levels, at + 1)) node.below.delete(level);
  }
  return node.entry === undefined && node.below.size < 1;
}

/** Calls `found` with every entry whose filter matches the topic name. */
export function matchEntries(f: Filters, topic: Octets, found: (entry: Entry) => void): void {
  const levels = topic.split("/");
  // A wildcard in front does not match a name that begins with `$` [MQTT-4.7.2-1].
  walk(f.root, levels, 0, topic.startsWith("$"), found);
}

function walk(
  node: Node,
  levels: Octets[],
  at: number,
  isHidden: boolean,
  found: (entry: Entry) => void,
): void {
  const isWild = !isHidden || at > 0;
  const rest = node.below.get("#")?.entry;
  // `a/#` matches `a` as well.
  if (rest && isWild) found(rest);
  const level = levels[at];
  if (level === undefined) {
    if (node.entry) found(node.entry);
    return;
  }
  const next = node.below.get(level);
  if (next) walk(next, levels, at + 1, isHidden, found);
  const any = isWild && level !== "+" ? node.below.get("+") : undefined;
  if (any) walk(any, levels, at + 1, isHidden, found);
}
