// SPDX-License-Identifier: MIT
// A signed payload: behind the payload stand a counter in decimal digits and a tag. The format is
// described for other implementations in docs/authentication.md.
//
//   payload | "/" | counter | tag 16
//
// The tag is the first half of HMAC-SHA256 over: the signer's sign and the topic, behind their length; and
// what stands in front of the tag.

import { Octets, utf8 } from "#engine";
import type { Hmac } from "../../boards/hal.js";
import { encodeString } from "../wire/packet.js";

/** Octets of a tag. */
export const enum Tag {
  LENGTH = 16,
}

/** The tag for what a side says on a topic; `mac` is what `hmac.open` made of the key. */
export function tagOf(hmac: Hmac, mac: any, said: string, counted: Octets): Octets {
  return hmac.of(mac, encodeString(utf8(said)) + counted).slice(0, Tag.LENGTH);
}

/** What stands in front of the tag, or "" where the tag is another one. */
export function checkTag(hmac: Hmac, mac: any, said: string, signed: Octets): Octets {
  const at = signed.length - Tag.LENGTH;
  const counted = signed.slice(0, at);
  const tag = tagOf(hmac, mac, said, counted);
  // What is compared says nothing about how much of the tag was guessed, however long it takes.
  return hmac.of(mac, tag) === hmac.of(mac, signed.slice(at)) ? counted : "";
}
