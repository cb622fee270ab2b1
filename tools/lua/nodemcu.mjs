// SPDX-License-Identifier: MIT
// Runs a program for NodeMCU on a Lua machine that has what the firmware has and nothing more:
// sockets over real TCP, timers, Wi-Fi, pins, files. Events come one by one from a loop, never from
// inside a call. An error in a handler restarts a board: here it ends everything and is recorded.
// No server sockets, no TLS, no heap of a board's size.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { openMachine as open51 } from "./machine51.mjs";
import { openMachine as open53 } from "./machine53.mjs";
import {
  createBus,
  createDevices,
  createPins,
  createTimers,
  createWifi,
} from "./nodemcu/parts.mjs";
import { createSockets } from "./nodemcu/sockets.mjs";

const FLAVOURS = {
  esp8266: { open: open51, chip: "esp8266.lua", chipId: 1193046 },
  esp32: { open: open53, chip: "esp32.lua", chipId: "0x123456789a" },
};
const sourceOf = (name) => readFileSync(new URL(`nodemcu/${name}`, import.meta.url), "latin1");

const WORD = 2 ** 31;
const RTC_WORDS = 128;

/** The event loop: one task a turn. */
function createLoop() {
  /** @type {(() => void)[]} */
  let tasks = [];
  /** @type {NodeJS.Immediate | undefined} */
  let turn;
  let isStopped = false;
  function run() {
    turn = undefined;
    tasks.shift()?.();
    wake();
  }
  function wake() {
    if (tasks.length > 0 && !isStopped) turn ??= setImmediate(run);
  }
  return {
    post(/** @type {() => void} */ task) {
      if (isStopped) return;
      tasks.push(task);
      wake();
    },
    stop() {
      isStopped = true;
      tasks = [];
      if (turn) clearImmediate(turn);
    },
  };
}

/**
 * A board.
 * @param {object} options
 * @param {"esp8266" | "esp32"} options.flavour ESP8266 with Lua 5.1, ESP32 with 5.3
 * @param {Record<string, string>} [options.files] octets by name; kept up to date
 * @param {(line: string) => void} [options.print]
 * @param {(reason: string) => void} [options.onRestart] a handler's error, or `node.restart()`
 * @param {(us: number) => void} [options.onSleep]
 * @param {(pin: number, level: number) => void} [options.gpio] gets what is written
 * @param {(channel: number) => number} [options.adc]
 * @param {Record<number, import("./nodemcu/parts.mjs").Device>} [options.i2c] devices by address
 * @param {import("../espruino/buses.mjs").Wire} [options.wire] what is on the 1-Wire line
 * @param {(octets: string) => void} [options.uart] gets what the serial port sends
 * @param {(octets: string) => string} [options.spi] what comes while octets go out
 * @param {(pin: number, duty: number, all: number) => void} [options.pwm] a duty of all there are
 * @param {() => string} [options.dht] the five octets a DHT sends
 * @param {Int32Array} [options.rtcmem] survives a deep sleep
 * @param {() => number} [options.heap]
 * @param {() => number} [options.room] octets that a file may have
 * @param {string} [options.address] what the access point gives
 * @param {() => number} [options.now] milliseconds
 * @param {number} [options.uptime] microseconds that the clock has already counted
 */
