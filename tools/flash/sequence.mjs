// SPDX-License-Identifier: MIT
// The order in which a board is flashed, the same for every firmware:
//
//   who is it? → is there room? → write each file beside its place, read it back, compare
//   → put each in its place, in one command each, what starts by itself last
//
// So until the very end the board starts what it started before. Where flash has no room for old and new,
// what starts by itself is removed first, and comes back last: there is never half of it. Whatever
// fails, the message says what is on the board.

import { BESIDE, createLedger } from "./ledger.mjs";
import { Problem } from "./problem.mjs";
import { Refusal } from "./talk.mjs";

const ATTEMPTS = 2;

/**
 * A file that is to be on the board. With `compile` it is compiled there, and its text removed.
 * @typedef {{ name: string, octets: string, compile?: boolean }} File
 */

/** Whether the board is the one that was named. */
function checkIdentity(who, named, identities) {
  if (identities.length < 1 || identities.includes(who.board)) return;
  throw new Problem(
    `The board calls itself ${who.board} (${who.firmware}), expected is ${identities.join(" or ")} ` +
      `for ${named}: nothing was written. Name the board that it is, or another port.`,
  );
}

function checkFiles(board, files) {
  const longest = board.nameLength - BESIDE.length;
  for (const { name, octets } of files) {
    if (name.length > longest) {
      throw new Problem(`${name}: a file's name has ${longest} characters at most on this board.`);
    }
    if (octets.length < 1) throw new Problem(`${name} is empty, expected is a program.`);
  }
}

/** Removes what an earlier run has left beside the files. */
async function tidy(board, files) {
  for (const { name } of files) {
    if ((await board.sizeOf(BESIDE + name)) > 0) await board.remove(BESIDE + name);
  }
}

/** Whether old and new have room beside each other; neither is a problem when even the new has none. */
async function hasRoomForBoth(board, files) {
  // Compiled code takes about as much as its text, beside it for a moment.
  const costs = files.map(({ octets, compile }) => board.cost(octets.length) * (compile ? 2 : 1));
  let need = costs.reduce((sum, cost) => sum + cost, 0);
  const free = await board.room();
  if (need + (board.copies ? Math.max(...costs) : 0) <= free) return true;
  let freed = 0;
  for (const { name } of files) {
    const size = await board.sizeOf(name);
    if (size > 0) freed += board.cost(size);
  }
  // What starts by itself is never written in its place.
  need += costs.at(-1) * (board.copies ? 2 : 1);
  if (need <= free + freed) return false;
  throw new Problem(
    `The board's flash is too full: expected is room for ${need} octets, there is room for ` +
      `${free + freed}, the files to be replaced included. Nothing was written: remove files ` +
      "there, or choose a smaller program.",
  );
}

/** Writes a file, reads it back and compares. */
async function writeProven(board, name, octets, progress) {
  for (let attempt = 1; ; attempt++) {
    const all = 2 * octets.length;
    await board.write(name, octets, (count) => progress(name, count, all));
    const back = await board.read(name, octets.length, (count) =>
      progress(name, octets.length + count, all),
    );
    const size = await board.sizeOf(name);
    if (back === octets && size === octets.length) return;
    if (attempt === ATTEMPTS) {
      let at = 0;
      while (at < octets.length && back[at] === octets[at]) at += 1;
      throw new Problem(
        `${name} was read back otherwise than it was written, from octet ${at} on, twice: try a ` +
          "lower --baud or another cable; else the flash is worn.",
      );
    }
  }
}

/** Compiles a file on the board; the name of what came of it. */
async function compiled(board, name) {
  await board.compile(name);
  await board.remove(name);
  const result = name.replace(/\.lua$/, ".lc");
  if ((await board.sizeOf(result)) < 1) throw new Problem(`${name} was not compiled there.`);
  return result;
}

const lineOf = ({ name, octets, compile }) =>
  `${name.padEnd(20)} ${octets.length} octets, verified${compile ? ", compiled" : ""}`;

/** Each file beside its place; then each into its place. `meanwhile` is what is there until then. */
async function writeBeside(board, files, ledger, { say, progress }, meanwhile = "beside") {
  const places = [];
  for (const file of files) {
    const { name, octets, compile } = file;
    ledger.set(name, meanwhile);
    await writeProven(board, BESIDE + name, octets, progress);
    const place = compile ? await compiled(board, BESIDE + name) : BESIDE + name;
    places.push({ name, place, size: compile ? await board.sizeOf(place) : octets.length });
    say(lineOf(file));
  }
  for (const { name, place, size } of places) {
    const target = place.slice(BESIDE.length);
    ledger.set(name, meanwhile === "gone" ? "back" : "coming");
    try {
      await board.take(place, target, size);
    } catch (error) {
      // Where it cannot, it leaves none.
      if (error instanceof Refusal) ledger.set(name, "gone");
      throw error;
    }
    if ((await board.sizeOf(target)) !== size)
      throw new Problem(`${target} is not as it should be.`);
    ledger.set(name, "new");
  }
}

/** Where there is no room for both: what starts by itself goes first, and comes last and whole. */
async function writeInPlace(board, files, ledger, shown) {
  const { say, progress } = shown;
  const boot = files.at(-1);
  say(`There is no room beside the old files: ${boot.name} is removed first, and written last.`);
  for (const { name } of files.toReversed()) {
    ledger.set(name, "leaving");
    await board.clear(name);
    ledger.set(name, "gone");
  }
  for (const file of files.slice(0, -1)) {
    const { name, octets, compile } = file;
    ledger.set(name, "half");
    await writeProven(board, name, octets, progress);
    if (compile) await compiled(board, name);
    ledger.set(name, "new");
    say(lineOf(file));
  }
  await writeBeside(board, [boot], ledger, shown, "gone");
}

/**
 * Writes files and proves them.
 * @param {any} board what espruino.mjs or nodemcu.mjs opens
 * @param {readonly File[]} files what starts by itself comes last
 * @param {{ say: (line: string) => void, progress: (name: string, done: number, all: number) => void }} shown
 */
export async function put(board, files, shown) {
  checkFiles(board, files);
  const ledger = createLedger(files.map(({ name }) => name));
  try {
    await tidy(board, files);
    if (await hasRoomForBoth(board, files)) await writeBeside(board, files, ledger, shown);
    else await writeInPlace(board, files, ledger, shown);
  } catch (error) {
    if (!(error instanceof Problem) || /Nothing was written/.test(error.message)) throw error;
    const isFull =
      error instanceof Refusal && /full|space|Unable to find or create/i.test(error.message);
    const what = isFull ? "Its flash is full: remove files there. " : "";
    throw new Problem(`${error.message} ${what}${ledger.told()} Flash it again.`);
  }
}

/**
 * Flashes a board, once it is known that it is the one.
 * @param {object} options
 * @param {any} options.board
 * @param {string} options.named what the user calls it
 * @param {readonly string[]} options.identities what its firmware may call it; none is any
 * @param {() => Promise<readonly File[]>} options.plan what to put there
 * @param {(line: string) => void} options.say
 * @param {(name: string, done: number, all: number) => void} [options.progress]
 */
export async function flash({ board, named, identities, plan, say, progress = () => {} }) {
  await board.wake();
  const who = await board.identify();
  checkIdentity(who, named, identities);
  say(`${who.board}, ${who.firmware}`);
  await put(board, await plan(), { say, progress });
}
