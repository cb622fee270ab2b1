// SPDX-License-Identifier: MIT
// NodeMCU's console, as what flashing needs of it: a Lua interpreter that runs a line when it is
// complete, echoes, and drops a line that is longer than its buffer (LUA_MAXINPUT, 256). Each line is sent when the
// one before is answered, so nothing runs over. Three functions are defined there
// first, so that lines have room; they are gone with the next start.

import { Problem } from "./problem.mjs";
import { Refusal, Silence } from "./talk.mjs";

/** Characters a line may have, without its end. */
export const LINE = 250;
/** Octets that are read back in one answer. */
const READ = 128;
const WRITE_MS = 20000;
const FIRST_MS = 1000;
const TRIES = 10;
/** An image of 100 KB is written and read again within half a minute. */
const RELOAD_TRIES = 40;
/** SPIFFS: a header of a page, and pages of 256 octets of which 5 are its own. */
const [PAGE, USED] = [256, 251];
/** FS_OBJ_NAME_LEN. */
export const NAME_LENGTH = 31;

const HELPERS = [
  'function __f(n,f)local o,e=pcall(f)print("\\2"..n..(o and":"or"!")..tostring(e).."\\3")end',
  'function __x(s)return(s:gsub(".",function(c)return("%02x"):format(c:byte())end))end',
  'function __w(s)if not __h:write(s)then error("not written: is the file system full?",0)end return 1 end',
];

/** A text of Lua: what the console would take for something else is escaped. */
const quoted = (text) => `"${[...text].map(escaped).join("")}"`;
const escaped = (octet) => {
  const code = octet.charCodeAt(0);
  if (octet === '"' || octet === "\\") return `\\${octet}`;
  return code >= 32 && code < 127 ? octet : `\\${String(code).padStart(3, "0")}`;
};

/** Of Lua, text and compiled: `require` would take an old `.lc` for a new `.lua`. */
const allOf = (name) => {
  const stem = name.replace(/\.(lua|lc)$/, "");
  return stem === name ? quoted(name) : `${quoted(`${stem}.lc`)},${quoted(`${stem}.lua`)}`;
};

/** Cuts octets where their text of Lua is as long as a line has room for. @param {string} octets */
export function* piecesOf(octets, room) {
  let from = 0;
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const more = escaped(octets.charAt(at)).length;
    if (length + more > room) {
      yield octets.slice(from, at);
      [from, length] = [at, 0];
    }
    length += more;
  }
  if (from < octets.length) yield octets.slice(from);
}

/** @param {ReturnType<typeof import("./talk.mjs").openTalk>} talk */
export function openNodemcuConsole(talk) {
  /** What a body of a function returns on the board, as text. */
  const run = (body, within) =>
    talk.ask((number) => {
      const line = `__f(${number},function()${body} end)`;
      if (line.length > LINE) throw new Error(`a line of ${line.length}: ${line}`);
      return `${line}\n`;
    }, within);

  /** Waits until the console answers, and has it ready. */
  async function answering(tries = TRIES) {
    for (let left = tries; left > 0; left--) {
      try {
        // Ends a line that somebody has begun; and a statement, by what is wrong in each.
        await talk.send(left === tries ? "\n" : "\n]])\n");
        // Each is answered before the next one is sent: more than a line does not fit.
        for (const helper of HELPERS) {
          await talk.ask((number) => `${helper} __f(${number},function()end)\n`, FIRST_MS);
        }
        return;
      } catch (error) {
        if (!(error instanceof Silence)) throw error;
      }
    }
    throw new Problem(
      `No answer on ${talk.name}, expected NodeMCU's Lua console. The program there may use the port itself, ` +
        `run it at another speed (--baud), or start again and again: reset the board and try again.`,
    );
  }

  return {
    nameLength: NAME_LENGTH,
    copies: false,
    /** Octets of flash that a file of that size takes. @param {number} size */
    cost: (size) => PAGE + Math.ceil(size / USED) * PAGE,
    wake: () => answering(),

    /** Who it is: the chip, and the firmware. An ESP8266 has no `chipmodel`. */
    async identify() {
      const board = await run(
        'local m=node.chipmodel return m and m()or(wifi and wifi.start and "esp32"or"esp8266")',
      );
      return { board: board.toUpperCase(), firmware: `NodeMCU, ${await run("return _VERSION")}` };
    },

    room: async () => Number(await run("local r=file.fsinfo()return r")),

    sizeOf: async (name) => Number(await run(`return(file.list()[${quoted(name)}]or 0)`)),

    remove: (name) => run(`file.remove(${quoted(name)})`, WRITE_MS),

    /**
     * Writes a file anew.
     * @param {string} name @param {string} octets @param {(count: number) => void} progress
     */
    async write(name, octets, progress) {
      await run(`__h=file.open(${quoted(name)},"w+")return assert(__h,"no file")and 1`, WRITE_MS);
      let count = 0;
      for (const piece of piecesOf(
        octets,
        LINE - '__f(10000,function()return __w("") end)'.length,
      )) {
        await run(`return __w(${quoted(piece)})`, WRITE_MS);
        count += piece.length;
        progress(count);
      }
      await run("__h:close()__h=nil", WRITE_MS);
    },

    /** What is in a file. @param {string} name @param {number} size */
    async read(name, size, progress) {
      await run(`__h=file.open(${quoted(name)},"r")return assert(__h,"no file")and 1`);
      let octets = "";
      for (let at = 0; at < size; at += READ) {
        octets += Buffer.from(await run(`return __x(__h:read(${READ})or"")`), "hex").latin1Slice();
        progress(Math.min(at + READ, size));
      }
      await run("__h:close()__h=nil");
      return octets;
    },

    /** Removes a file from its place. */
    clear: (name) => run(`for _,n in ipairs{${allOf(name)}}do file.remove(n)end`, WRITE_MS),

    /** Puts a file in the place of another, in one command. */
    take: (from, to) =>
      run(
        `for _,n in ipairs{${allOf(to)}}do file.remove(n)end ` +
          `return assert(file.rename(${quoted(from)},${quoted(to)}),"no rename")and 1`,
        WRITE_MS,
      ),

    /** Compiles a file there; the result ends with `.lc`. @param {string} name of Lua text */
    compile: (name) => run(`node.compile(${quoted(name)})`, WRITE_MS),

    /** The names of the modules in the Lua Flash Store. */
    async store() {
      const list = await run(
        'local s=node.LFS s=s and s.list and s.list()return s and table.concat(s,",")or""',
      );
      return list.split(",").filter((name) => name !== "");
    },

    /** Loads an image into the Lua Flash Store. The board starts anew when it could. */
    async reload(name) {
      await talk.send(`__e=node.LFS.reload(${quoted(name)})\n`);
      await answering(RELOAD_TRIES);
      // What is left of the time before the start is that there was none.
      const problem = await run('return __e or""');
      if (problem !== "") throw new Refusal(`The board says of the image: ${problem}.`);
    },

    async restart() {
      await talk.send("node.restart()\n");
      await talk.quiet();
      await answering();
    },
  };
}
