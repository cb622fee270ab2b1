// SPDX-License-Identifier: MIT
// Opens a link by its type. Packages that not everybody needs are asked for by name where they are missing.

import type { Log } from "../world.js";
import { bleDial, type BleModule } from "./ble.js";
import type { Ear, OpenLink } from "./link.js";
import { serialDial, type SerialModule } from "./serial.js";
import { streamOpen, type StreamOptions } from "./stream.js";
import { tcpOpen, type TcpOptions } from "./tcp.js";
import { ttyDial } from "./tty.js";
import { udpOpen, type UdpOptions } from "./udp.js";

/** A link as the configuration has it. */
export type LinkOptions =
  | ({ type: "udp" } & UdpOptions)
  | ({ type: "tcp" } & TcpOptions)
  | ({ type: "serial"; path: string; baudRate: number } & StreamOptions)
  | ({ type: "tty"; path: string } & StreamOptions)
  | ({ type: "ble"; address: string; adapter?: string } & StreamOptions);

/** Loads a package by its name. */
export type Load = (name: string) => Promise<any>;

const load: Load = (name) => import(name);

export async function linkOpen(
  options: LinkOptions,
  ear: Ear,
  log: Log,
  from: Load = load,
): Promise<OpenLink> {
  switch (options.type) {
    case "udp":
      return udpOpen(options, ear);
    case "tcp":
      return tcpOpen(options, ear);
    case "tty":
      return streamOpen(options, ttyDial(options.path), ear, log);
    case "serial": {
      const serial: SerialModule = await need(from, "serialport", options.name);
      return streamOpen(options, serialDial(serial, options.path, options.baudRate), ear, log);
    }
    case "ble": {
      const ble: BleModule = await need(from, "node-ble", options.name);
      return streamOpen(options, bleDial(ble, options.address, options.adapter), ear, log);
    }
  }
}

async function need(from: Load, name: string, link: string): Promise<any> {
  try {
    const found = await from(name);
    return found.default ?? found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(
      `The link "${link}" needs the package ${name}, which is not there: npm install ${name}, ` +
        `where ringlet-gateway is installed.`,
    );
  }
}
