// SPDX-License-Identifier: MIT
// Well-formed UTF-8 as MQTT wants it (MQTT 3.1.1 section 1.5.3): no overlong form, no surrogate, no
// U+0000. The one loop over octets: it runs only for text that is not plain ASCII.

/** Whether `octets` are UTF-8 without U+0000 [MQTT-1.5.3-1] [MQTT-1.5.3-2]. */
export function isUtf8(octets: string): boolean {
  // Octets of a character still to come, and what the next one may be: the second octet has a narrower
  // range behind E0, ED, F0 and F4 (RFC 3629 section 4).
  let left = 0;
  let least = 1;
  let most = 244;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets.charCodeAt(at);
    if (octet < least || octet > most || (left < 1 && octet > 127 && octet < 194)) return false;
    left = left > 0 ? left - 1 : octet < 128 ? 0 : octet < 224 ? 1 : octet < 240 ? 2 : 3;
    least = left < 1 ? 1 : octet === 224 ? 160 : octet === 240 ? 144 : 128;
    most = left < 1 ? 244 : octet === 237 ? 159 : octet === 244 ? 143 : 191;
  }
  return left < 1;
}
