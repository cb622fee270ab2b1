// SPDX-License-Identifier: MIT
// `npm run flash -- <board> [program]`: builds a program and writes it onto a board, proven by reading
// it back. docs/flashing.md says what each board gets, and what is there when it fails. `-- --help` lists
// the options.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readBoards } from "./boards.mjs";
import { openEspruino } from "./flash/espruino.mjs";
import {
  openEspruinoPackage,
  openProcess,
  openSerial,
  openTcp,
  serialPorts,
} from "./flash/links.mjs";
import { openNodemcuConsole } from "./flash/nodemcu.mjs";
import { Problem } from "./flash/problem.mjs";
import { planOf, programsOf } from "./flash/program.mjs";
import { flash, put } from "./flash/sequence.mjs";
import { openTalk } from "./flash/talk.mjs";
import { findEspruino } from "./station/engine.mjs";

const HELP = `npm run flash -- <board> [program] [options]
  program                an example that is built for the board, or a file; without it the board's own
  --port /dev/ttyUSB0    the serial port; without it the one that is there, or a list of them
  --port "Puck.js 1a2b"  the Bluetooth name or address, of boards that are flashed over Bluetooth
  --baud 115200          the speed of the console
  --host 192.168.1.20    a console on TCP, [:port], 23 where none is given
  --config FILE          written as the program's configuration, ringlet.json
  --save boot            boot: starts by itself (the usual one); module: for require(); file: only there
  --lfs lfs.img          NodeMCU: an image for the Lua Flash Store, written and loaded first
  --compile              NodeMCU: modules are compiled on the board, and their text removed
  --folder .             Espruino on Linux: where its Storage is, the file espruino.flash
  --no-build             takes what is in dist/ as it is`;

const DEFAULT_BAUD = 115200;

function optionsOf(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: "string" },
        baud: { type: "string" },
        host: { type: "string" },
        config: { type: "string" },
        save: { type: "string" },
        lfs: { type: "string" },
        compile: { type: "boolean", default: false },
        folder: { type: "string", default: "." },
        "no-build": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (positionals.length > 2)
      throw new Error(`Expected are a board and a program, not ${positionals.join(" ")}.`);
    return { ...values, board: positionals[0], program: positionals[1] };
  } catch (error) {
    throw new Problem(`${error.message}\n\n${HELP}`);
  }
}

/** The manifest of a board that can be flashed. */
function manifestOf(board) {
  const boards = new Map(
    [...readBoards()].filter(([, { flashing }]) =>
      /^(espruino|nodemcu)/.test(flashing?.method ?? ""),
    ),
  );
  const manifest = boards.get(board);
  if (manifest !== undefined) return manifest;
  throw new Problem(
    `${board === undefined ? "No board was named" : `There is no board ${board} to flash`}. Expected is ` +
      `one of ${[...boards.keys()].join(", ")}.`,
  );
}

