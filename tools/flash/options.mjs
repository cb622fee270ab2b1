// SPDX-License-Identifier: MIT
// What the command is given.

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Problem } from "./problem.mjs";

export const HELP = `npm run flash -- <board> [program] [options]
  program                an example that is built for the board, or a file; without it the board's own
  --port /dev/ttyUSB0    the serial port; without it the one that is there, or a list of them
  --port "Puck.js 1a2b"  the Bluetooth name or address, for boards that are flashed over Bluetooth
  --baud 115200          the speed of the console
  --host 192.168.1.20    a console on TCP, [:port], 23 where none is given
  --config FILE          is written as the program's configuration, ringlet.json
  --save boot            boot: starts by itself (the usual one); module: for require(); file: only there
  --lfs lfs.img          NodeMCU: an image for the Lua Flash Store, which is written and loaded first
  --compile              NodeMCU: modules are compiled on the board, and their text is removed
  --folder .             Espruino on Linux: where its Storage is, the file espruino.flash
  --no-build             takes what is in dist/ as it is`;

const OPTIONS = /** @type {const} */ ({
  port: { type: "string" },
  baud: { type: "string" },
  host: { type: "string" },
  config: { type: "string" },
  save: { type: "string", default: "boot" },
  lfs: { type: "string" },
  compile: { type: "boolean", default: false },
  folder: { type: "string", default: "." },
  "no-build": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
});

/**
 * @param {string[]} args
 * @param {string} from the folder that paths are relative to
 */
export function optionsOf(args, from) {
  let parsed;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new Problem(`${error.message}\n\n${HELP}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length > 2) {
    throw new Problem(
      `Expected are a board and a program, not ${positionals.join(" ")}.\n\n${HELP}`,
    );
  }
  if (values.baud !== undefined && !/^[1-9]\d*$/.test(values.baud)) {
    throw new Problem(`--baud ${values.baud}: expected is a whole number such as 115200.`);
  }
  const path = (name) => values[name] && resolve(from, values[name]);
  const [board, program] = positionals;
  return {
    ...values,
    ...{ board, program, from },
    ...{ config: path("config"), lfs: path("lfs"), folder: path("folder") },
    isBuilding: !values["no-build"],
  };
}
