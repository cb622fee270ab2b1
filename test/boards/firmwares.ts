// SPDX-License-Identifier: MIT
// The simulated firmwares with the built ports on them, behind one interface: what a test calls, it
// calls on JavaScript in Espruino's host, or on Lua in NodeMCU's.

import { readFileSync } from "node:fs";
// @ts-ignore: the tools are JavaScript
import { createHost } from "../../tools/espruino/host.mjs";
// @ts-ignore
import { openNodemcu } from "../../tools/lua/nodemcu.mjs";

/** A device on I²C; `accepts`: how many octets of a write it acknowledges. */
export interface Device {
  accepts?: number;
  write?: (octets: string) => void;
  read?: (count: number) => string;
}

/** What is connected; a test changes it while the firmware runs. */
export interface World {
  i2c: Record<number, Device>;
  wire: { isLow?: boolean; devices: ({ rom: string } & Device)[] };
  spi: (octets: string) => string;
  /** What the serial port sent. */
  sent: string[];
  /** Whether the serial port is there. */
  isSerialGone: boolean;
  /** 0 to 1, or what is thrown. */
  analog: number | Error;
  /** What was given to pulse-width modulation, 0 to 1. */
  share: number;
  /** The octets a DHT sends. */
  dht: string;
  /** Octets that a file may have. */
  room: number;
}

export interface Ports {
  /** Calls a function of a port. */
  call: (port: string, method: string, ...args: (string | number)[]) => any;
  /** Starts what calls back later; that prints its name, the record, and what it is given. */
  begin: (port: string, method: string, ms?: number) => void;
  /** Reads a sensor with the built driver of that name, on a port; prints status and reading. */
  read: (driver: string, port: string) => void;
  /** What a callback that throws does: the next one that is told. */
  fail: () => void;
  /** Everything that was printed. */
  lines: string[];
  /** The level of a digital pin changes, and the time of it in seconds, where the firmware tells one. */
  input: (level: number, time?: number) => void;
  receive: (octets: string) => void;
  level: () => number;
  /** Errors that reached the firmware. */
  errors: unknown[];
  stop: () => void;
}

export interface Firmware {
  title: string;
  /** Ports it does not have. */
  lacks: string[];
  open: (world: World) => Promise<Ports>;
}

export const worldOpen = (): World => ({
  i2c: {},
  wire: { devices: [] },
  spi: (octets) => octets,
  sent: [],
  isSerialGone: false,
  analog: 0,
  share: -1,
  dht: "",
  room: Infinity,
});

const built = (path: string, encoding: BufferEncoding) =>
  readFileSync(new URL(`../../dist/${path}`, import.meta.url), encoding);

const DRIVERS = ["bme280", "ds18b20", "dht", "pms5003", "ntc"];
const NAMES = ["i2c", "spi", "onewire", "uart", "dht", "digital", "analog", "pwm", "store"];
/** What each firmware's `create` is given. */
const ESPRUINO: Record<string, string> = {
  i2c: "I2C1",
  spi: "SPI1, D15",
  onewire: "D4",
  uart: "Serial1",
  dht: "D14",
  digital: 'D5, "input_pullup"',
  analog: "A0",
  pwm: "D6, { freq: 500 }",
  store: "",
};

function send(world: World, octets: string): void {
  if (world.isSerialGone) throw new Error("no such port");
  world.sent.push(octets);
}

/** A chip that answers the start signal: when the line is let go of, pulses of 80, then 26 or 70 µs. */
function sendPulses(pin: { input: (level: number, time: number) => void }, octets: string): void {
  let now = 1700000000;
  const pulse = (us: number) => {
    pin.input(0, now);
    now += 50e-6;
    pin.input(1, now);
    now += us * 1e-6;
  };
  pin.input(1, now);
  now += 30e-6;
  if (octets === "") return;
  pulse(80);
  for (const octet of octets) {
    for (let bit = 7; bit >= 0; bit--) pulse((octet.charCodeAt(0) >> bit) & 1 ? 70 : 27);
  }
  pin.input(0, now);
  pin.input(1, now + 50e-6);
}

async function openEspruino(world: World): Promise<Ports> {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const modules = Object.fromEntries([
    ...NAMES.map((name) => [`port-${name}`, built(`espruino/ringlet-port-${name}.min.js`, "utf8")]),
    ...DRIVERS.map((name) => [name, built(`espruino/ringlet-${name}.min.js`, "utf8")]),
  ]);
  const host = createHost({
    modules,
    print: (line: string) => void lines.push(line),
    onError: (error: unknown) => void errors.push(error),
    i2c: world.i2c,
    wire: world.wire,
    spi: (octets: string) => world.spi(octets),
    uart: (octets: string) => send(world, octets),
    analog: () => {
      if (typeof world.analog !== "number") throw world.analog;
      return world.analog;
    },
    pinMode: (pin: string, mode: string) => {
      if (pin === "D14" && mode === "input_pullup") sendPulses(host.pins[pin], world.dht);
    },
  });
  host.run(`
    var ports = {}, isBad = false;
    ${NAMES.map((name) => `ports.${name} = require("port-${name}").create(${ESPRUINO[name]});`).join("\n")}
    function told(name) { return function (record, a, b) {
      if (isBad) { isBad = false; throw new Error("a driver's"); }
      print([name, record, a, b].filter(function (x) { return x !== undefined; }).join(" "));
    }; }
    function begin(port, method, ms) {
      var p = ports[port], step = told(method);
      if (method === "ask") p.ask(ms, function (r, o) { step(r, o.split("").map(function (c) { return c.charCodeAt(0); })); }, "record");
      else if (method === "after") p.after(step, ms, "record");
      else p[method](step, "record");
    }
    function read(driver, port) {
      require(driver).create(ports[port]).read(function (status, reading) {
        print(driver, status, reading ? Object.keys(reading).sort().map(function (k) { return k + "=" + reading[k]; }).join(" ") : "");
      });
    }`);
  const { context } = host;
  // The firmware throws where flash is full.
  const write = host.require("Storage").write;
  host.require("Storage").write = (name: string, octets: string) => {
    if (octets.length > world.room) throw new Error("Not enough free space");
    return write(name, octets);
  };
  return {
    call: (port, method, ...args) => {
      if (port === "onewire") host.pins.D4.input(world.wire.isLow ? 0 : 1);
      const result = context.ports[port][method](...args);
      return method === "search" ? [...result] : result;
    },
    begin: (port, method, ms) => context.begin(port, method, ms),
    read: (driver, port) => context.read(driver, port),
    fail: () => void (context.isBad = true),
    lines,
    input: (level, time) => host.pins.D5.input(level, time),
    receive: host.receive,
    level: () => host.pins.D5.value,
    errors,
    stop: host.stop,
  };
}

