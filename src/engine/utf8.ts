// SPDX-License-Identifier: MIT
// Well-formed UTF-8 as MQTT wants it (MQTT 3.1.1 section 1.5.3): no overlong form, no surrogate, no
// U+0000. The one loop over octets: it runs only for text that is not plain ASCII.

/** Whether `octets` are UTF-8 without U+0000 [MQTT-1.5.3-1] [MQTT-1.5.3-2]. */
export function isUtf8(octets: string): boolean {
  // Octets of a character still to come, and its first one until the second has come, which has a
  // narrower range behind E0, ED, F0 and F4 (RFC 3629 section 4).
  let left = 0;
  let lead = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets.charCodeAt(at);
    const isWrong =
      left > 0
        ? octet < 128 ||
          octet > 191 ||
          (lead === 224 && octet < 160) ||
          (lead === 237 && octet > 159) ||
          (lead === 240 && octet < 144) ||
          (lead === 244 && octet > 143)
        : octet < 1 || octet > 244 || (octet > 127 && octet < 194);
    if (isWrong) return false;
    lead = left > 0 ? 0 : octet;
    left = left > 0 ? left - 1 : octet < 128 ? 0 : octet < 224 ? 1 : octet < 240 ? 2 : 3;
  }
  return left < 1;
}
