// SPDX-License-Identifier: MIT
// What is generated from the manifests of boards/: a page for each board, whole, and the table of boards in
// the README. A manifest that is changed changes its page.

import { readBoards } from "../boards.mjs";

const NETWORKS = {
  wifi: "Wi-Fi",
  ethernet: "Ethernet",
  host: "that of the machine",
  ble: "Bluetooth",
  none: "none",
};
const PLACES = {
  storage: "Storage",
  file: "a file",
  lfs: "the Lua Flash Store",
};
const METHODS = {
  "espruino-serial": "the serial port",
  "espruino-ble": "Bluetooth",
  "espruino-tcp": "TCP, where the firmware has a console on it",
  "espruino-process": "the interpreter itself",
  "nodemcu-serial": "the serial port",
  "lua-copy": "a copy of the files",
  none: "a copy of the files",
};

const grouped = (number) => number.toLocaleString("en-US");
const table = (head, rows) =>
  [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
const row = (...cells) => `| ${cells.map((cell) => cell || "–").join(" | ")} |`;
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The boards, without the modules they share. */
function boards() {
  return [...readBoards()].filter(([, { kind }]) => kind === "board");
}

/** What a program has of memory, in a few words. */
function memoryOf({ variables, variableOctets, heap, ram }) {
  if (variables) {
    const each = variableOctets ? ` of ${variableOctets} octets` : "";
    return `${grouped(variables)} variables${each}`;
  }
  return heap ? `about ${grouped(heap)} octets of heap` : `${grouped(ram)} octets of RAM in all`;
}

function protocolOf({ protocol }) {
  return protocol === "mqtt" ? "MQTT" : "MQTT-SN";
}

function facts({ chip, firmware, memory, link }) {
  const also = (link.also ?? []).map((network) => NETWORKS[network]).join(", ");
  const rows = [
    row("chip", chip),
    row("firmware", `${firmware.name} ${firmware.version}: ${firmware.from}`),
    row("its modules that are used", firmware.modules.map((name) => `\`${name}\``).join(" ")),
    row("memory of a program", memoryOf(memory)),
    memory.flash && row("flash", `${grouped(memory.flash)} octets`),
    memory.storage && row("of it for programs and files", `${grouped(memory.storage)} octets`),
    row(
      "code in flash",
      memory.runsFromFlash ? "runs from there, and takes RAM only for what it makes" : "is loaded",
    ),
    memory.note && row("note", sentence(memory.note)),
    row("network", `${NETWORKS[link.network]}, with ${protocolOf(link)}`),
    link.note && row("note", sentence(link.note)),
    also && row("the firmware also has", also),
  ];
  return table(["", ""], rows.filter(Boolean));
}

function pinsOf({ pins }) {
  const rows = pins.map(({ name, also, can, boot, taken, note }) =>
    row(
      `\`${name}\``,
      also,
      can.join(", "),
      [
        taken && `**taken: ${taken}**`,
        boot && `while the chip starts: ${boot}`,
        note && note.replaceAll("|", "\\|"),
      ]
        .filter(Boolean)
        .join("; "),
    ),
  );
  return table(["pin", "also", "can be", ""], rows);
}

function busesOf({ buses }) {
  const kinds = { i2c: "I²C", spi: "SPI", onewire: "1-Wire", uart: "serial" };
  const rows = buses.map(({ kind, name, pins, anyPins, software, taken, note }) =>
    row(
      kinds[kind],
      `\`${name}\``,
      Object.entries(pins)
        .map(([line, pin]) => `${line} \`${pin}\``)
        .join(", "),
      [taken && `**taken: ${taken}**`, anyPins && "any pins", software && "made in software", note]
        .filter(Boolean)
        .join("; "),
    ),
  );
  return table(["bus", "its name", "usual pins", ""], rows);
}

function partsOf({ parts }) {
  const rows = parts.map(({ name, pin, on, call, note }) =>
    row(
      name,
      pin ? `\`${pin}\`` : `\`${call}\``,
      [on !== undefined && `on is ${on}`, note].filter(Boolean).join("; "),
    ),
  );
  return table(["part", "a program calls it", ""], rows);
}

function flashing(board, { firmware, flashing: { method, also = [], baud, puts, configuration } }) {
  const ways = [method, ...also].map((way) => METHODS[way]).join(", or ");
  const steps = firmware.install ?? [];
  const lines = [];
  if (steps.length > 0) {
    lines.push("The firmware:", "", "```", ...steps, "```", "");
  }
  lines.push(
    `Then \`npm run flash -- ${board}\`, over ${ways}${baud ? `, at ${baud} baud` : ""}. By hand, after ` +
      `\`npm run build -- ${board}\`, in this order:`,
    "",
    table(
      ["file", "as", "in"],
      puts.map(({ file, as, to }) => row(`\`dist/${file}\``, `\`${as}\``, PLACES[to])),
    ),
  );
  if (configuration) {
    const { as, to, needs } = configuration;
    const what =
      needs.length > 0 ? `needs ${needs.map((one) => `\`${one}\``).join(", ")}` : "may be left out";
    lines.push("", `The program's settings are \`${as}\`, in ${PLACES[to]}; it ${what}.`);
  }
  return lines.join("\n");
}

/** The page of one board. */
function pageOf(board, manifest) {
  const { name, testedOnHardware, cannot, buses, pins, parts, sources } = manifest;
  const tested = testedOnHardware
    ? ""
    : "**Nobody has run this on the board yet**; what is below was read from the sources at the end.";
  const parts_ = [
    `# ${name}`,
    `<!-- Made from boards/${board}/board.json by npm run docs: change that. -->`,
    tested,
    facts(manifest),
    "## What it cannot do",
    cannot.map((one) => `- ${one}`).join("\n"),
    "## Onto the board",
    flashing(board, manifest),
    "## Pins",
    pins.length > 0 ? "A pin that is not here does not exist." : "No pin is led out.",
    pins.length > 0 && pinsOf(manifest),
    buses.length > 0 && "## Buses",
    buses.length > 0 && busesOf(manifest),
    parts.length > 0 && "## What is on it",
    parts.length > 0 && partsOf(manifest),
    "## Sources",
    sources.map((one) => `- ${one}`).join("\n"),
  ];
  return parts_.filter(Boolean).join("\n\n") + "\n";
}

/** Every page, by its path. */
export function boardPages() {
  return new Map(boards().map(([board, one]) => [`docs/boards/${board}.md`, pageOf(board, one)]));
}

/** The table of boards. */
export function boardsTable() {
  const rows = boards().map(([board, { name, chip, memory, link, testedOnHardware }]) =>
    row(
      `[${name}](docs/boards/${board}.md)`,
      chip,
      `${NETWORKS[link.network]}, ${protocolOf(link)}`,
      memoryOf(memory),
      testedOnHardware ? "yes" : "nobody yet",
    ),
  );
  return table(["board", "chip", "network", "memory of a program", "tried on hardware"], rows);
}
