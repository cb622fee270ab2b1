// SPDX-License-Identifier: MIT
// SPI on NodeMCU's ESP32: `create(master:device({ cs = 5, mode = 0, freq = 1000000 }))`, with the device of a
// `spi.master`, which holds the chip's select line down by itself. Keep the master in a variable: its bus
// is closed when it is collected.

import type { SpiDevice } from "../../hal.js";
import { after } from "../../nodemcu/ports/after.js";

export function create(device: NodemcuSpiDevice): SpiDevice {
  return {
    transfer: (octets) => {
      const [isDone, came] = pcall(() => device.transfer(octets));
      return isDone ? (came as unknown as string) : "";
    },
    after: after,
  };
}
