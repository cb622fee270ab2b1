// SPDX-License-Identifier: MIT
// What each block of a client's memory takes: variables on the Espruino interpreter that ESPRUINO_BIN
// names, octets of heap on the machine of NodeMCU's that NODEMCU_LUA names. Each row is measured in
// a process of its own, on a made-up link, as the difference that one option or one event makes.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportsOf } from "../docs/source.mjs";
import { espruinoProgram, luaProgram } from "./blocks-programs.mjs";
import { interpret } from "./interpreter.mjs";
import { publishPacket } from "./sink.mjs";

const { Limit } = exportsOf("src/limits/small.ts", "small");
const dist = (file) => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));

/** Octets of a variable on an ESP32, and in the build that is measured. */
export const VARIABLE = 14;

/** So little that the difference to the default is the block. */
const LEAST = { outbox: 64, inFlight: 1 };

const packets = (count, make) =>
  Array.from({ length: count }, (_, at) => make(at).toString("latin1")).join("");
const inbound = (topic, qos, id, payload = "21.5") => publishPacket(topic, payload, qos, id);
const cut = (packet) => packet.toString("latin1").slice(0, -1);
const MESSAGE = "x".repeat(Math.floor(Limit.OUTBOX / Limit.IN_FLIGHT) - 8);

/**
 * Each block: its options (`from` is without it) or what comes (`before` is not counted), as calls that
 * both languages have: [call, …arguments]. `says` is octets from the server.
 */
export const BLOCKS = [
  {
    id: "outbox",
    title: "outbox, empty",
    options: { ...LEAST, outbox: Limit.OUTBOX },
    from: LEAST,
  },
  {
    id: "outbox-full",
    title: "outbox, filled",
    before: [["closes"]],
    does: Array.from({ length: Limit.IN_FLIGHT }, () => ["publish", "t", MESSAGE, 1]),
  },
  {
    id: "inFlight",
    title: "slots for messages in flight",
    options: { ...LEAST, inFlight: Limit.IN_FLIGHT },
    from: LEAST,
  },
  {
    id: "released",
    title: "PUBRELs under way, as many as there are slots",
    does: [
      ...Array.from({ length: Limit.IN_FLIGHT }, () => ["publish", "t", "", 2]),
      ["says", packets(Limit.IN_FLIGHT, (at) => Buffer.from([0x50, 2, 0, at + 1]))],
      ["drained"],
    ],
  },
  {
    id: "inbox",
    title: "inbox, filled",
    // Whole it would fit, or its payload would be handed on in parts; its last octet is missing. Behind
    // another packet, because Lua has equal strings once, and the program has this one already.
    does: [["says", `\xd0\0${cut(inbound("a", 0, 0, "x".repeat(Limit.INBOX - 6)))}`]],
  },
  {
    id: "subscriptions",
    title: "subscriptions, every entry taken",
    does: Array.from({ length: Limit.SUBSCRIPTIONS }, (_, at) => [
      "subscribe",
      `kitchen/lamp${at}/set`,
      0,
    ]),
  },
  {
    id: "received",
    title: "identifiers of inbound QoS 2 messages, every one taken",
    before: [["says", packets(1, () => inbound("a/b", 2, 999))], ["drained"]],
    does: [["says", packets(Limit.RECEIVED - 1, (at) => inbound("a/b", 2, at + 1))], ["drained"]],
  },
  {
    id: "topics",
    title: "topics remembered, all of them",
    before: [["says", packets(1, () => inbound("kitchen/lamp0/state", 0))]],
    does: [["says", packets(Limit.TOPICS - 1, (at) => inbound(`kitchen/lamp${at + 1}/state`, 0))]],
  },
  {
    id: "linkWindow",
    title: "what the link has not taken, a whole window",
    does: Array.from({ length: 8 }, () => [
      "publish",
      "t",
      "x".repeat(Limit.LINK_WINDOW / 8 - 6),
      0,
    ]),
  },
];

async function onEspruino(binary, row) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-blocks-"));
  try {
    const code = readFileSync(dist("espruino/ringlet.min.js"), "utf8");
    writeFileSync(join(folder, "ringlet.js"), code);
    const cached = `Modules.addCached("ringlet", require("fs").readFileSync("ringlet.js"));\n`;
    return await interpret(binary, folder, cached + espruinoProgram(row));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function onNodemcu(binary, row) {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-blocks-"));
  writeFileSync(join(folder, "ringlet.lua"), readFileSync(dist("lua/ringlet.lua")));
  writeFileSync(join(folder, "program.lua"), luaProgram(row), "latin1");
  const { stdout, stderr } = spawnSync(binary, ["-e", "program.lua"], {
    cwd: folder,
    encoding: "latin1",
  });
  rmSync(folder, { recursive: true, force: true });
  const match = /=(\d+) (\d+) (\d+)=/.exec(stdout);
  if (!match) throw new Error(`NodeMCU's machine said:\n${stdout}${stderr}`);
  return { first: Number(match[2]), last: Number(match[3]) };
}

/**
 * @param {(row: object) => Promise<{ first: number, last: number }>} measure
 * @returns {Promise<Record<string, number>>} by block
 */
async function measured(measure) {
  const figures = {};
  for (const row of BLOCKS) {
    const { first, last } = await measure(row);
    figures[row.id] = row.from
      ? last - (await measure({ ...row, options: row.from })).last
      : last - first;
  }
  return figures;
}

/** Figures of both engines, undefined for one that is not there. */
export async function measureBlocks() {
  const { ESPRUINO_BIN: espruino, NODEMCU_LUA: nodemcu } = process.env;
  return {
    espruino: espruino && (await measured((row) => onEspruino(espruino, row))),
    lua: nodemcu && (await measured(async (row) => onNodemcu(nodemcu, row))),
  };
}

/** The table of docs/memory.md. */
export function blocksTable({ espruino, lua }) {
  const rows = BLOCKS.map(({ id, title }) => {
    const [variables, octets] = [espruino[id], lua[id]].map((figure) =>
      figure.toLocaleString("en-US"),
    );
    return `| ${title} | ${variables} | ${(espruino[id] * VARIABLE).toLocaleString("en-US")} | ${octets} |`;
  });
  return [
    "| block | Espruino: variables | that is octets | NodeMCU, Lua 5.1: octets |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}
