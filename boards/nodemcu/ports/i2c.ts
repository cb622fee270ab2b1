// SPDX-License-Identifier: MIT
// I²C on NodeMCU: `create(0)`, after `i2c.setup`; on ESP32 `create(i2c.SW)`. Whether the address was
// acknowledged the firmware says; how many octets were, too.

import type { Octets } from "#engine";
import type { I2cBus } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";
import { after } from "./after.js";

function send(id: number, address: number, octets: Octets): number {
  i2c.start(id);
  const count = i2c.address(id, address, i2c.TRANSMITTER) ? i2c.write(id, octets) : -1;
  i2c.stop(id);
  return count;
}

/** Nobody pulls the line down where nobody answers: that would read as ones. */
function receive(id: number, address: number, count: number): Octets {
  i2c.start(id);
  const octets = i2c.address(id, address, i2c.RECEIVER) ? i2c.read(id, count) : "";
  i2c.stop(id);
  return octets;
}

export function create(id: number): I2cBus {
  return {
    write: (address, octets) => {
      const [isDone, count] = pcall(send, id, address, octets);
      return isDone && count === octets.length ? DeviceStatus.OK : DeviceStatus.SILENT;
    },
    read: (address, count) => {
      const [isDone, octets] = pcall(receive, id, address, count);
      return isDone ? (octets as unknown as Octets) : "";
    },
    after: after,
  };
}
