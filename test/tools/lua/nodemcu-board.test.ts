// SPDX-License-Identifier: MIT
// The simulated NodeMCU without its sockets: what a program finds, timers, Wi-Fi, pins, restarts.
import { describe, expect, it } from "vitest";
import { boot, pause, until, type Flavour } from "./boards.js";

const FLAVOURS: Flavour[] = ["esp8266", "esp32"];

describe.each(FLAVOURS)("a simulated %s", (flavour) => {
  it("has what the firmware has and nothing else", async () => {
    const { lines } = await boot(
      flavour,
      `print(io, os, bit, __js, __host, debug.sethook, coroutine.wrap ~= nil, tmr.now ~= nil,
        node.uptime ~= nil, wifi.sta.on ~= nil, wifi.sta.getip ~= nil, adc.setup ~= nil)`,
    );
    const isNew = flavour === "esp32";
    const nothing = Array<string>(6).fill("nil");
    const rest = [true, !isNew, isNew, isNew, !isNew, isNew].map(String);
    expect(lines).toEqual([[...nothing, ...rest].join("\t")]);
  });

  it("has timers: once, again and again, stopped, started anew, and taken away", async () => {
    const { board, lines } = await boot(
      flavour,
      `local once, auto = tmr.create(), tmr.create()
      print(once:alarm(5, tmr.ALARM_SINGLE, function(t) print("once", t == once, t:state()) end))
      local count = 0
      auto:register(5, tmr.ALARM_AUTO, function(t)
        count = count + 1
        if count == 3 then print("third", t:stop(), t:stop()) t:unregister() end
      end)
      print(auto:state()) print(auto:start(), auto:start()) print(auto:state())
      local never = tmr.create()
      never:alarm(1, tmr.ALARM_SINGLE, function() print("never") end)
      never:stop()`,
    );
    expect(lines).toEqual(["true", "false\t1", "true\tfalse", "true\t1"]);
    await until(() => lines.length === 6);
    await pause(20);
    expect(lines.slice(4).sort()).toEqual(["once\ttrue\tnil", "third\ttrue\tfalse"]);
    expect(board.restarts).toEqual([]);
  });

  it("refuses intervals and handlers that the firmware refuses", async () => {
    const { lines } = await boot(
      flavour,
      `local t = tmr.create()
      for _, interval in ipairs{0, 6870948, "x", 7 / 2} do
        print((pcall(t.alarm, t, interval, tmr.ALARM_SINGLE, function() end)))
      end
      print((pcall(t.alarm, t, 5, tmr.ALARM_SINGLE)))`,
    );
    // 5.1 cuts a fraction off, 5.3 does not take it.
    expect(lines).toEqual(["false", "false", "false", String(flavour === "esp8266"), "false"]);
  });

  it("restarts at an error in a handler: it is recorded, and nothing happens any more", async () => {
    const reasons: string[] = [];
    const { board, lines } = await boot(
      flavour,
      `tmr.create():alarm(5, tmr.ALARM_AUTO, function()\n print("tick") error("broken") end)`,
      { onRestart: (reason: string) => reasons.push(reason) },
    );
    await until(() => board.restarts.length === 1);
    await pause(30);
    expect(lines).toEqual(["tick", "init.lua:2: broken"]);
    expect(reasons).toEqual(["init.lua:2: broken"]);
    expect(board.restarts).toEqual(reasons);
  });

  it("does nothing for a program that goes on after a restart", async () => {
    const { board, lines } = await boot(
      flavour,
      `tmr.create():alarm(1, tmr.ALARM_SINGLE, function()
        pcall(node.restart) tmr.create():alarm(1, tmr.ALARM_AUTO, print)
      end)`,
    );
    await until(() => board.restarts.length === 1);
    await pause(20);
    expect(lines).toEqual([]);
    expect(board.restarts).toEqual(["node.restart()"]);
  });

  it("throws what the first program raises", async () => {
    await expect(boot(flavour, "error('first', 0)")).rejects.toThrow(/^first$/);
    await expect(boot(flavour, "x = = 1")).rejects.toThrow(/init\.lua:1/);
  });

  it("restarts and sleeps when told to, and goes no further", async () => {
    const { board, lines } = await boot(
      flavour,
      `tmr.create():alarm(1, 0, function() print("before") node.restart() print("after") end)`,
    );
    await until(() => board.restarts.length === 1);
    expect(board.restarts).toEqual(["node.restart()"]);
    expect(lines).toEqual(["before"]);

    const rtcmem = new Int32Array(128);
    const naps: number[] = [];
    const options = { rtcmem, onSleep: (us: number) => naps.push(us) };
    const sleeper = `tmr.create():alarm(1, 0, function()
      rtcmem.write32(0, rtcmem.read32(0) + 1, -5) print(rtcmem.read32(0, 2)) node.dsleep(2000000) end)`;
    const first = await boot(flavour, sleeper, options);
    await until(() => naps.length === 1);
    const second = await boot(flavour, sleeper, options);
    await until(() => naps.length === 2);
    expect([...first.lines, ...second.lines]).toEqual(["1\t-5", "2\t-5"]);
    expect(naps).toEqual([2000000, 2000000]);
    expect(second.board.restarts).toEqual([]);
  });

  it("reads programs and modules from its files", async () => {
    const { board, lines } = await boot(
      flavour,
      `print(dofile("part.lua")) local m = require("lib.mod") print(m.name, m == require("lib.mod"))
      print(loadfile("none.lua")) print((pcall(require, "none")))
      print(file.getcontents("data"), file.exists("data"), file.getcontents("none"))
      file.putcontents("out", "a\\0b\\255") file.remove("data")`,
      {
        files: {
          "part.lua": "return 1, 2",
          "lib/mod.lua": "local M = { name = ... } return M",
          data: "\xe9",
        },
      },
    );
    expect(lines.slice(0, 2)).toEqual(["1\t2", "lib.mod\ttrue"]);
    expect(lines.slice(2, 4)).toEqual(["nil\tcannot open none.lua", "false"]);
    expect(lines[4]).toBe("\xe9\ttrue\tnil");
    expect(board.files["out"]).toBe("a\0b\xff");
    expect(board.files["data"]).toBeUndefined();
  });

  it("runs tasks after the call that posts them", async () => {
    const { lines } = await boot(
      flavour,
      `node.task.post(function() print("first") end)
      node.task.post(node.task.LOW_PRIORITY, function() print("second") end) print("posted")`,
    );
    await until(() => lines.length === 3);
    expect(lines).toEqual(["posted", "first", "second"]);
  });

  it("reads and writes pins and the I2C bus for the test", async () => {
    const written: unknown[] = [];
    const register = { at: 0 };
    const options = {
      adc: (channel: number) => 500 + channel,
      gpio: (...what: unknown[]) => written.push(what),
      i2c: {
        0x40: {
          write: (octets: string) => (register.at = octets.charCodeAt(0)),
          read: (count: number) => String.fromCharCode(register.at).repeat(count),
        },
      },
    };
    const before = {
      esp8266: "print(adc.read(0)) gpio.mode(4, gpio.OUTPUT)",
      esp32: `print((pcall(adc.read, adc.ADC1, 0))) adc.setup(adc.ADC1, 0, adc.ATTEN_11db)
        print(adc.read(adc.ADC1, 0)) gpio.config{gpio = 4, dir = gpio.OUT}`,
    }[flavour];
    const watch = {
      esp8266: `gpio.trig(3, "both", function(level, us) print("edge", level, us > 0) end)`,
      esp32: `gpio.trig(3, gpio.INTR_UP_DOWN, function(pin, level) print("edge", level, pin == 3) end)`,
    }[flavour];
    const { board, lines } = await boot(
      flavour,
      `${before} gpio.write(4, 1) print(gpio.read(4), gpio.read(3)) ${watch}
      i2c.setup(0, 1, 2, i2c.SLOW)
      i2c.start(0) print(i2c.address(0, 0x41, i2c.TRANSMITTER))
      i2c.start(0) print(i2c.address(0, 0x40, i2c.TRANSMITTER), i2c.write(0, 0xe3, "x", {1, 2})) i2c.stop(0)
      i2c.start(0) i2c.address(0, 0x40, i2c.RECEIVER) print(#i2c.read(0, 2), i2c.read(0, 1):byte())`,
      options,
    );
    expect(lines.slice(-5)).toEqual(["500", "1\t0", "false", "true\t4", "2\t227"]);
    expect(written).toEqual([[4, 1]]);
    board.setPin(3, 1);
    board.setPin(3, 1);
    board.setPin(3, 0);
    await until(() => lines.length >= 7 && lines.at(-1)!.startsWith("edge\t0"));
    expect(lines.slice(-2)).toEqual(["edge\t1\ttrue", "edge\t0\ttrue"]);
  });

  it("reads and writes JSON", async () => {
    const { lines } = await boot(
      flavour,
      String.raw`local v = sjson.decode([[{"a": [1, -2.5, true], "b": {"c": null}, "d": "x\u00e9\n\"\\"}]])
      print(v.a[1], v.a[2], v.a[3], v.b.c == sjson.NULL, v.d)
      print(sjson.encode({1, "q\"\n", {x = sjson.NULL}}), (pcall(sjson.decode, "{")))`,
    );
    expect(lines[0]).toBe('1\t-2.5\ttrue\ttrue\tx\xc3\xa9\n"\\');
    expect(lines[1]).toBe('[1,"q\\"\\n",{"x":null}]\tfalse');
  });
});

