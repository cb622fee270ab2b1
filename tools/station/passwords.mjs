// SPDX-License-Identifier: MIT
// Password files in mosquitto's format: a line `name:$7$iterations$salt$hash` for each user, of
// PBKDF2 with SHA-512, salt and hash in base64; `$6$salt$hash`, SHA-512 alone, is read too.

import { createHash, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/** Rounds for new lines: about 80 ms on a PC; mosquitto_passwd takes 101 where it is not told. */
const ITERATIONS = 100000;

const hash7 = (password, iterations, salt) => pbkdf2Sync(password, salt, iterations, 64, "sha512");

const hash6 = (password, salt) => createHash("sha512").update(password).update(salt).digest();

/** The line of one user; what mosquitto cannot read back is refused. */
export function passwordLine(name, password, iterations = ITERATIONS) {
  if (!/^[^\x00-\x1f:#][^\x00-\x1f:]*$/.test(name)) {
    throw new Error("A user name holds no colon and no control character, and begins with no #.");
  }
  const salt = randomBytes(12);
  const hash = hash7(password, iterations, salt);
  return `${name}:$7$${iterations}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/** The users of a file: names to a function that says whether a password is right. */
export function readPasswords(text) {
  const users = new Map();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const match = /^([^:]+):\$(?:7\$([1-9]\d{0,8})|6)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/.exec(
      line,
    );
    // The line itself is not shown: it may be a password that nobody has hashed yet.
    if (match === null) throw new Error(`line ${at + 1} is no name:$7$… or name:$6$…`);
    const [, name, iterations, salt64, hash64] = match;
    const salt = Buffer.from(salt64, "base64");
    const hash = Buffer.from(hash64, "base64");
    const of = (password) =>
      iterations ? hash7(password, Number(iterations), salt) : hash6(password, salt);
    users.set(name, (password) => hash.length === 64 && timingSafeEqual(of(password), hash));
  }
  return users;
}
