// SPDX-License-Identifier: MIT
// Questions to a console over a stream of octets, and their answers, one at a time. A console echoes, writes
// prompts, and a program that runs may write in between; so an answer is framed as no program and
// no echo would write it:
//
//   02  number  ":" or "!"  text  03      ":" with the answer, "!" with what was thrown
//
// Holds back what it sends between XOFF and XON.

import { Problem } from "./problem.mjs";

const [STX, ETX, XON, XOFF] = ["\x02", "\x03", 0x11, 0x13];
/** Octets in one write: what is on its way when XOFF comes has to fit in the board's buffer. */
const SLICE = 32;
/** Characters of what the board wrote by itself that are kept. */
const KEPT = 4000;
/** A pause between two things a board says while it starts is shorter; and no start takes longer. */
const [QUIET_MS, LONGEST_MS] = [300, 5000];

/**
 * A link carries octets. `onData` and `onClose` set the one handler each.
 * @typedef {object} Link
 * @property {string} name for messages
 * @property {(octets: Buffer) => Promise<void>} write is through when more may come
 * @property {(handler: (octets: Buffer) => void) => void} onData
 * @property {(handler: (reason: string) => void) => void} onClose
 * @property {() => Promise<void> | void} close
 */

/** The board did not answer in time. */
export class Silence extends Problem {}
/** The link is gone. */
export class Gone extends Problem {}
/** The board answered that it cannot. */
export class Refusal extends Problem {}

/**
 * @param {Link} link
 * @param {{ patience?: number, pause?: number }} [options] milliseconds for an answer, and of a silence
 *   that ends what a board says while it starts
 */
export function openTalk(link, { patience = 5000, pause = QUIET_MS } = {}) {
  let number = 0;
  let unread = "";
  let heard = "";
  /** @type {string | undefined} */
  let closed;
  /** @type {{ number: number, resolve: (text: string) => void, reject: (error: Error) => void } | undefined} */
  let asked;
  let isHeld = false;
  let isStirring = false;
  /** @type {() => void} */
  let release = () => {};

  const keep = (text) => void (heard = (heard + text).slice(-KEPT));
  const gone = () => new Gone(`${link.name} is gone (${closed}).`);

  link.onData((octets) => {
    isStirring = true;
    for (const octet of octets) {
      if (octet === XOFF) isHeld = true;
      if (octet === XON) isHeld = false;
    }
    if (!isHeld) release();
    unread += octets.filter((octet) => octet !== XON && octet !== XOFF).toString("latin1");
    for (;;) {
      const start = unread.indexOf(STX);
      keep(start < 0 ? unread : unread.slice(0, start));
      unread = start < 0 ? "" : unread.slice(start);
      const end = unread.indexOf(ETX);
      if (end < 0) return;
      const [, answered, kind, text] = /^\x02(\d+)([:!])([^]*)$/.exec(unread.slice(0, end)) ?? [];
      unread = unread.slice(end + 1);
      // The answer to a question that was given up is nobody's.
      if (asked === undefined || Number(answered) !== asked.number) continue;
      if (kind === ":") asked.resolve(text ?? "");
      else asked.reject(new Refusal(`The board says: ${text}.`));
    }
  });
  link.onClose((reason) => {
    closed = reason;
    release();
    asked?.reject(gone());
  });

  /**
   * Sends text, as slowly as the board takes it.
   * @param {string} text of octets
   * @param {() => boolean} [isWanted] still, after a pause
   */
  async function send(text, isWanted = () => true) {
    const octets = Buffer.from(text, "latin1");
    for (let at = 0; at < octets.length; at += SLICE) {
      while (isHeld && closed === undefined && isWanted()) {
        await new Promise((resolve) => (release = () => resolve(undefined)));
      }
      if (closed !== undefined) throw gone();
      if (!isWanted()) return;
      await link.write(octets.subarray(at, at + SLICE));
    }
  }

  /**
   * Asks, and waits for the answer.
   * @param {(number: number) => string} question makes the line, which is to answer by that number
   * @param {number} [within] milliseconds
   * @returns {Promise<string>}
   */
  async function ask(question, within = patience) {
    number += 1;
    const own = number;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const answer = new Promise((resolve, reject) => {
      asked = { number: own, resolve, reject };
      timer = setTimeout(
        () => reject(new Silence(`No answer on ${link.name} within ${within / 1000} s.`)),
        within,
      );
    });
    // Whoever awaits it comes later; until then nobody has to be told.
    answer.catch(() => {});
    try {
      // A board that stopped the flow for good is silent too.
      await Promise.race([send(question(own), () => asked?.number === own), answer]);
      return await answer;
    } finally {
      clearTimeout(timer);
      asked = undefined;
      release();
    }
  }

  return {
    name: link.name,
    ask,
    send,
    /** Waits until the board has said nothing for a while, or for long enough. */
    async quiet() {
      const end = performance.now() + LONGEST_MS;
      do {
        isStirring = false;
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (closed !== undefined) throw gone();
      } while (isStirring && performance.now() < end);
    },
    /** What the board wrote by itself since the last call. */
    heard() {
      const text = heard;
      heard = "";
      return text;
    },
    close: () => link.close(),
  };
}
