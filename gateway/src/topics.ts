// SPDX-License-Identifier: MIT
// Topics of one client (specification sections 6.5 and 6.7): identifiers that the gateway allotted, which are the
// same for the same name as long as the session lasts; which of them the client knows on this connection;
// and those agreed upon beforehand, for all clients or for one. Normal identifiers never have the number of a
// predefined one: there are clients that look in the wrong table.

import { hasWildcard, Octets } from "#engine";
import { TopicIdType } from "../../src/sn/packet.js";
import { encodeInteger } from "../../src/wire/packet.js";
import { encodeTopicName } from "../../src/wire/topic.js";
import { Fixed } from "./settings.js";

/** Names and identifiers of two octets, both ways. */
export interface Predefined {
  ids: Map<Octets, Octets>;
  names: Map<Octets, Octets>;
}

export interface TopicTable {
  ids: Map<Octets, Octets>;
  names: Map<Octets, Octets>;
  /** Names whose identifier the client has been told on this connection, or has asked for. */
  known: Set<Octets>;
  /** Predefined names that the client has used: it knows them. */
  used: Set<Octets>;
  /** Names it has refused. */
  refused: Set<Octets>;
  lastId: number;
}

export function listOpen(): TopicTable {
  return {
    ids: new Map(),
    names: new Map(),
    known: new Set(),
    used: new Set(),
    refused: new Set(),
    lastId: 0,
  };
}

/** A table of predefined topics; names are text in a configuration, octets here. */
export function predefinedOpen(entries: Iterable<[Octets, number]>): Predefined {
  const table: Predefined = { ids: new Map(), names: new Map() };
  for (const [name, id] of entries) {
    table.ids.set(name, encodeInteger(id));
    table.names.set(encodeInteger(id), name);
  }
  return table;
}

/** Whether octets are a topic name. */
export function isTopicName(name: Octets): boolean {
  return encodeTopicName(name) !== "";
}

/** Which tables count for a client: that of all, and its own, which it knows without having used it. */
export interface Agreed {
  own: Predefined | undefined;
  all: Predefined;
}

/** The name behind what stands in a message, undefined where it is unknown. */
export function nameOf(
  table: TopicTable,
  agreed: Agreed,
  topicId: Octets,
  idType: number,
): Octets | undefined {
  if (idType === TopicIdType.SHORT) return isTopicName(topicId) ? topicId : undefined;
  if (idType === TopicIdType.NORMAL) return table.names.get(topicId);
  if (idType !== TopicIdType.PREDEFINED) return undefined;
  const name = agreed.own?.names.get(topicId) ?? agreed.all.names.get(topicId);
  if (name !== undefined) table.used.add(name);
  return name;
}

/** The identifier of a name, allotted where it has none. The oldest makes room. */
export function idOf(table: TopicTable, agreed: Agreed, name: Octets, most: number): Octets {
  const found = table.ids.get(name);
  if (found !== undefined) return found;
  if (table.ids.size >= most) forget(table, table.ids.keys().next().value!);
  let id: Octets;
  do {
    // 0 and 65,535 are reserved.
    table.lastId = (table.lastId % 65534) + 1;
    id = encodeInteger(table.lastId);
  } while (table.names.has(id) || agreed.all.names.has(id) || agreed.own?.names.has(id));
  table.ids.set(name, id);
  table.names.set(id, name);
  return id;
}

function forget(table: TopicTable, name: Octets): void {
  table.names.delete(table.ids.get(name)!);
  table.ids.delete(name);
  table.known.delete(name);
}

/** How a message to the client names its topic; undefined where it has to be registered first. */
export function addressOf(
  table: TopicTable,
  agreed: Agreed,
  name: Octets,
): { idType: TopicIdType; topicId: Octets } | undefined {
  if (table.known.has(name)) return { idType: TopicIdType.NORMAL, topicId: table.ids.get(name)! };
  const own = agreed.own?.ids.get(name);
  const topicId = own ?? (table.used.has(name) ? agreed.all.ids.get(name) : undefined);
  if (topicId !== undefined) return { idType: TopicIdType.PREDEFINED, topicId };
  if (name.length === 2 && !hasWildcard(name)) return { idType: TopicIdType.SHORT, topicId: name };
  return undefined;
}

/** The client will not hear of that name on this connection. */
export function refuse(table: TopicTable, name: Octets): void {
  if (table.refused.size >= Fixed.REFUSED) table.refused.clear();
  table.refused.add(name);
}

/** A new connection: the client knows no identifier. */
export function unlearn(table: TopicTable): void {
  table.known.clear();
  table.refused.clear();
}
