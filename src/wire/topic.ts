// SPDX-License-Identifier: MIT
// Topic names and topic filters (MQTT 3.1.1 section 4.7): which are valid, and which filter matches
// which name. Both are UTF-8 octets here.

import { hasWildcard, isEmpty, isMisplaced, isSpecial, isUtf8, Octets } from "#engine";
import { encodeString } from "./packet.js";

/**
 * A topic name (UTF-8 octets) behind its length, or "" where it is none: empty [MQTT-4.7.3-1], with
 * a wildcard [MQTT-3.3.2-2], with U+0000 [MQTT-4.7.3-2], not UTF-8, over 65,535 octets.
 */
export function encodeTopicName(name: Octets): Octets {
  return isEmpty(name) ||
    name.length > 65535 ||
    (isSpecial(name) && (hasWildcard(name) || !isUtf8(name)))
    ? ""
    : encodeString(name);
}

/**
 * Whether octets are a topic filter: `+` fills a level [MQTT-4.7.1-3], `#` fills the last one
 * [MQTT-4.7.1-2]. @inline
 */
export function isTopicFilter(filter: Octets): boolean {
  return !isEmpty(filter) && filter.length < 65536 && !isMisplaced(filter) && isUtf8(filter);
}

/**
 * Whether a filter matches a name, both cut into levels. `a/#` matches `a` as well (section 4.7.1.2),
 * and a wildcard in front does not match a name that begins with `$` [MQTT-4.7.2-1].
 */
export function matchesTopic(filter: Octets[], name: Octets[]): boolean {
  let at = 0;
  while (at < name.length && (filter[at] === name[at] || filter[at] === "+")) at += 1;
  // Behind the last level of both there is nothing, and nothing is equal to nothing.
  return (
    (filter[at] === "#" || filter[at] === name[at]) &&
    (name[0] === filter[0] || name[0]!.charCodeAt(0) !== Code.DOLLAR)
  );
}

const enum Code {
  DOLLAR = 36,
}
