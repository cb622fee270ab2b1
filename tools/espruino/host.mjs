// SPDX-License-Identifier: MIT
// Runs a bundle for Espruino on V8, in a context that has what the firmware has and nothing more.
// It finds what a bundle may not use and how it behaves with the firmware's sockets, timers and
// strings. It does not check syntax (language.mjs does), measure, or run out of memory.
// A promise that is rejected and not caught stays Node's business.

import vm from "node:vm";
import { createBle } from "./ble.mjs";
import { createBuses } from "./buses.mjs";
import { createCrypto } from "./crypto.mjs";
import { createEvents } from "./events.mjs";
import { createNet } from "./net.mjs";
import { createPins } from "./pins.mjs";
import { createRealm, shown } from "./realm.mjs";
import { createStorage } from "./storage.mjs";
import { createStrings, toOctets } from "./strings.mjs";
import { createTimers } from "./timers.mjs";
import { createWifi } from "./wifi.mjs";

/**
 * A board.
 * @param {object} [options]
 * @param {Record<string, string | Uint8Array>} [options.storage] files: text, or octets
 * @param {Record<string, unknown>} [options.modules] for `require`: source text, or what it returns
 * @param {string} [options.serial] the answer of `getSerial`
 * @param {() => number} [options.temperature]
 * @param {(pin: string) => number} [options.analog] what `analogRead` finds, 0 to 1
 * @param {(pin: string, mode: string) => void} [options.pinMode] is told of modes
 * @param {(pin: string, level: number) => void} [options.onWrite] is told what the program writes
 * @param {(us: number) => void} [options.onSleep] is told of deep sleep, which ends everything
 * @param {() => number} [options.room] octets that a file may have
 * @param {Record<number, import("./buses.mjs").Device>} [options.i2c] devices by address
 * @param {(octets: string) => string} [options.spi] what comes while octets go out
 * @param {import("./buses.mjs").Wire} [options.wire] what is on the 1-Wire line
 * @param {(octets: string) => void} [options.uart] gets what Serial1 sends
 * @param {() => object} [options.memory] the answer of `process.memory`
 * @param {(line: string) => void} [options.print]
 * @param {number} [options.chunk] the most octets of one data event
 * @param {(error: unknown) => void} [options.onError] gets what handlers throw
 * @param {boolean} [options.unicode] a build with Unicode strings
 */
