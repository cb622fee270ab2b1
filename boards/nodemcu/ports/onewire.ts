// SPDX-License-Identifier: MIT
// 1-Wire on NodeMCU: `create(pin)`. The firmware does not tell a line that is held low from one on which
// nobody is, so it is looked at first.

import type { OneWireBus } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";
import { after } from "./after.js";

export function create(pin: number): OneWireBus {
  ow.setup(pin);
  return {
    reset: () =>
      gpio.read(pin) < 1
        ? DeviceStatus.STUCK
        : ow.reset(pin) === 1
          ? DeviceStatus.OK
          : DeviceStatus.SILENT,
    write: (octets) => ow.write_bytes(pin, octets, 1),
    read: (count) => ow.read_bytes(pin, count),
    search: () => {
      const found: string[] = [];
      ow.reset_search(pin);
      let rom = ow.search(pin);
      while (rom !== undefined) {
        found.push(rom);
        rom = ow.search(pin);
      }
      return found;
    },
    after: after,
  };
}
