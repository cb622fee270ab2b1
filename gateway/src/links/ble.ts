// SPDX-License-Identifier: MIT
// A device with the Nordic UART service, by the package `node-ble`, which speaks to BlueZ over D-Bus: Linux
// only. Not a dependency: who needs it installs it. Bonding is BlueZ's, done beforehand with `bluetoothctl`.

import type { Dial } from "./stream.js";

/** The service, where a device is written to, and where it tells (Nordic UART service). */
const SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e";
const WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e";
const TELL = "6e400003-b5a3-f393-e0a9-e50e24dcca9e";
/** What fits one write whatever was negotiated: an ATT MTU of 23, less its header. */
const CHUNK = 20;

/** What is used of the package. */
export interface BleModule {
  createBluetooth: () => { bluetooth: Bluetooth; destroy: () => void };
}
interface Bluetooth {
  defaultAdapter: () => Promise<Adapter>;
  getAdapter: (name: string) => Promise<Adapter>;
}
interface Adapter {
  isDiscovering: () => Promise<boolean>;
  startDiscovery: () => Promise<void>;
  waitDevice: (address: string) => Promise<Device>;
}
interface Device {
  connect: () => Promise<void>;
  disconnect: () => Promise<void>;
  gatt: () => Promise<{ getPrimaryService: (uuid: string) => Promise<Service> }>;
  on: (event: "disconnect", listener: () => void) => unknown;
}
interface Service {
  getCharacteristic: (uuid: string) => Promise<Characteristic>;
}
interface Characteristic {
  startNotifications: () => Promise<void>;
  writeValue: (bytes: Buffer, options: { type: "command" }) => Promise<void>;
  on: (event: "valuechanged", listener: (bytes: Buffer) => void) => unknown;
}

export const bleDial =
  ({ createBluetooth }: BleModule, address: string, name?: string): Dial =>
  async ({ data, closed }) => {
    const { bluetooth, destroy } = createBluetooth();
    try {
      const adapter = await (name ? bluetooth.getAdapter(name) : bluetooth.defaultAdapter());
      if (!(await adapter.isDiscovering())) await adapter.startDiscovery();
      const device = await adapter.waitDevice(address.toUpperCase());
      await device.connect();
      device.on("disconnect", () => {
        destroy();
        closed();
      });
      const service = await (await device.gatt()).getPrimaryService(SERVICE);
      const tell = await service.getCharacteristic(TELL);
      const write = await service.getCharacteristic(WRITE);
      tell.on("valuechanged", data);
      await tell.startNotifications();
      return wireOpen(write, () => void device.disconnect().catch(() => {}));
    } catch (error) {
      destroy();
      throw error;
    }
  };

/** Writes one after the other: BlueZ takes one at a time. */
function wireOpen(write: Characteristic, close: () => void) {
  let waiting = 0;
  let last = Promise.resolve();
  return {
    write: (bytes: Buffer) => {
      waiting += bytes.length;
      for (let at = 0; at < bytes.length; at += CHUNK) {
        const chunk = bytes.subarray(at, at + CHUNK);
        last = last
          .then(() => write.writeValue(chunk, { type: "command" }))
          // A chunk that is lost is a frame that fails its check.
          .catch(() => {})
          .finally(() => {
            waiting -= chunk.length;
          });
      }
    },
    waiting: () => waiting,
    close,
  };
}
