// SPDX-License-Identifier: MIT
// Well-formed UTF-8 as MQTT wants it (MQTT 3.1.1 section 1.5.3): no overlong form, no surrogate, no
// U+0000. The one loop over octets: it runs only for text that is not plain ASCII.

/** Whether `octets` are UTF-8 without U+0000 [MQTT-1.5.3-1] [MQTT-1.5.3-2]. */
export function isUtf8(octets: string): boolean {
  // Octets still to come of a character, and the range of the next one of them.
  let more = 0;
  let low = 0;
  let high = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets.charCodeAt(at);
    if (more > 0) {
      if (octet < low || octet > high) return false;
      more -= 1;
      low = 128;
      high = 191;
    } else {
      if (octet < 1 || octet > 244 || (octet > 127 && octet < 194)) return false;
      more = octet < 128 ? 0 : octet < 224 ? 1 : octet < 240 ? 2 : 3;
      // The second octet has a narrower range behind E0, ED, F0 and F4 (RFC 3629 section 4).
      low = octet === 224 ? 160 : octet === 240 ? 144 : 128;
      high = octet === 237 ? 159 : octet === 244 ? 143 : 191;
    }
  }
  return more < 1;
}
