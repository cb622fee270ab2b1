// SPDX-License-Identifier: MIT
// SPI on Espruino: `create(SPI1, D5)`, after its `setup`, with the chip's select pin.

import type { After, SpiDevice } from "../../hal.js";

export function create(bus: SPI, select: Pin): SpiDevice {
  return {
    transfer: (octets) => {
      try {
        // A string is answered with a string.
        return bus.send(octets, select) as unknown as string;
      } catch (error) {
        return "";
      }
    },
    after: setTimeout as unknown as After,
  };
}