describe("a heap that is too small", () => {
  it("restarts an ESP8266", async () => {
    const { board, lines } = await boot(
      "esp8266",
      `local list = {} tmr.create():alarm(1, tmr.ALARM_AUTO, function()
        for at = 1, 1000 do list[#list + 1] = { at } end end)`,
    );
    board.machine.setMemoryMax(board.machine.memory() + 200000);
    await until(() => board.restarts.length === 1);
    expect(lines).toEqual(["not enough memory"]);
  });
});

describe("the clocks and the radio", () => {
  it("of ESP8266 count 31 bits of microseconds, and seconds beyond", async () => {
    let ms = 0;
    const { lines } = await boot(
      "esp8266",
      "function tick() print(tmr.now(), tmr.time()) end tick()",
      {
        now: () => ms,
        uptime: 2 ** 31 - 1000,
      },
    );
    ms = 2;
    const { board, lines: later } = await boot(
      "esp8266",
      "print(tmr.now()) tmr.create():alarm(1, 0, function() print(tmr.now(), tmr.time()) end)",
      { now: () => ms, uptime: 2 ** 31 - 1000 },
    );
    ms = 4;
    await until(() => later.length === 2);
    expect(lines).toEqual(["2147482648\t2147"]);
    expect(later).toEqual(["2147482648", "1000\t2147"]);
    expect(board.restarts).toEqual([]);
  });

  it("of ESP32 are node.uptime's two halves", async () => {
    const { lines } = await boot("esp32", "print(node.uptime())", {
      now: () => 0,
      uptime: 2 ** 31 + 5,
    });
    expect(lines).toEqual(["5\t1"]);
  });

  it("join by themselves on ESP8266, and tell eventmon", async () => {
    const { board, lines } = await boot(
      "esp8266",
      `for _, name in ipairs{"STA_CONNECTED", "STA_DISCONNECTED", "STA_GOT_IP"} do
        wifi.eventmon.register(wifi.eventmon[name], function(t) print(name, t.IP) end)
      end
      print(wifi.sta.getip(), wifi.sta.status())`,
    );
    await until(() => lines.length === 3);
    board.wifiDown();
    await until(() => lines.length === 4);
    board.wifiUp();
    await until(() => lines.length === 6);
    expect(lines).toEqual([
      "nil\t1",
      "STA_CONNECTED\tnil",
      "STA_GOT_IP\t192.0.2.2",
      "STA_DISCONNECTED\tnil",
      "STA_CONNECTED\tnil",
      "STA_GOT_IP\t192.0.2.2",
    ]);
  });

  it("are started on ESP32, and tell wifi.sta.on by name", async () => {
    const { board, lines } = await boot(
      "esp32",
      `for _, name in ipairs{"connected", "disconnected", "got_ip"} do
        wifi.sta.on(name, function(event, info) print(event, info.ip) end)
      end
      print((pcall(wifi.sta.on, "lost", print)))`,
    );
    await until(() => lines.length === 3);
    board.wifiDown();
    await until(() => lines.length === 4);
    expect(lines).toEqual(["false", "connected\tnil", "got_ip\t192.0.2.2", "disconnected\tnil"]);
  });
});
