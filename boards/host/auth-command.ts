#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// `npx ringlet-auth`: makes keys, signs and verifies single messages, as the side that nodes talk to.
// Payloads go through standard input and output, so that it stands in a pipe with mosquitto_pub -s and
// mosquitto_sub -N -C 1. Keys are read from files: the arguments of a process are no secret.

import { readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { explain, newKey, nodeSide, peerSide } from "./auth.js";

const USAGE = `ringlet-auth key
ringlet-auth sign   --key-file FILE --counters FILE --topic TOPIC [--node]
ringlet-auth verify --key-file FILE --counters FILE --topic TOPIC [--node]

key     prints a new key, 64 hexadecimal digits, for a node and its other side
sign    reads a payload, writes it with its signature
verify  reads a signed payload, writes it without; ends with 1 when it is not to be believed

--counters names the file that counters are kept in over restarts: one for each key and side
--node     takes the node's side, which is otherwise a board
`;

const OPTIONS = {
  "key-file": { type: "string" },
  counters: { type: "string" },
  topic: { type: "string" },
  node: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Ends with a sentence. */
class Refusal extends Error {}

function needed(value: string | undefined, option: string): string {
  if (value) return value;
  throw new Refusal(`--${option} is missing.\n\n${USAGE}`);
}

function keyIn(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new Refusal(`${path}: the key cannot be read (${(error as Error).message}).`);
  }
}

function run(args: string[]): void {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [command] = positionals;
  if (values.help) writeSync(1, USAGE);
  else if (command === "key") writeSync(1, `${newKey()}\n`);
  else if (command === "sign" || command === "verify") {
    const topic = needed(values.topic, "topic");
    const path = needed(values["key-file"], "key-file");
    const options = { key: keyIn(path), file: needed(values.counters, "counters") };
    const side = values.node ? nodeSide(options) : peerSide(options);
    const result = side[command](topic, readFileSync(0));
    if (typeof result === "number") throw new Refusal(`${command}: ${explain(result)}`);
    writeSync(1, result);
  } else throw new Refusal(`There is no command "${command ?? ""}".\n\n${USAGE}`);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  // What parseArgs and the file system say are sentences; anything else is a fault of ours.
  const isSaid =
    error instanceof Refusal || error instanceof TypeError || "code" in (error as object);
  console.error(isSaid ? (error as Error).message : error);
  process.exitCode = 1;
}
