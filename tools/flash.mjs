// SPDX-License-Identifier: MIT
// `npm run flash -- <board> [program]`: builds a program and writes it onto a board, proven by reading
// it back. docs/flashing.md says what each board gets, and what is there when it fails. `-- --help` lists
// the options.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readBoards } from "./boards.mjs";
import { openLink } from "./flash/choice.mjs";
import { openEspruino } from "./flash/espruino.mjs";
import { openNodemcuConsole } from "./flash/nodemcu.mjs";
import { HELP, optionsOf } from "./flash/options.mjs";
import { Problem } from "./flash/problem.mjs";
import { planOf, programOf } from "./flash/program.mjs";
import { flash } from "./flash/sequence.mjs";
import { fillStore } from "./flash/store.mjs";
import { openTalk } from "./flash/talk.mjs";

// Held, since a link may silence the console.
const say = console.log;

/** The manifest of a board that can be flashed. */
function manifestOf(board) {
  const isOurs = ([, { flashing }]) => /^(espruino|nodemcu)/.test(flashing?.method ?? "");
  const boards = new Map([...readBoards()].filter(isOurs));
  const manifest = boards.get(board);
  if (manifest !== undefined) return manifest;
  throw new Problem(
    `${board === undefined ? "No board was named" : `There is no board ${board} to flash`}: expected ` +
      `is one of ${[...boards.keys()].join(", ")}.`,
  );
}

function build(board, { shares }) {
  const boards = [board, ...(shares === undefined ? [] : [shares])];
  const { status, stdout, stderr } = spawnSync(process.execPath, ["build.mjs", ...boards], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Problem(`The build failed:\n${stderr || stdout}`);
}

/** One line that grows on a terminal; nothing where there is none. */
function progress(name, done, all) {
  if (!process.stdout.isTTY) return;
  const percent = Math.floor((100 * done) / all);
  process.stdout.write(`\r\x1b[K${done < all ? `${name.padEnd(20)} ${percent} %` : ""}`);
}

/** Whether a line of the board's is the program's, and not the console's or an echo. */
const isTold = (line) => line !== "" && !/^(=|load\(|node\.|function __|__f|NodeMCU)/.test(line);

/** Starts what was written, and shows what it says. */
async function restart(talk, board) {
  talk.heard();
  try {
    await board.restart();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(
      "Everything is written and verified. Since it started anew the console has not answered: so it is where " +
        "the program sleeps, or where the console was on the network.",
    );
  }
  const text = talk.heard().replace(/\x1b\[[\d;]*[A-Z]|\r/gi, "");
  const lines = text.split("\n").map((line) => line.replace(/^[>: \x10]+/, "").trimEnd());
  for (const line of lines.filter(isTold)) say(`board: ${line}`);
}

async function main(args, from) {
  const options = optionsOf(args, from);
  if (options.help) return say(HELP);
  const manifest = manifestOf(options.board);
  const isLua = manifest.engine === "nodemcu";
  if (options.lfs !== undefined && !isLua) throw new Problem("--lfs is for NodeMCU.");
  // A name that is nobody's is told before anything is built.
  programOf(options.board, manifest, options);
  if (options.isBuilding) build(options.board, manifest);
  const { files, store, needs } = planOf(options.board, manifest, options);
  const talk = openTalk(await openLink(manifest, options));
  try {
    const board = isLua ? openNodemcuConsole(talk) : openEspruino(talk);
    await flash({
      board,
      named: options.board,
      identities: manifest.flashing.identities ?? [],
      say,
      progress,
      async plan() {
        if (isLua) await fillStore(board, store, options.lfs, { say, progress });
        if (needs !== undefined && (await board.sizeOf(needs.as)) === 0) {
          const names = needs.needs.join(", ");
          say(
            `There is no ${needs.as} on the board${names && `, with ${names}`}: --config FILE writes one.`,
          );
        }
        return files;
      },
    });
    if (options.save === "boot") await restart(talk, board);
    say("Done.");
  } finally {
    await talk.close();
  }
}

// npm starts a script in the package's folder; the user's paths are from where the user is.
const from = process.env["INIT_CWD"] ?? process.cwd();
process.chdir(fileURLToPath(new URL("..", import.meta.url)));
// Whoever reads this has closed the pipe, as `head` does.
process.stdout.on("error", () => process.exit(0));
try {
  await main(process.argv.slice(2), from);
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
