// SPDX-License-Identifier: MIT
// I²C, SPI, 1-Wire and serial ports of the firmware, with the devices a test puts on them. They answer
// and throw as hardware buses do; nothing electrical is simulated, and no software bus, which does not
// look whether anybody acknowledges.

/**
 * @typedef {{ accepts?: number, write?: (octets: string) => void, read?: (count: number) => string }}
 *   Device `accepts`: how many octets of a write it acknowledges, usually all
 * @typedef {{ isLow?: boolean, devices: { rom: string, write?: (octets: string) => void,
 *   read?: (count: number) => string }[] }} Wire
 */

/** The side of a 1-Wire line that both simulated firmwares share. @param {Wire} wire */
export function createWire(wire) {
  /** @type {Wire["devices"]} */
  let chosen = [];
  let isNew = false;
  return {
    /** Whether somebody pulled the line down after the pulse; a line that is low looks like that. */
    reset() {
      chosen = [];
      isNew = true;
      return wire.isLow || wire.devices.length > 0;
    },
    /** The ROM command and what follows it. @param {string} octets */
    write(octets) {
      if (isNew) {
        isNew = false;
        const rom = octets.slice(1, 9);
        if (octets[0] === "\xcc") chosen = wire.devices;
        else if (octets[0] === "\x55") chosen = wire.devices.filter((one) => one.rom === rom);
        octets = octets.slice(octets[0] === "\x55" ? 9 : 1);
      }
      for (const device of chosen) if (octets !== "") device.write?.(octets);
    },
    /** Nobody pulls the line down where nobody answers. @param {number} count */
    read(count) {
      if (wire.isLow) return "\0".repeat(count);
      return chosen[0]?.read?.(count) ?? "\xff".repeat(count);
    },
    roms: () => wire.devices.map(({ rom }) => rom),
  };
}

/**
 * @param {ReturnType<typeof import("./events.mjs").createEvents>} events
 * @param {any} realm built-in objects of the context
 * @param {(value: unknown) => string} octetsOf
 * @param {{ i2c: Record<number, Device>, spi: (octets: string) => string, wire: Wire,
 *   uart: (octets: string) => void }} world what is on the buses
 */
export function createBuses(events, realm, octetsOf, { i2c, spi, wire, uart }) {
  const record = (fields) => Object.assign(new realm.Object(), fields);
  const listed = (octets) => new realm.Uint8Array(Buffer.from(octets, "latin1"));

  const bus = () =>
    record({
      setup() {},
      writeTo(address, ...data) {
        const device = i2c[address.address ?? address];
        const octets = data.map(octetsOf).join("");
        if (!device || (device.accepts ?? octets.length) < octets.length) {
          throw new realm.Error("I2CWrite: slave doesn't ACK the transfer");
        }
        device.write?.(octets);
      },
      readFrom(address, count) {
        const device = i2c[address.address ?? address];
        if (!device?.read) throw new realm.Error("I2CRead: slave doesn't ACK the transfer");
        return listed(device.read(count));
      },
    });

  const serialPort = record({
    setup() {},
    write: (...data) => uart(data.map(octetsOf).join("")),
  });

  class OneWire {
    constructor() {
      this.own = createWire(wire);
    }
    reset() {
      return this.own.reset();
    }
    write(data) {
      this.own.write(typeof data === "number" ? String.fromCharCode(data) : octetsOf(data));
    }
    read(count) {
      const octets = this.own.read(count ?? 1);
      return count === undefined ? octets.charCodeAt(0) : listed(octets);
    }
    search() {
      return realm.listOf(this.own.roms().map((rom) => Buffer.from(rom, "latin1").toString("hex")));
    }
  }

  return {
    globals: {
      I2C1: bus(),
      SPI1: record({ setup() {}, send: (data, _select) => spi(octetsOf(data)) }),
      Serial1: serialPort,
      // One line: whichever a program has set up.
      Serial2: serialPort,
      OneWire,
    },
    /** Octets come in at Serial1. @param {string} octets */
    receive: (octets) => events.emit(serialPort, "data", octets),
  };
}