function build(board, { shares }) {
  const boards = [board, ...(shares === undefined ? [] : [shares])];
  const { status, stdout, stderr } = spawnSync(process.execPath, ["build.mjs", ...boards], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Problem(`The build failed:\n${stderr || stdout}`);
}

/** The stream to the board's console. */
async function linkOf(manifest, options) {
  const { flashing } = manifest;
  const baud = Number(options.baud ?? flashing.baud ?? DEFAULT_BAUD);
  if (!(Number.isInteger(baud) && baud > 0)) {
    throw new Problem(`--baud ${options.baud}: expected is a whole number such as 115200.`);
  }
  if (options.host !== undefined) return openTcp(options.host);
  const isBluetooth = flashing.method === "espruino-ble";
  if (isBluetooth && options.port === undefined) {
    throw new Problem(
      `${manifest.name} is flashed over Bluetooth: expected is its name or address in --port. ` +
        `npx espruino --list shows the boards in reach.`,
    );
  }
  if (isBluetooth && !/^(\/|COM\d)/.test(options.port))
    return openEspruinoPackage(options.port, baud);
  if (options.port !== undefined) return openSerial(options.port, baud);
  if (flashing.method === "espruino-process") {
    const interpreter = findEspruino();
    if (interpreter === undefined) {
      throw new Problem(
        "No Espruino interpreter was found: name one in ESPRUINO_BIN, or put it on the path.",
      );
    }
    return openProcess(interpreter, options.folder);
  }
  return openSerial(await onlyPort(), baud);
}

async function onlyPort() {
  const ports = await serialPorts();
  if (ports.length === 1) return ports[0].path;
  if (ports.length < 1) {
    throw new Problem(
      "No serial port was found, expected is one with the board on it: plug it in, or name --port or --host.",
    );
  }
  const list = ports.map(({ path, manufacturer }) => `  --port ${path}  ${manufacturer ?? ""}`);
  throw new Problem(
    `There are ${ports.length} serial ports; say which one the board is on:\n${list.join("\n")}`,
  );
}

/** One line that grows on a terminal; nothing where there is none. */
function progress(name, done, all) {
  if (!process.stdout.isTTY) return;
  const percent = Math.floor((100 * done) / all);
  process.stdout.write(`\r\x1b[K${name.padEnd(20)} ${percent} %${done < all ? "" : "\r\x1b[K"}`);
}

/** What has to be in the Lua Flash Store is there, or is put there. */
async function fillStore(board, store, { lfs }) {
  if (lfs !== undefined) {
    if (!existsSync(lfs))
      throw new Problem(
        `There is no image ${lfs}: luac.cross -f -o ${lfs} dist/lua/ringlet.lua makes one.`,
      );
    const octets = readFileSync(lfs).latin1Slice();
    await put(board, [{ name: "lfs.img", octets }], { say: console.log, progress });
    console.log("The board loads the image and starts anew.");
    await board.reload("lfs.img");
    await board.remove("lfs.img");
  }
  if (store.length < 1) return;
  const there = await board.store();
  const missing = store.filter((name) => !there.includes(name));
  if (missing.length < 1) return;
  throw new Problem(
    `${missing.join(", ")} does not fit in this board's RAM and is not in its Lua Flash Store ` +
      `(${there.join(", ") || "which is empty"}). luac.cross -f -o lfs.img ` +
      `${missing.map((name) => `dist/lua/${name}.lua`).join(" ")} makes an image, with the luac.cross of the ` +
      `firmware's build; then --lfs lfs.img. The program was not written.`,
  );
}

/** Starts what was written, and shows what it says. */
async function restart(talk, board) {
  talk.heard();
  try {
    await board.restart();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.log(
      "Everything is written and verified. Since it started anew the console has not answered, which is so " +
        "when the program sleeps, or the console was on the network.",
    );
    return;
  }
  const lines = talk
    .heard()
    .replace(/\x1b\[[\d;]*[A-Z]|\r/gi, "")
    .split("\n");
  for (const line of lines.map((one) => one.replace(/^[>: \x10]+/, "").trimEnd())) {
    if (line !== "" && !/^(=|load\(|node\.|function __|__f)/.test(line))
      console.log(`board: ${line}`);
  }
}

async function main(args) {
  const options = optionsOf(args);
  if (options.help) {
    console.log(HELP);
    return;
  }
  const manifest = manifestOf(options.board);
  // A name that is nobody's is told before anything is built.
  const { program } = options;
  const known = programsOf(options.board, manifest).map(({ name }) => name);
  const isKnown = program === undefined || known.includes(program) || existsSync(program);
  if (isKnown && !options["no-build"]) build(options.board, manifest);
  const { files, store, needs } = planOf(options.board, manifest, options);
  const talk = openTalk(await linkOf(manifest, options));
  try {
    const board = manifest.engine === "nodemcu" ? openNodemcuConsole(talk) : openEspruino(talk);
    await flash({
      board,
      named: options.board,
      identities: manifest.flashing.identities ?? [],
      say: console.log,
      progress,
      async plan() {
        if (manifest.engine === "nodemcu") await fillStore(board, store, options);
        if (needs !== undefined && (await board.sizeOf("ringlet.json")) === 0) {
          console.log(
            `There is no ringlet.json on the board: --config FILE writes one, with ${needs.join(", ")}.`,
          );
        }
        return files;
      },
    });
    if (options.save === undefined || options.save === "boot") await restart(talk, board);
    console.log("Done.");
  } finally {
    await talk.close();
  }
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
// Whoever reads this has closed the pipe, as `head` does.
process.stdout.on("error", () => process.exit(0));
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
