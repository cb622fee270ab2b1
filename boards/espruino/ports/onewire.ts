// SPDX-License-Identifier: MIT
// 1-Wire on Espruino: `create(D5)`. The firmware takes a line that is held low for the presence of a
// device, so it is looked at first.

import type { After, OneWireBus } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

/** A ROM code, which the firmware gives in hexadecimal. */
function romOf(text: string): string {
  let rom = "";
  for (let at = 0; at < 16; at += 2) {
    rom += String.fromCharCode(parseInt(text.slice(at, at + 2), 16));
  }
  return rom;
}

export function create(pin: Pin): OneWireBus {
  const bus = new OneWire(pin);
  return {
    reset: () =>
      !digitalRead(pin) ? DeviceStatus.STUCK : bus.reset() ? DeviceStatus.OK : DeviceStatus.SILENT,
    write: (octets) => bus.write(octets as never, true),
    read: (count) => String.fromCharCode.apply(null, bus.read(count as never) as never),
    search: () => (bus.search(0 as never) as string[]).map(romOf),
    after: setTimeout as unknown as After,
  };
}
