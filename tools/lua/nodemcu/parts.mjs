// SPDX-License-Identifier: MIT
// The host's side of a simulated NodeMCU's small parts: timers, Wi-Fi, pins and buses. Each gives the
// operations that Lua calls, and verbs for tests.

import { createWire } from "../../espruino/buses.mjs";

/** @typedef {(task: () => void) => void} Post @typedef {(...event: any[]) => void} Fire */

/** @param {{ post: Post, fire: Fire }} parts */
export function createTimers({ post, fire }) {
  /** @type {Map<number, { stop: () => void }>} */
  const running = new Map();

  function disarm(id) {
    running.get(id)?.stop();
    running.delete(id);
  }

  function arm(id, interval, isRepeated) {
    disarm(id);
    // Looked up when it is used, so that a test can put its own clock there.
    const { setTimeout, setInterval, clearTimeout } = globalThis;
    const own = { stop: () => clearTimeout(handle) };
    const run = () => {
      if (running.get(id) !== own) return;
      if (!isRepeated) running.delete(id);
      fire("tmr", id);
    };
    const handle = (isRepeated ? setInterval : setTimeout)(() => post(run), interval);
    running.set(id, own);
  }

  return {
    operations: { "tmr.arm": arm, "tmr.disarm": disarm },
    stop: () => [...running.keys()].forEach(disarm),
  };
}

/**
 * @param {{ post: Post, fire: Fire, isWanted: boolean, address: string,
 *   setQuiet: (quiet: boolean) => void }} parts `isWanted`: joins without being told
 */
export function createWifi({ post, fire, isWanted, address, setQuiet }) {
  let isThere = true;
  let isJoined = false;
  const event = (...what) => post(() => fire("wifi", ...what));

  function join() {
    if (!isWanted || isJoined) return;
    if (!isThere) {
      event("STA_DISCONNECTED");
      return;
    }
    isJoined = true;
    event("STA_CONNECTED");
    post(() => setQuiet(!isJoined));
    event("STA_GOT_IP", address, "255.255.255.0", "192.0.2.1");
  }

  function leave() {
    if (!isJoined) return;
    isJoined = false;
    setQuiet(true);
    event("STA_DISCONNECTED");
  }

  setQuiet(true);
  return {
    operations: {
      "wifi.ip": () => (isJoined ? [address, "255.255.255.0", "192.0.2.1"] : undefined),
      "wifi.start": () => event("STA_START"),
      "wifi.mac": () => "02:00:00:00:00:02",
      "wifi.join": () => {
        isWanted = true;
        join();
      },
      "wifi.leave": () => {
        isWanted = false;
        leave();
      },
    },
    /** After the first program has run. */
    start: join,
    /** There is an access point again, and nobody tells. */
    appear: () => void (isThere = true),
    up() {
      isThere = true;
      join();
    },
    down() {
      isThere = false;
      leave();
    },
  };
}

/**
 * @param {{ post: Post, fire: Fire, gpio: (pin: number, level: number) => void,
 *   adc: (channel: number) => number }} parts
 */
export function createPins({ post, fire, gpio, adc }) {
  /** @type {Map<number, number>} */
  const levels = new Map();
  /** Pins with an interrupt: what changed before there was one is not told. @type {Set<number>} */
  const watched = new Set();
  return {
    operations: {
      adc: (channel) => adc(channel),
      "gpio.trig": (pin, isOn) => void (isOn ? watched.add(pin) : watched.delete(pin)),
      "gpio.read": (pin) => levels.get(pin) ?? 0,
      "gpio.write": (pin, level) => {
        levels.set(pin, level);
        gpio(pin, level);
      },
    },
    levels,
    /** What a button would do. @param {number} pin @param {number} level */
    set(pin, level) {
      if ((levels.get(pin) ?? 0) === level) return;
      levels.set(pin, level);
      if (watched.has(pin)) post(() => fire("gpio", pin, level));
    },
  };
}

/**
 * @typedef {{ accepts?: number, write?: (octets: string) => void, read?: (count: number) => string }}
 *   Device `write` gets what one transfer wrote; `accepts`: how many octets it acknowledges
 * @param {Record<number, Device>} devices by address
 */
export function createBus(devices) {
  /** @type {Map<number, { device: Device | undefined, written: string }>} */
  const buses = new Map();

  /** A transfer ends with a stop, or with the next start. */
  function finish(id) {
    const bus = buses.get(id);
    if (!bus) return "i2c is not set up";
    if (bus.device && bus.written !== "") bus.device.write?.(bus.written);
    Object.assign(bus, { device: undefined, written: "" });
  }

  return {
    "i2c.setup": (id) => {
      buses.set(id, { device: undefined, written: "" });
      return true;
    },
    "i2c.start": finish,
    "i2c.stop": finish,
    "i2c.address": (id, address) => {
      const bus = buses.get(id);
      if (bus) bus.device = devices[address];
      return bus?.device !== undefined;
    },
    "i2c.write": (id, octets) => {
      const bus = buses.get(id);
      if (!bus) return 0;
      const taken = octets.slice(0, bus.device?.accepts ?? octets.length);
      bus.written += taken;
      return taken.length;
    },
    // Nobody pulls the line down where nobody answers.
    "i2c.read": (id, count) => buses.get(id)?.device?.read?.(count) ?? "\xff".repeat(count),
  };
}

/**
 * 1-Wire, the serial port, SPI, pulse-width modulation and DHTs.
 * @param {{ post: Post, fire: Fire, wire: import("../../espruino/buses.mjs").Wire,
 *   uart: (octets: string) => void, spi: (octets: string) => string,
 *   pwm: (pin: number, duty: number, all: number) => void, dht: () => string }} parts `dht`: the five octets
 */
export function createDevices({ post, fire, wire, uart, spi, pwm, dht }) {
  const line = createWire(wire);
  let roms = line.roms();

  /** What the firmware makes of octets: numbers, and their thousandths, cut off. */
  function readDht(isOld) {
    const octets = Buffer.from(dht(), "latin1");
    if (octets.length < 5) return [-2, -999, -999, 0, 0];
    const [a, b, c, d, sum] = /** @type {any} */ (octets);
    if (((a + b + c + d) & 255) !== sum) return [-1, -999, -999, 0, 0];
    const humidity = isOld ? a + b * 0.1 : (a * 256 + b) * 0.1;
    const size = isOld ? c + (d & 127) * 0.1 : ((c & 127) * 256 + d) * 0.1;
    const temperature = (isOld ? d : c) > 127 ? -size : size;
    const rest = (value) => Math.trunc((value - Math.trunc(value)) * 1000);
    return [0, temperature, humidity, rest(temperature), rest(humidity)];
  }

  return {
    operations: {
      "ow.low": () => wire.isLow === true,
      // What holds the line down for longer than the pulse is nobody's presence.
      "ow.reset": () => (line.reset() && !wire.isLow ? 1 : 0),
      "ow.write": (octets) => line.write(octets),
      "ow.read": (count) => line.read(count),
      "ow.first": () => void (roms = line.roms()),
      "ow.search": () => roms.shift(),
      "uart.write": (octets) => uart(octets),
      spi: (octets) => spi(octets),
      pwm: (pin, duty, all = 1023) => pwm(pin, duty, all),
      dht: readDht,
    },
    /** Octets come in at the serial port, one event each, as with a count of 0. */
    receive(/** @type {string} */ octets) {
      for (const octet of octets) post(() => fire("uart", octet));
    },
  };
}
