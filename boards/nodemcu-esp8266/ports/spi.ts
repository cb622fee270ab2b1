// SPDX-License-Identifier: MIT
// SPI on NodeMCU's ESP8266: `create(1, pin)`, after `spi.setup` with eight bits and `spi.FULLDUPLEX`, with
// the chip's select pin, which `gpio.mode` made an output.

import type { Octets } from "#engine";
import type { SpiDevice } from "../../hal.js";
import { after } from "../../nodemcu/ports/after.js";

function exchange(id: number, octets: Octets): Octets {
  const [, came] = spi.send(id, octets);
  return came === undefined ? "" : came;
}

export function create(id: number, select: number): SpiDevice {
  gpio.write(select, 1);
  return {
    transfer: (octets) => {
      gpio.write(select, 0);
      const [isDone, came] = pcall(exchange, id, octets);
      gpio.write(select, 1);
      return isDone ? (came as unknown as Octets) : "";
    },
    after: after,
  };
}
