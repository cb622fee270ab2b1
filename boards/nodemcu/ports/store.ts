// SPDX-License-Identifier: MIT
// What outlives a reboot on NodeMCU: files.

import type { Store } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(): Store {
  return {
    read: (name) => file.getcontents(name),
    write: (name, octets) => {
      const [isDone, isWritten] = pcall(file.putcontents, name, octets);
      return isDone && isWritten ? DeviceStatus.OK : DeviceStatus.NO_ROOM;
    },
    remove: (name) => {
      pcall(file.remove, name);
    },
  };
}
