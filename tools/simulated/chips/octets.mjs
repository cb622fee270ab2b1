// SPDX-License-Identifier: MIT
// What virtual chips share. They are written in the JavaScript that Espruino accepts, because on a real
// interpreter they run inside of it (bundle.mjs). A chip on I²C is `{ write(octets), read(count) }`: what
// one transfer wrote, and what one transfer reads; a chip that does not acknowledge throws. Each is made
// with a world, `{ now() in milliseconds, value(name) }`, and the quantities it asks for are named in SI
// units or those of its datasheet.

/** Whole numbers of 16 bits as octets, high octet first. */
export function words(list) {
  let octets = "";
  for (let at = 0; at < list.length; at++) {
    const value = Math.round(list[at]);
    octets += String.fromCharCode((value >> 8) & 255, value & 255);
  }
  return octets;
}

/** The value, or the nearest that is not beyond. */
export function within(value, least, most) {
  return value < least ? least : value > most ? most : value;
}

/** The least whole number below 2^bits for which a rising function is not below `target`. */
export function invert(rising, target, bits) {
  let least = 0;
  let most = Math.pow(2, bits) - 1;
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (rising(middle) < target) least = middle + 1;
    else most = middle;
  }
  return least;
}

/** A checksum of 8 bits over octets, highest bit first. */
export function crc8(octets, polynomial, start) {
  let crc = start;
  for (let at = 0; at < octets.length; at++) {
    crc ^= octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = crc & 128 ? ((crc << 1) & 255) ^ polynomial : crc << 1;
  }
  return crc;
}

/** A chip does not acknowledge. */
export function refuse() {
  throw new Error("not acknowledged");
}
