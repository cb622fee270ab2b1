// SPDX-License-Identifier: MIT
// What outlives a reboot on Espruino: files of `Storage`, which hold one octet at least: each is kept
// with a mark in front.

import type { Store } from "../../hal.js";
import { DeviceStatus } from "../../sensors/status.js";

export function create(): Store {
  const storage = require("Storage");
  return {
    read: (name) => {
      const octets = storage.read(name);
      return octets ? octets.slice(1) : undefined;
    },
    write: (name, octets) => {
      try {
        storage.write(name, "=" + octets);
        return DeviceStatus.OK;
      } catch (error) {
        return DeviceStatus.NO_ROOM;
      }
    },
    remove: (name) => storage.erase(name),
  };
}