const NODEMCU = {
  esp8266: {
    i2c: "0",
    spi: "1, 8",
    onewire: "4",
    uart: "",
    dht: "7",
    digital: "5, gpio.INPUT, gpio.PULLUP",
    analog: "0",
    pwm: "6, 500",
    store: "",
  },
  esp32: {
    i2c: "i2c.SW",
    spi: "master:device({ cs = 8, mode = 0, freq = 1000000 })",
    onewire: "4",
    uart: "2",
    dht: "7",
    digital: "5",
    analog: "adc.ADC1, 0",
    pwm: "6, 500, ledc.CHANNEL_0",
    store: "",
  },
} as const;
const SHARED = ["i2c", "onewire", "dht", "store"];

const openLua =
  (flavour: "esp8266" | "esp32") =>
  async (world: World): Promise<Ports> => {
    const lines: string[] = [];
    const given: Record<string, string> = NODEMCU[flavour];
    const files: Record<string, string> = {};
    for (const name of Object.keys(given)) {
      const folder = SHARED.includes(name) ? "lua" : `nodemcu-${flavour}`;
      files[`port-${name}.lua`] = built(`${folder}/ringlet-port-${name}.lua`, "latin1");
    }
    for (const name of DRIVERS) files[`${name}.lua`] = built(`lua/ringlet-${name}.lua`, "latin1");
    files["init.lua"] = `
    i2c.setup(0, 1, 2, i2c.SLOW)
    if spi.master then master = spi.master(spi.HSPI) end
    if adc.setup then adc.setup(adc.ADC1, 0, adc.ATTEN_11db) end
    local ports, isBad = {}, false
    ${Object.entries(given)
      .map(([name, args]) => `ports.${name} = require("port-${name}").create(${args})`)
      .join("\n")}
    function call(port, method, ...)
      local result = ports[port][method](...)
      if type(result) ~= "table" then return result end
      local all = ""
      for at = 1, #result do all = all .. result[at] end
      return all
    end
    local function told(name) return function(...)
      if isBad then isBad = false error("a driver's") end
      local line = name
      for at = 1, select("#", ...) do
        local value = select(at, ...)
        if value ~= nil then line = line .. " " .. tostring(value) end
      end
      print(line)
    end end
    function fail() isBad = true end
    function begin(port, method, ms)
      local p, step = ports[port], told(method)
      if method == "ask" then p.ask(ms, function(r, o)
        local codes = {}
        for at = 1, #o do codes[at] = tostring(string.byte(o, at)) end
        step(r, table.concat(codes, ","))
      end, "record")
      elseif method == "after" then p.after(step, ms, "record")
      else p[method](step, "record") end
    end
    function read(driver, port)
      require(driver).create(ports[port]):read(function(status, reading)
        local names, line = {}, driver .. " " .. status .. " "
        for name in pairs(reading or {}) do names[#names + 1] = name end
        table.sort(names)
        for at, name in ipairs(names) do line = line .. (at > 1 and " " or "") .. name .. "=" .. tostring(reading[name]) end
        print(line)
      end)
    end`;
    const board = await openNodemcu({
      flavour,
      files,
      print: (line: string) => void lines.push(line),
      i2c: world.i2c,
      wire: world.wire,
      spi: (octets: string) => world.spi(octets),
      uart: (octets: string) => send(world, octets),
      adc: () => {
        if (typeof world.analog !== "number") throw world.analog;
        return Math.floor(world.analog * (flavour === "esp8266" ? 1023 : 4095));
      },
      pwm: (_pin: number, duty: number, all: number) => void (world.share = duty / all),
      dht: () => world.dht,
      room: () => world.room,
    });
    board.setPin(4, 1);
    board.start();
    const { machine } = board;
    return {
      call: (port, method, ...args) => {
        if (port === "onewire") board.setPin(4, world.wire.isLow ? 0 : 1);
        const [result] = machine.call("call", port, method, ...args);
        if (method !== "search") return result;
        return String(result ?? "").match(/[^]{8}/g) ?? [];
      },
      begin: (port, method, ms = 0) => machine.call("begin", port, method, ms),
      read: (driver, port) => machine.call("read", driver, port),
      fail: () => machine.call("fail"),
      lines,
      input: (level) => board.setPin(5, level),
      receive: board.receive,
      level: () => board.pins.get(5) ?? 0,
      errors: board.restarts,
      stop: () => board.close(),
    };
  };

export const firmwares: Firmware[] = [
  { title: "Espruino", lacks: [], open: openEspruino },
  { title: "NodeMCU on ESP8266", lacks: [], open: openLua("esp8266") },
  { title: "NodeMCU on ESP32", lacks: [], open: openLua("esp32") },
];
