// SPDX-License-Identifier: MIT
// Maxim DS18B20, temperature, on 1-Wire, alone on the line or chosen by its ROM code. Datasheet
// "DS18B20" (19-7487); checksums as in application note 27.

import type { Octets } from "#engine";
import type { OneWireBus } from "../hal.js";
import {
  conclude,
  type Quantity,
  type Reader,
  type Reading,
  type Sensor,
  sensorOf,
  signed,
} from "./sensor.js";
import { DeviceStatus } from "./status.js";

export const meta: Record<string, Quantity> = { temperature: { unit: "Cel", decimals: 4 } };

export interface Ds18b20Options {
  /** The eight octets of `bus.search()`; needed where there is more than one device. */
  rom?: Octets;
}

const enum Command {
  CONVERT = 0x44,
  MATCH_ROM = 0x55,
  READ_SCRATCHPAD = 0xbe,
  SKIP_ROM = 0xcc,
}

interface Ds18b20Reader extends Reader {
  bus: OneWireBus;
  /** The ROM command that makes the device listen. */
  choice: Octets;
}

/**
 * CRC-8 of X^8 + X^5 + X^4 + 1, lowest bit first: 0 over octets with their checksum behind. Bits 2 and 3
 * are turned over as one number of two bits, without operators on bits.
 */
function crcOf(octets: Octets): number {
  let crc = 0;
  for (let at = 0; at < octets.length; at++) {
    let octet = octets.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) {
      const isTurned = octet % 2 !== crc % 2;
      octet = Math.floor(octet / 2);
      crc = Math.floor(crc / 2);
      if (isTurned) crc += 140 - (Math.floor(crc / 4) % 4) * 8;
    }
  }
  return crc;
}

/** The scratchpad, "Memory": temperature, alarms, configuration, three that are reserved, checksum. */
function decode(octets: Octets): Reading | DeviceStatus {
  if (octets.length < 9) return DeviceStatus.SILENT;
  if (crcOf(octets) !== 0) return DeviceStatus.GARBLED;
  // "Configuration Register": 0, two bits of resolution, ones. A line that is held low has a good checksum, too.
  if (octets.charCodeAt(4) % 32 !== 31 || octets.charCodeAt(4) > 127) return DeviceStatus.UNKNOWN;
  const raw = octets.charCodeAt(0) + octets.charCodeAt(1) * 256;
  // 85 °C is what it holds before its first conversion; a conversion leaves 16 less the fraction in
  // octet 6, which before is 12. The fraction of 85 °C is 0.
  if (raw === 0x550 && octets.charCodeAt(6) === 12) return DeviceStatus.UNREADY;
  // Table 1: sixteenths of a degree.
  return { temperature: signed(raw, 32768) * 625 };
}

/** Resets the line and gives the device a command. */
function instruct(reader: Ds18b20Reader, code: Command): DeviceStatus {
  const status = reader.bus.reset();
  if (status >= 0) reader.bus.write(reader.choice + String.fromCharCode(code));
  return status;
}

function finish(reader: Ds18b20Reader): void {
  const status = instruct(reader, Command.READ_SCRATCHPAD);
  conclude(reader, status < 0 ? status : decode(reader.bus.read(9)));
}

/** 750 ms at most at the full resolution, table 2; a device with less is ready earlier. */
function start(reader: Ds18b20Reader): void {
  const status = instruct(reader, Command.CONVERT);
  if (status < 0) conclude(reader, status);
  else reader.bus.after(finish, 750, reader);
}

export function create(bus: OneWireBus, options?: Ds18b20Options): Sensor {
  return sensorOf(
    {
      bus: bus,
      done: undefined,
      choice:
        options && options.rom
          ? String.fromCharCode(Command.MATCH_ROM) + options.rom
          : String.fromCharCode(Command.SKIP_ROM),
    },
    start,
  );
}
