// SPDX-License-Identifier: MIT
// The corpus: what servers may send that is easily read wrong, each with a name. They always run.
// README.md says where they come from and how a new one is added.

import { Status } from "../../src/status.js";

/** Octets with a name, and the Statuses a client may close the connection with; none: it stays. */
export interface Seed {
  name: string;
  octets: string;
  statuses: Status[];
}

const wrong = [Status.MALFORMED, Status.UNEXPECTED];
const malformed = [Status.MALFORMED];
const fine: Status[] = [];

const list: [name: string, octets: string, statuses: Status[]][] = [
  ["nothing", "", fine],
  ["half a header", "\x30", fine],
  ["a Remaining Length that goes on", "\x30\x80\x80\x80", fine],
  ["a Remaining Length of five octets", "\x30\x80\x80\x80\x80\x00", malformed],
  ["a Remaining Length of four octets that says 0", "\xd0\x80\x80\x80\x00", fine],
  ["a Remaining Length of four octets that says 4", "\x30\x84\x80\x80\x00\0\x01ax", fine],
  ["the longest Remaining Length", "\x30\xff\xff\xff\x7f\0\x01ax", fine],
  ["a message without payload", "\x30\x03\0\x01a", fine],
  ["an empty topic", "\x30\x02\0\0", malformed],
  ["half a topic length", "\x30\x01\0", malformed],
  ["a topic that ends behind the packet", "\x30\x03\0\x02a\x30\x04\0\x01bx", malformed],
  ["the longest topic that is not there", "\x30\x02\xff\xff", malformed],
  ["QoS 1 without identifier", "\x32\x03\0\x01a", malformed],
  ["QoS 1 with half an identifier, and a packet behind it", "\x32\x04\0\x01a\x01\xd0\0", malformed],
  ["QoS 1 with identifier 0", "\x32\x05\0\x01a\0\0", malformed],
  [
    "QoS 2 twice, then released, then again",
    "\x34\x05\0\x01a\0\x01".repeat(2) + "\x62\x02\0\x01\x34\x05\0\x01a\0\x01",
    fine,
  ],
  ["QoS 2 with DUP that is new", "\x3c\x05\0\x01a\0\x07", fine],
  ["QoS 3", "\x36\x05\0\x01a\0\x01", malformed],
  ["DUP at QoS 0", "\x38\x03\0\x01a", malformed],
  [
    "the same topic at each QoS",
    "\x30\x04\0\x01ax\x32\x06\0\x01a\0\x01x\x34\x06\0\x01a\0\x01x\x31\x04\0\x01ax",
    fine,
  ],
  [
    "a topic, then one that begins with it",
    "\x30\x05\0\x02abx\x30\x06\0\x03abcx\x30\x04\0\x01ax",
    fine,
  ],
  [
    "a topic of one octet less behind the same one",
    "\x30\x04\0\x01ax\x30\x03\0\x01a\x30\x02\0\x01",
    malformed,
  ],
  ["text cut in the middle of a character", "\x30\x05\0\x02a\xc3x", malformed],
  ["an overlong slash", "\x30\x04\0\x02\xc0\xaf", malformed],
  ["a surrogate", "\x30\x05\0\x03\xed\xa0\x80", malformed],
  ["the last code point", "\x30\x06\0\x04\xf4\x8f\xbf\xbf", fine],
  ["one code point further", "\x30\x06\0\x04\xf4\x90\x80\x80", malformed],
  ["U+FEFF in front", "\x30\x06\0\x04\xef\xbb\xbfa", fine],
  ["U+0000", "\x30\x03\0\x01\0", malformed],
  ["a wildcard", "\x30\x05\0\x03a/+", malformed],
  ["PUBACK nobody waits for", "\x40\x02\x12\x34", fine],
  ["PUBACK of three octets", "\x40\x03\0\x01\0", malformed],
  ["PUBACK with a flag", "\x41\x02\0\x01", wrong],
  ["PUBREC nobody waits for", "\x50\x02\x12\x34", fine],
  ["PUBREL nobody waits for", "\x62\x02\x12\x34", fine],
  ["PUBREL without its flag", "\x60\x02\0\x01", wrong],
  ["PUBCOMP with identifier 0", "\x70\x02\0\0", malformed],
  ["SUBACK nobody waits for", "\x90\x03\x80\0\x80", fine],
  ["SUBACK with code 3", "\x90\x03\x80\0\x03", malformed],
  ["SUBACK with two codes", "\x90\x04\x80\0\0\0", malformed],
  ["UNSUBACK with a code", "\xb0\x03\x80\0\0", malformed],
  ["PINGRESP nobody waits for", "\xd0\0", fine],
  ["PINGRESP with a body", "\xd0\x01\0", wrong],
  ["a second CONNACK", "\x20\x02\0\0", wrong],
  ["a second CONNACK that refuses", "\x20\x02\0\x05", wrong],
  ["type 0", "\0\0", wrong],
  ["type 15", "\xf0\0", wrong],
  ["a client's packet", "\xc0\0", wrong],
  [
    "a web server",
    `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n${"wrong ".repeat(9)}`,
    wrong,
  ],
  ["a TLS alert", "\x15\x03\x01\0\x02\x02\x46", wrong],
  ["something good in front of something bad", "\x32\x06\0\x01a\0\x05x\xf0\0", wrong],
];

export const seeds: Seed[] = list.map(([name, octets, statuses]) => ({ name, octets, statuses }));
