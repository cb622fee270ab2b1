// SPDX-License-Identifier: MIT
// A serial port of NodeMCU's ESP32: `create(2)`, after `uart.setup` with its pins and `uart.start`. 0 is
// the console's: whoever listens there takes it away.

import type { Uart } from "../../hal.js";
import { after, guarded } from "../../nodemcu/ports/after.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(id: number): Uart {
  return {
    write: (octets) => {
      const [isDone] = pcall(uart.write, id, octets);
      return isDone ? DeviceStatus.OK : DeviceStatus.NO_PORT;
    },
    // Each octet as it comes, and none of them to the interpreter.
    listen: (received, record) =>
      uart.on(id, "data", 0, (octets: string) => guarded(received, record, octets), 0),
    after: after,
  };
}