export function createHost({
  storage = {},
  modules = {},
  serial = "simulated",
  temperature = () => 21,
  analog = () => 0,
  pinMode = () => {},
  onWrite = () => {},
  onSleep = () => {},
  room = () => Infinity,
  i2c = {},
  spi = (octets) => "\xff".repeat(octets.length),
  wire = { devices: [] },
  uart = () => {},
  memory = () => ({ free: 16000, usage: 383, total: 16383, history: 0 }),
  print = console.log,
  chunk = 536,
  onError = () => {},
  unicode = false,
} = {}) {
  const context = vm.createContext({});
  const realm = createRealm(context);
  let isStopped = false;
  const report = (error) => {
    if (isStopped) return;
    print(`Uncaught ${shown(error)}`);
    onError(error);
  };
  const now = () => Date.now() / 1000;

  const files = {};
  for (const [name, data] of Object.entries(storage)) {
    files[name] = typeof data === "string" ? toOctets(data) : Buffer.from(data).latin1Slice();
  }
  const { E, octetsOf, source, sourceOf } = createStrings(realm, unicode);
  const events = createEvents(realm, report);
  const pins = createPins(events, realm, { analog, onMode: pinMode, onWrite, now });
  const buses = createBuses(events, realm, octetsOf, { i2c, spi, wire, uart });
  const ble = createBle(events, realm, octetsOf);
  const net = createNet({ events, realm, chunk, octetsOf });
  const wifi = createWifi(events, realm, net);
  const evaluate = (code) => vm.runInContext(source(code), context, { filename: "event" });
  const timers = createTimers(realm, (code, args) =>
    events.guard(() => (typeof code === "string" ? evaluate(code) : code.apply(context, args))),
  );

  const library = {
    ...net.modules,
    Wifi: wifi.module,
    crypto: createCrypto(realm, octetsOf),
    Storage: createStorage(files, realm, octetsOf, room),
  };
  const cached = new Map();

  /** Runs a module. `exports` and `module.exports` are one variable there. @param {string} code */
  function evaluateModule(code, name) {
    const own = new realm.Object();
    const module = Object.assign(new realm.Object(), { exports: own });
    const run = vm.compileFunction(`${code}\n;return exports`, ["exports", "module"], {
      filename: name,
      parsingContext: context,
    });
    const exported = run.call(own, own, module);
    return module.exports === own ? exported : module.exports;
  }

  function find(name) {
    if (Object.hasOwn(library, name)) return library[name];
    if (Object.hasOwn(files, name)) return evaluateModule(sourceOf(files[name]), name);
    if (!Object.hasOwn(modules, name)) throw new realm.Error(`Module "${name}" not found`);
    const given = modules[name];
    return typeof given === "string" ? evaluateModule(source(given), name) : given;
  }

  /** @param {string} name */
  function require(name) {
    if (!cached.has(name)) cached.set(name, find(name));
    return cached.get(name);
  }

  /** A body of a function, or the text itself. */
  const bodyOf = (code) =>
    typeof code === "string" ? code : String(code).replace(/^[^{]*\{([^]*)\}\s*$/, "$1");

  /** Ends whatever could still happen. */
  function stop() {
    isStopped = true;
    timers.stop();
    events.stop();
    pins.stop();
    net.drop(true);
  }

  const put = (...values) => {
    if (!isStopped) print(values.map(shown).join(" "));
  };
  /** Nothing of the program runs from here on: it is started anew. @param {number} us */
  function deepSleep(us) {
    if (isStopped) return;
    stop();
    onSleep(us);
    throw new realm.Error("deep sleep");
  }
  const record = (fields) => Object.assign(new realm.Object(), fields);
  const globals = {
    ...timers.globals,
    ...pins.globals,
    ...buses.globals,
    ...ble.globals,
    global: context,
    print: put,
    console: record({ log: put, debug: put, info: put, warn: put, error: put }),
    require,
    Modules: record({
      addCached: (name, code) => void cached.set(name, evaluateModule(bodyOf(code), name)),
      removeCached(name) {
        if (!cached.delete(name)) throw new realm.Error(`Module "${name}" not found`);
      },
      removeAllCached: () => cached.clear(),
      getCached: () => realm.listOf(cached.keys()),
    }),
    process: record({
      version: "2v29",
      env: record({ VERSION: "2v29", BOARD: "SIMULATED", SERIAL: serial }),
      memory: () => record(memory()),
    }),
    E: record({
      ...E,
      getTemperature: temperature,
      getBattery: () => 87,
      setConsole: ble.setConsole,
      getErrorFlags: () => new realm.Array(),
      getFlags: () => new realm.Object(),
      setFlags() {},
      hwRand: () => (Math.random() * 4294967296) | 0,
    }),
    ESP32: record({ deepSleep }),
    getTime: now,
    getSerial: () => serial,
    atob: (text) => Buffer.from(text, "base64").latin1Slice(),
    btoa: (octets) => Buffer.from(String(octets), "latin1").toString("base64"),
    // A board starts anew here. The host ends everything and starts nothing.
    reset: stop,
    load: stop,
    InternalError: realm.InternalError,
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(context, name, { value, writable: true, configurable: true });
  }
  for (const [name, value] of Object.entries(events.methods)) {
    const shape = { value, writable: true, configurable: true };
    Object.defineProperty(realm.Object.prototype, name, shape);
  }

  return {
    /**
     * Runs a program; what it throws at its top level is thrown here.
     * @param {string} code
     * @param {string} [name] for stack traces
     */
    run: (code, name = "program") => vm.runInContext(source(code), context, { filename: name }),
    stop,
    require,
    context,
    storage: files,
    pins: pins.pins,
    receive: buses.receive,
    net: net.state,
    wifi,
    ble,
  };
}
