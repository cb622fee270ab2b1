// SPDX-License-Identifier: MIT
// The serial port of NodeMCU's ESP8266: `create()`, after `uart.setup`. It is the console's: whoever
// listens takes it from there.

import type { Uart } from "../../hal.js";
import { after, guarded } from "../../nodemcu/ports/after.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(): Uart {
  return {
    write: (octets) => {
      uart.write(0, octets);
      return DeviceStatus.OK;
    },
    // Each octet as it comes, and none of them to the interpreter.
    listen: (received, record) =>
      uart.on("data", 0, (octets: string) => guarded(received, record, octets), 0),
    after: after,
  };
}
