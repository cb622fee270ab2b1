// SPDX-License-Identifier: MIT
// `require("crypto")`: the hashes. No ciphers, no PBKDF2.

import { createHash } from "node:crypto";

/**
 * @param {any} realm built-in objects of the context
 * @param {(value: unknown) => string} octetsOf
 */
export function createCrypto(realm, octetsOf) {
  const hash = (algorithm) => (data) => {
    const octets =
      typeof data === "string" ? Buffer.from(octetsOf(data), "latin1") : Buffer.from(data);
    return new realm.Uint8Array(createHash(algorithm).update(octets).digest()).buffer;
  };
  return Object.assign(new realm.Object(), {
    SHA1: hash("sha1"),
    SHA224: hash("sha224"),
    SHA256: hash("sha256"),
    SHA384: hash("sha384"),
    SHA512: hash("sha512"),
  });
}
