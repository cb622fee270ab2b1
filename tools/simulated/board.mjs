// SPDX-License-Identifier: MIT
// The simulated board: a built program on a host that offers what a firmware does, with virtual chips on
// its buses. Parts can be unplugged and plugged in again while it runs, the Wi-Fi lost. Deep sleep drops
// what is in RAM: afterwards the program is started anew, and only Storage, files and RTC memory are left.

import { createHost } from "../espruino/host.mjs";
import { openNodemcu } from "../lua/nodemcu.mjs";
import { WIRINGS } from "./wiring.mjs";

/** The flavour of NodeMCU's host, by kind; a kind that is not here is Espruino. */
const FLAVOURS = { "nodemcu-esp8266": "esp8266", "nodemcu-esp32": "esp32" };
/** What `adc.read` gives at the top. */
const FULL_SCALE = { esp8266: 1023, esp32: 4095 };

/** Files as octets, not as text. @param {Record<string, string>} files */
const octetsOf = (files) =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, Buffer.from(text, "latin1")]),
  );

/**
 * @param {object} options
 * @param {"espruino-esp32" | "nodemcu-esp8266" | "nodemcu-esp32"} options.kind
 * @param {string} options.wiring a name of wiring.mjs
 * @param {Record<string, string>} options.files Storage, or files: `.boot0`, or `init.lua`, is started
 * @param {ReturnType<typeof import("./world.mjs").createWorld>} options.world
 * @param {(line: string) => void} [options.print]
 * @param {(name: string, level: number) => void} [options.onOutput] a part is switched
 * @param {(seconds: number) => void} [options.onSleep] it sleeps from now on; else it wakes by itself
 * @param {(reason: string) => void} [options.onRestart] an error ended a program for NodeMCU
 * @param {() => number} [options.room] octets that a file may have
 */
export async function openBoard({
  kind,
  wiring,
  files,
  world,
  print = () => {},
  onOutput = () => {},
  onSleep,
  onRestart = () => {},
  room = () => Infinity,
}) {
  const parts = WIRINGS[wiring];
  const flavour = FLAVOURS[kind];
  /** What has power stays as it is while the board sleeps. */
  const chips = new Map();
  const unplugged = new Set();
  const i2c = {};
  const rtcmem = new Int32Array(128);
  /** @type {Record<string, string | Uint8Array>} */
  let storage = files;
  let isAir = true;
  /** @type {any} */
  let host;
  /** @type {NodeJS.Timeout | undefined} */
  let alarm;
  let isClosed = false;

  function plug(name) {
    const part = parts[name];
    if (part === undefined)
      throw new Error(`nothing is called ${name} here: ${Object.keys(parts)}`);
    unplugged.delete(name);
    // One that had no power begins anew.
    if (part.chip) i2c[part.i2c] = part.chip(world);
    if (part.uart) chips.set(name, part.uart(world));
  }
  function unplug(name) {
    unplugged.add(name);
    if (parts[name].chip) delete i2c[parts[name].i2c];
  }
  Object.keys(parts).forEach(plug);

  /** The part of a kind that is on a pin. */
  const partOn = (use, pin) =>
    Object.keys(parts).find((name) => String(parts[name][use]?.[kind]) === String(pin));

  /** A converter whose wire is off sees nothing. */
  function analog(pin) {
    const name = partOn("analog", pin);
    return name === undefined || unplugged.has(name) ? 0 : parts[name].sees(world);
  }
  function written(pin, level) {
    const name = partOn("output", pin);
    if (name !== undefined) onOutput(name, level);
  }
  function sent(octets) {
    for (const [name, part] of Object.entries(parts)) {
      const answer = part.uart && !unplugged.has(name) ? chips.get(name).answer(octets) : "";
      if (answer !== "") setTimeout(() => host?.receive(answer), 20);
    }
  }
  function slept(us) {
    if (!flavour) storage = octetsOf(host.storage);
    host = undefined;
    if (onSleep) onSleep(us / 1e6);
    else alarm = setTimeout(start, us / 1000);
  }

  async function start() {
    if (isClosed) return;
    if (flavour) {
      host = await openNodemcu({
        flavour,
        files,
        rtcmem,
        print,
        room,
        i2c,
        onRestart,
        adc: (channel) => Math.round(analog(channel) * FULL_SCALE[flavour]),
        gpio: written,
        uart: sent,
        onSleep: slept,
      });
      if (isAir) host.wifiUp();
      else host.wifiDown();
      host.start();
      return;
    }
    host = createHost({
      storage,
      print,
      room,
      i2c,
      analog,
      onWrite: written,
      uart: sent,
      onSleep: slept,
    });
    if (!isAir) host.wifi.drop();
    host.run(host.storage[".boot0"], ".boot0");
  }
  await start();

  return {
    plug,
    unplug,
    /** The access point is there, or gone. @param {boolean} isThere */
    wifi(isThere) {
      isAir = isThere;
      if (!host) return;
      if (flavour) isThere ? host.wifiUp() : host.wifiDown({ reset: true });
      else isThere ? host.wifi.restore() : host.wifi.drop({ reset: true });
    },
    /** What is on an input changes. @param {string} name @param {number} level */
    input(name, level) {
      const pin = parts[name].input[kind];
      if (flavour) host.setPin(pin, level);
      else host.pins[pin].input(level);
    },
    /** The time of sleep is over, where `onSleep` was given. */
    wake: start,
    isAsleep: () => host === undefined,
    /** What outlives sleep: files, or Storage. */
    files: () => (flavour ? files : (host?.storage ?? storage)),
    stop() {
      isClosed = true;
      clearTimeout(alarm);
      if (flavour) host?.close();
      else host?.stop();
    },
  };
}
