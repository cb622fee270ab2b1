// SPDX-License-Identifier: MIT
// Which stream leads to the board, by its manifest and by what the user said.

import { findEspruino } from "../station/engine.mjs";
import { openEspruinoPackage, openProcess, openSerial, openTcp, serialPorts } from "./links.mjs";
import { Problem } from "./problem.mjs";

const DEFAULT_BAUD = 115200;
/** A serial port, and no name of Bluetooth. */
const SERIAL = /^(\/|COM\d)/;

/** @param {any} manifest @param {{ port?: string, baud?: string, host?: string, folder: string }} options */
export async function openLink({ name, flashing }, { port, baud: told, host, folder }) {
  const baud = Number(told ?? flashing.baud ?? DEFAULT_BAUD);
  if (host !== undefined) return openTcp(host);
  if (flashing.method === "espruino-ble" && !SERIAL.test(port ?? "")) {
    if (port !== undefined) return openEspruinoPackage(port, baud);
    throw new Problem(
      `${name} is flashed over Bluetooth: expected is its name or address in --port. ` +
        "npx espruino --list shows the boards in reach.",
    );
  }
  if (port !== undefined) return openSerial(port, baud);
  if (flashing.method !== "espruino-process")
    return openSerial(onlyPort(await serialPorts()), baud);
  const interpreter = findEspruino();
  if (interpreter !== undefined) return openProcess(interpreter, folder);
  throw new Problem(
    "No Espruino interpreter was found: name one in ESPRUINO_BIN, or put it on the path.",
  );
}

/** The port, where there is one only. @param {{ path: string, manufacturer?: string }[]} ports */
export function onlyPort(ports) {
  const [first, second] = ports;
  if (first !== undefined && second === undefined) return first.path;
  if (first === undefined) {
    throw new Problem(
      "No serial port was found, expected is one with the board on it: plug it in, or name --port or --host.",
    );
  }
  const list = ports.map(({ path, manufacturer = "" }) =>
    `  --port ${path}  ${manufacturer}`.trimEnd(),
  );
  throw new Problem(
    `There are ${ports.length} serial ports; say which one the board is on:\n${list.join("\n")}`,
  );
}
