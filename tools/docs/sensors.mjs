// SPDX-License-Identifier: MIT
// What docs/sensors.md is generated from: the manifest of the drivers, their sizes, and what each built
// driver says of its quantities.

import { existsSync, readdirSync, readFileSync } from "node:fs";

const read = (path) => readFileSync(path, "utf8");

/** The drivers, with the files they are built into. */
export function modules() {
  return JSON.parse(read("boards/sensors/board.json")).bundles.map((bundle) => ({
    ...bundle,
    name: bundle.entry.replace(/\.ts$/, ""),
    files: [`espruino/${bundle.file}.min.js`, `lua/${bundle.file}.lua`],
  }));
}

/** The ports that firmwares have, with the files they are built into. */
export function ports() {
  const boards = readdirSync("boards").filter((board) => existsSync(`boards/${board}/board.json`));
  return boards.flatMap((board) => {
    const { ports = [], engine, name } = JSON.parse(read(`boards/${board}/board.json`));
    // A network is no port of a driver.
    const own = ports.filter(({ entry }) => entry.startsWith("ports/"));
    return own.map(({ entry, file }) => ({
      firmware: name.replace(/ module$/, ""),
      name: entry.replace(/^ports\/|\.ts$/g, ""),
      file: engine === "espruino" ? `${board}/${file}` : file,
    }));
  });
}

/** The table of ports: which module a firmware has, and its size. */
export function portsTable() {
  const sizes = JSON.parse(read("dist/sizes.json"));
  const all = ports();
  const firmwares = [...new Set(all.map(({ firmware }) => firmware))];
  const names = [...new Set(all.map(({ name }) => name))];
  const rows = names.map((name) => {
    const cells = firmwares.map((firmware) => {
      const port = all.find((one) => one.name === name && one.firmware === firmware);
      return port ? sizes[port.file].bytes : "–";
    });
    return `| \`ringlet-port-${name}\` | ${cells.join(" | ")} |`;
  });
  return [
    `| module | ${firmwares.join(" | ")} |`,
    `| --- |${" --- |".repeat(firmwares.length)}`,
    ...rows,
  ].join("\n");
}

/** What a driver says of its quantities. */
function quantitiesOf({ files }) {
  const exports = {};
  new Function("exports", read(`dist/${files[0]}`))(exports);
  return Object.entries(exports.meta);
}

/** The table of drivers: what each is for, how large it is, and where its proof is. */
export function sensorsTable() {
  const sizes = JSON.parse(read("dist/sizes.json"));
  const rows = modules().map(({ name, files, chips, bus, peer }) => {
    const [script, lua] = files.map((file) => sizes[file].bytes);
    const part = peer && ` (${Math.round((script / peer.bytes) * 100)} %)`;
    const other = peer ? `${peer.bytes}${part}` : "–";
    const proof = `[\`${name}\`](../test/sensors/${name}.test.ts)`;
    return `| ${chips} | ${bus} | \`ringlet-${name}\` | ${script} | ${lua} | ${other} | ${proof} |`;
  });
  return [
    "| for | on | module | bytes, Espruino | bytes, Lua | Espruino's own | proof |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** The table of quantities: what a reading holds, and the text it follows. */
export function quantitiesTable() {
  const rows = modules().map((module) => {
    const all = quantitiesOf(module).map(
      ([name, { unit, decimals }]) => `\`${name}\` ${unit}${decimals > 0 ? `, ${decimals}` : ""}`,
    );
    const source = [module.maker, module.datasheet].filter(Boolean).join(" ");
    const what = all.length > 0 ? all.join(" · ") : "the program's";
    return `| \`${module.name}\` | ${what} | ${source || "–"} |`;
  });
  return ["| driver | quantity, unit, decimals | after |", "| --- | --- | --- |", ...rows].join(
    "\n",
  );
}
