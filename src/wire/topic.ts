// SPDX-License-Identifier: MIT
// Topic names and topic filters (MQTT 3.1.1 section 4.7): which are valid, and which filter matches
// which name. Both are UTF-8 octets here. Filters are cut once, when they are subscribed to.

import { isPlain, Octets, utf8 } from "#engine";
import { isUtf8 } from "../engine/utf8.js";
import { encodeString } from "./packet.js";

/**
 * A topic name behind its length, ready to be sent, or "" where it is none: empty [MQTT-4.7.3-1],
 * with a wildcard [MQTT-3.3.2-2], with U+0000 [MQTT-4.7.3-2], not UTF-8, or over 65,535 octets.
 */
export function encodeTopicName(topic: string): Octets {
  if (!isPlain(topic)) {
    topic = utf8(topic);
    if (topic.indexOf("#") >= 0 || topic.indexOf("+") >= 0 || !isUtf8(topic)) return "";
  }
  return isLength(topic) ? encodeString(topic) : "";
}

function isLength(topic: Octets): boolean {
  return topic.length > 0 && topic.length < 65536;
}

/** Whether a received topic name is one; `decodeTopic` has its text. */
export function isTopicName(topic: Octets): boolean {
  return isPlain(topic)
    ? topic.length > 0
    : topic.indexOf("#") < 0 && topic.indexOf("+") < 0 && isUtf8(topic);
}

/**
 * Where the first wildcard of a filter stands, −1 where there is none, −2 where the filter is not
 * valid: `+` fills a level [MQTT-4.7.1-3], `#` fills the last one [MQTT-4.7.1-2].
 */
export function wildcardOf(filter: Octets): number {
  let wild = -1;
  let from = 0;
  if (!isLength(filter) || !isUtf8(filter)) return -2;
  while (from <= filter.length) {
    let end = filter.indexOf("/", from);
    if (end < 0) end = filter.length;
    const level = filter.substring(from, end);
    const hash = level.indexOf("#") >= 0;
    if (hash || level.indexOf("+") >= 0) {
      if (level.length > 1 || (hash && end < filter.length)) return -2;
      if (wild < 0) wild = from;
    }
    from = end + 1;
  }
  return wild;
}

/**
 * Whether the filter, whose first wildcard is at `wild` (from `wildcardOf`), matches the name.
 * A wildcard in front does not match a name that begins with `$` [MQTT-4.7.2-1].
 */
export function matchesTopic(filter: Octets, wild: number, name: Octets): boolean {
  if (wild < 0) return filter === name;
  // Everything before the first wildcard, as text; "a/#" matches "a" as well (section 4.7.1.2).
  if (name.substring(0, wild) !== filter.substring(0, wild)) {
    return wild + 1 === filter.length && filter === name + "/#";
  }
  if (wild === 0 && name.charCodeAt(0) === 36) return false;
  let from = wild;
  let at = wild;
  while (true) {
    let end = filter.indexOf("/", from);
    if (end < 0) end = filter.length;
    let nameEnd = name.indexOf("/", at);
    if (nameEnd < 0) nameEnd = name.length;
    const level = filter.substring(from, end);
    if (level === "#") return true;
    if (level !== "+" && level !== name.substring(at, nameEnd)) return false;
    if (nameEnd === name.length) {
      return end === filter.length || filter.substring(end) === "/#";
    }
    if (end === filter.length) return false;
    from = end + 1;
    at = nameEnd + 1;
  }
}