export async function openNodemcu({
  flavour,
  files = {},
  print = () => {},
  onRestart = () => {},
  onSleep = () => {},
  gpio = () => {},
  adc = () => 0,
  i2c = {},
  wire = { devices: [] },
  uart = () => {},
  spi = (octets) => "\xff".repeat(octets.length),
  pwm = () => {},
  dht = () => "",
  rtcmem = new Int32Array(RTC_WORDS),
  heap = () => 40000,
  room = () => Infinity,
  address = "192.0.2.2",
  now = () => performance.now(),
  uptime = 0,
}) {
  const { open, chip, chipId } = FLAVOURS[flavour];
  const machine = await open();
  const loop = createLoop();
  /** @type {string[]} */
  const restarts = [];
  let isStopped = false;
  let isWired = false;
  const startedAt = now();
  const microseconds = () => Math.floor(uptime + (now() - startedAt) * 1000);

  function stop() {
    isStopped = true;
    loop.stop();
    timers.stop();
    sockets.stop();
  }

  /** @param {string} reason */
  function restart(reason) {
    restarts.push(reason);
    stop();
    onRestart(reason);
  }

  function fire(...event) {
    if (isStopped) return;
    try {
      machine.call("__event", ...event);
    } catch (error) {
      if (isStopped) return;
      const { message } = /** @type {Error} */ (error);
      print(message);
      restart(message);
    }
  }

  const parts = { post: loop.post, fire };
  const timers = createTimers(parts);
  const sockets = createSockets({ ...parts, flavour });
  const { setQuiet } = sockets;
  const wifi = createWifi({ ...parts, address, setQuiet, isWanted: flavour === "esp8266" });
  const pins = createPins({ ...parts, gpio, adc });

  const devices = createDevices({ ...parts, wire, uart, spi, pwm, dht });

  /** Ends the program from inside of it. */
  function leave(/** @type {() => void} */ told, why) {
    told();
    throw new Error(why);
  }

  const operations = {
    ...timers.operations,
    ...sockets.operations,
    ...wifi.operations,
    ...pins.operations,
    ...createBus(i2c),
    ...devices.operations,
    print,
    task: () => loop.post(() => fire("task")),
    now: () => microseconds() % WORD,
    seconds: () => Math.floor(microseconds() / 1e6),
    uptime: () => [microseconds() % WORD, Math.floor(microseconds() / WORD)],
    "file.get": (name) => (Object.hasOwn(files, name) ? files[name] : undefined),
    "file.put": (name, text) => {
      if (text.length > room()) return false;
      files[name] = text;
      return true;
    },
    "file.remove": (name) => void delete files[name],
    "crypto.hmac": (algorithm, octets, key) =>
      createHmac(algorithm, Buffer.from(key, "latin1"))
        .update(octets, "latin1")
        .digest()
        .latin1Slice(),
    "eth.init": () => void (isWired = true),
    "node.heap": heap,
    "node.chipid": () => chipId,
    "node.restart": () => leave(() => restart("node.restart()"), "restart"),
    "node.dsleep": (us) => {
      stop();
      leave(() => onSleep(us), "deep sleep");
    },
    "rtcmem.read": (index) => rtcmem[index],
    "rtcmem.write": (index, value) => void (rtcmem[index] = value),
  };
  machine.onCall((name, ...args) => {
    // What ends a program may be caught by it and printed: nobody hears that.
    if (isStopped && name === "print") return undefined;
    if (isStopped) throw new Error("the board is off");
    return /** @type {any} */ (operations)[String(name)](...args);
  });
  const library = ["base", "timers", "sockets", "board", "sjson"].map((name) => `${name}.lua`);
  for (const name of [...library, chip, "seal.lua"]) machine.run(sourceOf(name), name);

  return {
    machine,
    /** Why the board restarted, once or never. */
    restarts,
    files,
    pins: pins.levels,
    setPin: pins.set,
    receive: devices.receive,
    /** Runs a file as the firmware does at its start; what it raises is thrown here. */
    start(name = "init.lua") {
      if (!Object.hasOwn(files, name)) throw new Error(`cannot open ${name}`);
      machine.run(/** @type {string} */ (files[name]), name);
      wifi.start();
    },
    /** The access point is there, or back, and joined. */
    wifiUp: wifi.up,
    /** The access point is back; who wants it has to join. */
    wifiAppears: wifi.appear,
    /** The cable is plugged in, or out. @param {boolean} isIn */
    plug(isIn) {
      if (!isWired) return;
      setQuiet(!isIn);
      if (isIn) loop.post(() => fire("eth", "connected"));
      loop.post(() => fire("eth", isIn ? "got_ip" : "disconnected"));
    },
    /**
     * The access point is gone: nothing arrives until it is back. With `reset` the firmware gives its
     * connections up.
     * @param {{ reset?: boolean }} [options]
     */
    wifiDown({ reset = false } = {}) {
      wifi.down();
      if (reset) sockets.abort();
    },
    /** How many connections there are. */
    connections: sockets.count,
    close() {
      stop();
      // Not at once: it may be Lua that calls this.
      setImmediate(machine.close);
    },
  };
}
