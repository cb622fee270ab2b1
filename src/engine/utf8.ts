// SPDX-License-Identifier: MIT
// Well-formed UTF-8 as MQTT wants it (MQTT 3.1.1 section 1.5.3): no overlong form, no surrogate, no
// U+0000. The one loop over octets: it runs only for text that is not plain ASCII.

/** Whether `octets` are UTF-8 without U+0000 [MQTT-1.5.3-1] [MQTT-1.5.3-2]. */
export function isUtf8(octets: string): boolean {
  let at = 0;
  while (at < octets.length) {
    let octet = octets.charCodeAt(at);
    let more = 4;
    if (octet === 0) return false;
    if (octet < 128) more = 0;
    else if (octet < 194) return false;
    else if (octet < 224) more = 1;
    else if (octet < 240) more = 2;
    else if (octet < 245) more = 3;
    // The second octet has a narrower range behind E0, ED, F0 and F4 (RFC 3629 section 4).
    let low = octet === 224 ? 160 : octet === 240 ? 144 : 128;
    let high = octet === 237 ? 159 : octet === 244 ? 143 : 191;
    at = at + 1;
    if (more > 3 || at + more > octets.length) return false;
    while (more > 0) {
      octet = octets.charCodeAt(at);
      if (octet < low || octet > high) return false;
      low = 128;
      high = 191;
      more = more - 1;
      at = at + 1;
    }
  }
  return true;
}
