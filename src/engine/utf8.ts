// SPDX-License-Identifier: MIT
// Well-formed UTF-8 as MQTT wants it (MQTT 3.1.1 section 1.5.3): no overlong form, no surrogate, no
// U+0000. The one loop over octets: it runs only for text that is not plain ASCII.

/** Whether `octets` are UTF-8 without U+0000 [MQTT-1.5.3-1] [MQTT-1.5.3-2]. */
export function isUtf8(octets: string): boolean {
  const length = octets.length;
  let at = 0;
  // Read past the end, this is no continuation: a sequence that is cut off fails.
  octets += "-";
  while (at < length) {
    const lead = octets.charCodeAt(at);
    let more = lead < 128 ? 0 : lead < 224 ? 1 : lead < 240 ? 2 : 3;
    // The second octet has a narrower range behind E0, ED, F0 and F4 (RFC 3629 section 4).
    let low = lead === 224 ? 160 : lead === 240 ? 144 : 128;
    let high = lead === 237 ? 159 : lead === 244 ? 143 : 191;
    if (lead < 1 || lead > 244 || (lead > 127 && lead < 194)) return false;
    at += 1;
    while (more > 0) {
      const octet = octets.charCodeAt(at);
      if (octet < low || octet > high) return false;
      low = 128;
      high = 191;
      more -= 1;
      at += 1;
    }
  }
  return true;
}
