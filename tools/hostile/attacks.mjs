// SPDX-License-Identifier: MIT
// What a server that means harm does to a client, as data: octets behind CONNACK, then chunks that are
// made of a packet and a number that counts up, and what has to come of it. world.js and world.lua play
// it on every engine, a real server plays it to the package in Node.

const CONNACK = "\x20\x02\0\0";
/** SUBACK of the program's only filter, "#". */
const SUBACK = "\x90\x03\x80\0\x02";
/** The most that a Remaining Length can say: 256 MB. */
const LONGEST = "\xff\xff\xff\x7f";

/**
 * @typedef {object} Attack
 * @property {string} title what the server does
 * @property {number} status why the client closes the connection; 0: it does not
 * @property {number} [large] the same with the limits of Node, where it is something else
 * @property {string} head the first octets
 * @property {string} [pre] a packet, again and again: what stands in front of the number
 * @property {"none" | "text" | "id"} [counts] the number: not there, five digits, or two octets
 * @property {string} [post] what stands behind it
 * @property {number} [per] packets in a chunk
 * @property {number} [times] chunks
 * @property {number} [everyMs] what time passes behind each
 * @property {boolean} [isDeaf] the link takes nothing of what the client sends behind SUBSCRIBE
 * @property {boolean} [isBrief] the server closes behind each chunk
 */

const long = "x".repeat(80);

/** @type {Attack[]} */
export const attacks = [
  {
    title: "messages under topics that are all new",
    status: 0,
    head: CONNACK + SUBACK,
    pre: `\x30\x5b\0\x58fl/${long}`,
    counts: "text",
    post: "x",
    per: 15,
    times: 100,
  },
  {
    title: "messages under topics of 1,300 octets that are all new",
    status: 0,
    head: CONNACK + SUBACK,
    pre: `\x30\x97\x0a\x05\x14${"x".repeat(1295)}`,
    counts: "text",
    post: "x",
    times: 100,
  },
  {
    title: "messages at QoS 1, each with its PUBACK",
    status: 0,
    head: CONNACK + SUBACK,
    pre: "\x32\x06\0\x01a",
    counts: "id",
    post: "x",
    per: 150,
    times: 30,
  },
  {
    title: "messages at QoS 1 over a link that takes no PUBACK",
    status: -34,
    head: CONNACK + SUBACK,
    pre: "\x32\x06\0\x01a",
    counts: "id",
    post: "x",
    per: 150,
    times: 3000,
    isDeaf: true,
  },
  {
    title: "messages at QoS 2 that it never releases",
    status: -15,
    head: CONNACK + SUBACK,
    pre: "\x34\x06\0\x01a",
    counts: "id",
    post: "x",
    per: 10,
    times: 200,
  },
  {
    title: "messages at QoS 2 that are all the same one",
    status: 0,
    head: CONNACK + SUBACK,
    pre: "\x3c\x06\0\x01a\0\x07x",
    per: 150,
    times: 30,
  },
  {
    title: "PUBRELs of messages that never were",
    status: 0,
    head: CONNACK + SUBACK,
    pre: "\x62\x02",
    counts: "id",
    per: 300,
    times: 15,
  },
  {
    title: "PUBRECs of messages that never were",
    status: 0,
    head: CONNACK + SUBACK,
    pre: "\x50\x02",
    counts: "id",
    per: 300,
    times: 15,
  },
  {
    title: "SUBACKs and PINGRESPs that nobody asked for",
    status: 0,
    head: CONNACK + SUBACK,
    pre: "\xd0\0\x90\x03",
    counts: "id",
    post: "\x01",
    per: 200,
    times: 20,
  },
  {
    title: "a message of 256 MB",
    status: 0,
    head: `${CONNACK}${SUBACK}\x30${LONGEST}\0\x01a`,
    pre: "x".repeat(1400),
    times: 400,
  },
  {
    title: "a message of 256 MB, an octet in ten seconds",
    status: -33,
    head: `${CONNACK}${SUBACK}\x30${LONGEST}\0\x01a`,
    pre: "x",
    times: 5000,
    everyMs: 10000,
  },
  {
    title: "a message of 120 octets, an octet in ten seconds",
    status: -33,
    head: `${CONNACK}${SUBACK}\x30\x78\0\x01a`,
    pre: "x",
    times: 5000,
    everyMs: 10000,
  },
  {
    // In Node as much is held of a packet.
    title: "a topic name of 64 KB",
    status: -16,
    large: 0,
    head: `${CONNACK}${SUBACK}\x30\xff\xff\xff\x03\xff\xff`,
    pre: "x".repeat(1400),
    times: 400,
  },
  {
    title: "a SUBACK of 256 MB",
    status: -16,
    head: `${CONNACK}${SUBACK}\x90${LONGEST}`,
    pre: "x".repeat(1400),
    times: 400,
  },
  {
    title: "a Remaining Length of five octets",
    status: -26,
    head: `${CONNACK}${SUBACK}\x30\xff\xff\xff\xff\x01`,
  },
  { title: "a message before CONNACK", status: -27, head: "\x30\x04\0\x01ax" },
  {
    title: "half a CONNACK, and no more",
    status: -33,
    head: CONNACK.slice(0, 2),
    pre: "",
    times: 100,
    everyMs: 1000,
  },
  {
    title: "nothing at all",
    status: -33,
    head: "",
    pre: "",
    times: 100,
    everyMs: 1000,
  },
  {
    title: "CONNACK, and the end of the connection, for an hour",
    status: -31,
    head: "",
    pre: CONNACK,
    times: 3600,
    everyMs: 1000,
    isBrief: true,
  },
];

/** The octets of a chunk: the packets behind the first `from`. */
export function chunkOf({ pre = "", counts = "none", post = "", per = 1 }, from) {
  const one = (number) => {
    const id = (number % 65535) + 1;
    if (counts === "text") return String(10000 + (number % 90000));
    return counts === "id" ? String.fromCharCode(id >> 8, id & 255) : "";
  };
  return Array.from({ length: per }, (_, at) => pre + one(from + at) + post).join("");
}

/**
 * An attack's settings for a world: every name is there.
 * @param {Attack} attack
 * @param {number} counts how often memory is counted on the way; 0 where time is measured
 */
export function settingsOf(attack, counts) {
  const { head, pre = "", post = "", per = 1, times = 0, everyMs = 0 } = attack;
  return {
    first: 0,
    HEAD: head,
    PRE: pre,
    COUNTS: attack.counts ?? "none",
    POST: post,
    PER: per,
    TIMES: times,
    EVERY: everyMs,
    IS_DEAF: attack.isDeaf === true,
    IS_BRIEF: attack.isBrief === true,
    COUNT_EVERY: counts > 0 ? Math.ceil(times / counts) : 0,
    // Inside of a handler, where most is held.
    HEARD_EVERY: counts > 0 ? Math.ceil(Math.max(3000, times * per) / counts) : 0,
  };
}
