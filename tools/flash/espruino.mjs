// SPDX-License-Identifier: MIT
// Espruino's console, as what flashing needs of it: https://www.espruino.com/REPL. A line that begins with DLE is
// not echoed; Ctrl-C stops what runs and clears the line. Files are in Storage, from where code
// runs without being copied to RAM. Data travels as Base64, since the console takes Ctrl-C, among others,
// for commands.

import { Problem } from "./problem.mjs";
import { Silence } from "./talk.mjs";

const [CTRL_C, DLE] = ["\x03", "\x10"];
/** Octets in one line: an ESP8266 takes about 250 characters before its buffer is full. */
const WRITTEN = 96;
const READ = 384;
/** Storage may have to move everything it holds to make room: seconds on a large flash. */
const WRITE_MS = 60000;
const FIRST_MS = 1000;
const TRIES = 10;
/** A file's header in Storage, and what its length is rounded up to. */
const [HEADER, ALIGNED] = [32, 8];
export const NAME_LENGTH = 28;

const STORAGE = 'require("Storage")';
const quoted = (text) => JSON.stringify(text);

/** @param {ReturnType<typeof import("./talk.mjs").openTalk>} talk */
export function openEspruino(talk) {
  /** What an expression is on the board, as text. */
  const value = (expression, within) =>
    talk.ask(
      (number) =>
        `${DLE}try{print("\\x02${number}:"+(${expression})+"\\x03")}` +
        `catch(e){print("\\x02${number}!"+e+"\\x03")}\n`,
      within,
    );

  /** Whether the console answers soon. */
  async function answers() {
    try {
      await value("1", FIRST_MS);
      return true;
    } catch (error) {
      if (error instanceof Silence) return false;
      throw error;
    }
  }

  /** Waits until the console answers. */
  async function answering() {
    for (let tries = 0; tries < TRIES; tries++) if (await answers()) return;
    throw new Problem(
      `No answer on ${talk.name}, expected Espruino's console. It may have moved to another port, run at ` +
        `another speed (--baud), sleep, or be no Espruino: reset the board and try again.`,
    );
  }

  return {
    nameLength: NAME_LENGTH,
    /** `take` needs room for one more of the file. */
    copies: true,
    /** Octets of flash that a file of that size takes. @param {number} size */
    cost: (size) => HEADER + Math.ceil(size / ALIGNED) * ALIGNED,

    /** Stops what keeps the console from answering: a program in a loop, a line that somebody has begun. */
    async wake() {
      if (await answers()) return;
      // Once and only then: on Linux the second one ends the interpreter.
      await talk.send(CTRL_C);
      await answering();
    },

    /** Who it is: the firmware's name of the board, and the firmware. */
    async identify() {
      const told = await value('process.env.BOARD+" "+process.env.VERSION');
      const [board = "", version = ""] = told.split(" ");
      return { board, firmware: `Espruino ${version}` };
    },

    /** Octets of flash that files can still take. */
    async room() {
      return Number(
        await value(
          `(function(s){s=s.getStats();return s.freeBytes+s.trashBytes})(${STORAGE})`,
          WRITE_MS,
        ),
      );
    },

    /** Octets in a file, 0 when it is not there. @param {string} name */
    sizeOf: async (name) => Number(await value(`(${STORAGE}.read(${quoted(name)})||"").length`)),

    remove: (name) => value(`${STORAGE}.erase(${quoted(name)})`, WRITE_MS),

    /** Removes a file from its place. */
    clear: (name) => value(`${STORAGE}.erase(${quoted(name)})`, WRITE_MS),

    /**
     * Writes a file anew.
     * @param {string} name @param {string} octets @param {(count: number) => void} progress
     */
    async write(name, octets, progress) {
      await value(`${STORAGE}.erase(${quoted(name)})`, WRITE_MS);
      for (let at = 0; at < octets.length; at += WRITTEN) {
        const piece = Buffer.from(octets.slice(at, at + WRITTEN), "latin1").toString("base64");
        await value(
          `${STORAGE}.write(${quoted(name)},atob("${piece}"),${at},${octets.length})`,
          WRITE_MS,
        );
        progress(Math.min(at + WRITTEN, octets.length));
      }
    },

    /** What is in a file. @param {string} name @param {number} size */
    async read(name, size, progress) {
      let octets = "";
      for (let at = 0; at < size; at += READ) {
        const piece = await value(`btoa(${STORAGE}.read(${quoted(name)},${at},${READ})||"")`);
        octets += Buffer.from(piece, "base64").latin1Slice();
        progress(Math.min(at + READ, size));
      }
      return octets;
    },

    /**
     * Puts a file in the place of another in one command, which the board ends by itself once it has it.
     * Storage cannot rename: it copies, through RAM since flash cannot be read while it is written.
     * What goes wrong leaves none there.
     */
    take: (from, to, size) =>
      value(
        `(function(s,a,b,n){s.erase(b);try{for(var i=0;i<n;i+=${READ})` +
          `s.write(b,atob(btoa(s.read(a,i,${READ}))),i,n);` +
          `if(s.read(a)!==s.read(b))throw "the copy differs"}catch(e){s.erase(b);throw e}` +
          `s.erase(a);return n})(${STORAGE},${quoted(from)},${quoted(to)},${size})`,
        WRITE_MS,
      ),

    /** Starts the board anew, with what is in Storage now. */
    async restart() {
      await talk.send(`${DLE}load()\n`);
      // What comes while it starts would be lost in part.
      await talk.quiet();
      await answering();
    },
  };
}
