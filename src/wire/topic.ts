// SPDX-License-Identifier: MIT
// Topic names and topic filters (MQTT 3.1.1 section 4.7): which are valid, and which filter matches
// which name. Both are UTF-8 octets here; a filter with wildcards is cut into its levels once.

import { hasWildcard, isPlain, Octets } from "#engine";
import { isUtf8 } from "../engine/utf8.js";
import { encodeString } from "./packet.js";

/**
 * A topic name (UTF-8 octets) behind its length, or "" where it is none: empty [MQTT-4.7.3-1], with
 * a wildcard [MQTT-3.3.2-2], with U+0000 [MQTT-4.7.3-2], not UTF-8, over 65,535 octets.
 */
export function encodeTopicName(name: Octets): Octets {
  return name === "" ||
    name.length > 65535 ||
    (!isPlain(name) && (hasWildcard(name) || !isUtf8(name)))
    ? ""
    : encodeString(name);
}

/**
 * Whether octets, cut into `levels`, are a topic filter: `+` fills a level [MQTT-4.7.1-3], `#` fills
 * the last one [MQTT-4.7.1-2].
 */
export function isTopicFilter(filter: Octets, levels: Octets[]): boolean {
  for (let at = 0; at < levels.length; at++) {
    const level = levels[at]!;
    if (hasWildcard(level) && (level.length > 1 || (level === "#" && at + 1 < levels.length))) {
      return false;
    }
  }
  return filter.length > 0 && filter.length < 65536 && isUtf8(filter);
}

/**
 * Whether a filter matches a name, both cut into levels. `a/#` matches `a` as well (section 4.7.1.2),
 * and a wildcard in front does not match a name that begins with `$` [MQTT-4.7.2-1].
 */
export function matchesTopic(filter: Octets[], name: Octets[]): boolean {
  let at = 0;
  if (hasWildcard(filter[0]!) && name[0]!.slice(0, 1) === "$") return false;
  while (at < filter.length) {
    const level = filter[at];
    if (level === "#") return at <= name.length;
    if (at >= name.length || (level !== "+" && level !== name[at])) return false;
    at += 1;
  }
  return at === name.length;
}
