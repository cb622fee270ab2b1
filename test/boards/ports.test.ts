// SPDX-License-Identifier: MIT
// The contract of ports (boards/hal.ts), one suite for all firmwares: what each call returns, that none
// throws, and what happens when a device, a wire or the firmware fails.

import { afterEach, describe, expect, test } from "vitest";
import { until } from "./broker.js";
import { firmwares, type Ports, type World, worldOpen } from "./firmwares.js";

const ALL = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");

describe.each(firmwares)("ports of $title", ({ title, lacks, open }) => {
  let world: World;
  let ports: Ports;
  const opened: Ports[] = [];
  const start = async () => {
    world = worldOpen();
    ports = await open(world);
    opened.push(ports);
  };
  afterEach(() => opened.splice(0).forEach((one) => one.stop()));
  const having = (port: string) => test.skipIf(lacks.includes(port));
  const isEspruino = title === "Espruino";

  test("I²C carries all octets, both ways", async () => {
    await start();
    let got = "";
    world.i2c[0x23] = { write: (octets) => void (got += octets), read: (n) => ALL.slice(0, n) };
    expect(ports.call("i2c", "write", 0x23, ALL)).toBe(0);
    expect(got).toBe(ALL);
    expect(ports.call("i2c", "read", 0x23, 256)).toBe(ALL);
    expect(ports.call("i2c", "read", 0x23, 1)).toBe("\0");
  });

  test("I²C says when nobody acknowledges, and when not to the end", async () => {
    await start();
    expect(ports.call("i2c", "write", 0x23, "a")).toBe(-40);
    expect(ports.call("i2c", "read", 0x23, 3)).toBe("");
    world.i2c[0x23] = { accepts: 2, read: (n) => "x".repeat(n) };
    expect(ports.call("i2c", "write", 0x23, "abc")).toBe(-40);
    expect(ports.call("i2c", "write", 0x23, "ab")).toBe(0);
    expect(ports.call("i2c", "read", 0x23, 3)).toBe("xxx");
    expect(ports.errors).toEqual([]);
  });

  test("I²C stays a port when the bus throws", async () => {
    await start();
    const broken = () => {
      throw new Error("a bus that broke");
    };
    world.i2c[0x23] = { write: broken, read: broken };
    expect(ports.call("i2c", "write", 0x23, "abc")).toBe(-40);
    expect(ports.call("i2c", "read", 0x23, 3)).toBe("");
  });

  test("1-Wire tells presence, nobody, and a line that is held low", async () => {
    await start();
    expect(ports.call("onewire", "reset")).toBe(-40);
    world.wire.devices.push({ rom: "\x28abcdefg" });
    expect(ports.call("onewire", "reset")).toBe(0);
    world.wire.isLow = true;
    expect(ports.call("onewire", "reset")).toBe(-45);
  });

  test("1-Wire carries octets to the device that is chosen, and finds all", async () => {
    await start();
    const got: string[] = [];
    const device = (rom: string, name: string) => ({
      rom,
      write: (octets: string) => void got.push(name + octets),
      read: (count: number) => ALL.slice(-count),
    });
    world.wire.devices.push(device("\x28\xff\x00cdefg", "a"), device("\x28\x01bcdefg", "b"));
    expect(ports.call("onewire", "search")).toEqual(["\x28\xff\x00cdefg", "\x28\x01bcdefg"]);
    ports.call("onewire", "reset");
    ports.call("onewire", "write", "\x55\x28\x01bcdefg\x44");
    ports.call("onewire", "reset");
    ports.call("onewire", "write", "\xcc\xbe\x00\xff");
    expect(got).toEqual(["b\x44", "a\xbe\x00\xff", "b\xbe\x00\xff"]);
    expect(ports.call("onewire", "read", 9)).toBe(ALL.slice(-9));
    world.wire.devices.length = 0;
    expect(ports.call("onewire", "search")).toEqual([]);
  });

  having("spi")("SPI exchanges all octets, and gives nothing when the bus throws", async () => {
    await start();
    let got = "";
    world.spi = (octets) => {
      got = octets;
      return [...octets].reverse().join("");
    };
    expect(ports.call("spi", "transfer", ALL)).toBe([...ALL].reverse().join(""));
    expect(got).toBe(ALL);
    world.spi = () => {
      throw new Error("a bus that broke");
    };
    expect(ports.call("spi", "transfer", "abc")).toBe("");
  });

  having("uart")("a serial port carries all octets, to the last one that listens", async () => {
    await start();
    expect(ports.call("uart", "write", ALL)).toBe(0);
    expect(world.sent.join("")).toBe(ALL);
    // The one of ESP8266 is always there.
    world.isSerialGone = title !== "NodeMCU on ESP8266";
    expect(ports.call("uart", "write", "a")).toBe(world.isSerialGone ? -47 : 0);
    world.isSerialGone = false;
    ports.begin("uart", "listen");
    ports.begin("uart", "listen");
    ports.receive("ab");
    await until(() => ports.lines.join("").replaceAll("listen record ", "") === "ab");
    // What a listener throws ends nothing.
    ports.fail();
    ports.receive("c");
    ports.receive("d");
    await until(() => ports.lines.at(-1) === "listen record d");
    if (!isEspruino) expect(ports.errors).toEqual([]);
  });

  test("a digital pin is read, written and watched", async () => {
    await start();
    ports.input(1);
    expect(ports.call("digital", "read")).toBe(1);
    ports.input(0);
    expect(ports.call("digital", "read")).toBe(0);
    ports.call("digital", "write", 1);
    expect(ports.level()).toBe(1);
    ports.call("digital", "write", 0);
    expect(ports.level()).toBe(0);
    ports.begin("digital", "watch");
    ports.begin("digital", "watch");
    ports.input(1);
    ports.input(0);
    await until(() => ports.lines.length === 2);
    const [up, down] = ports.lines.map((line) => /^watch record (\d) (\d+)$/.exec(line)!);
    expect([up![1], down![1]]).toEqual(["1", "0"]);
    for (const told of [up, down]) expect(Number(told![2])).toBeLessThan(2 ** 30);
    ports.fail();
    ports.input(1);
    ports.input(0);
    await until(() => ports.lines.filter((line) => line.startsWith("watch")).length === 3);
    if (!isEspruino) expect(ports.errors).toEqual([]);
  });

  test.skipIf(!isEspruino)(
    "edges have the firmware's time, which begins anew at 2^30 µs",
    async () => {
      await start();
      ports.begin("digital", "watch");
      ports.input(1, 1073.741823);
      ports.input(0, 1073.741825);
      await until(() => ports.lines.length === 2);
      expect(ports.lines).toEqual(["watch record 1 1073741823", "watch record 0 1"]);
    },
  );

  test("an analog input goes from 0 to 65535, and says when there is none", async () => {
    await start();
    world.analog = 0;
    expect(ports.call("analog", "read")).toBe(0);
    world.analog = 1;
    expect(ports.call("analog", "read")).toBe(65535);
    world.analog = 0.5;
    expect(Math.abs(ports.call("analog", "read") - 32768)).toBeLessThan(66);
    if (title === "NodeMCU on ESP8266") return;
    if (isEspruino) {
      // The firmwares of ESP32, ESP8266 and nRF52 do not throw.
      world.analog = NaN;
      expect(ports.call("analog", "read")).toBe(-47);
      world.analog = -0.002;
      expect(ports.call("analog", "read")).toBe(0);
    }
    world.analog = new Error("no converter");
    expect(ports.call("analog", "read")).toBe(-47);
  });

  having("pwm")("pulse-width modulation goes from 0 to 65535", async () => {
    await start();
    for (const [share, part] of [
      [0, 0],
      [65535, 1],
      [32768, 0.5],
    ] as const) {
      ports.call("pwm", "write", share);
      if (!isEspruino) expect(Math.abs(world.share - part)).toBeLessThan(0.001);
    }
    expect(ports.errors).toEqual([]);
  });

  test("the line of a DHT gives the five octets, or fewer", async () => {
    await start();
    world.dht = "\x02\x8c\x01\x5f\xee";
    ports.begin("dht", "ask", 1);
    await until(() => ports.lines.length === 1);
    expect(ports.lines[0]).toBe("ask record 2,140,1,95,238");
    world.dht = "\x02\x92\x80\x65\x79";
    ports.begin("dht", "ask", 1);
    await until(() => ports.lines.length === 2);
    expect(ports.lines[1]).toBe("ask record 2,146,128,101,121");
    world.dht = "";
    ports.begin("dht", "ask", 1);
    await until(() => ports.lines.length === 3);
    expect(ports.lines[2]).toMatch(/^ask record\s*$/);
  });

  test("the line of a DHT11, and one whose sum is wrong", async () => {
    await start();
    world.dht = "\x35\x00\x18\x04\x51";
    ports.begin("dht", "ask", 18);
    await until(() => ports.lines.length === 1);
    expect(ports.lines[0]).toBe("ask record 53,0,24,4,81");
    world.dht = "\x35\x00\x18\x04\x52";
    ports.begin("dht", "ask", 18);
    await until(() => ports.lines.length === 2);
    const octets = ports.lines[1]!.split(" ")[2]!.split(",").map(Number);
    expect(octets).toHaveLength(5);
    expect(octets.slice(0, 4).reduce((sum, one) => sum + one) % 256).not.toBe(octets[4]);
  });

  test("a store keeps all octets, also none of them, and says when there is no room", async () => {
    await start();
    expect(ports.call("store", "read", "a")).toBeUndefined();
    expect(ports.call("store", "write", "a", ALL)).toBe(0);
    expect(ports.call("store", "read", "a")).toBe(ALL);
    expect(ports.call("store", "write", "a", "short")).toBe(0);
    expect(ports.call("store", "read", "a")).toBe("short");
    expect(ports.call("store", "write", "b", "")).toBe(0);
    expect(ports.call("store", "read", "b")).toBe("");
    ports.call("store", "remove", "a");
    ports.call("store", "remove", "a");
    expect(ports.call("store", "read", "a")).toBeUndefined();
    world.room = 10;
    expect(ports.call("store", "write", "c", "x".repeat(20))).toBe(-49);
    expect(ports.call("store", "read", "c")).toBeUndefined();
  });

  test("drivers measure through their ports", async () => {
    await start();
    const registers: Record<number, string> = {
      0xd0: "\x58",
      0x88: Buffer.from("706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c670170000", "hex").toString(
        "latin1",
      ),
      0xe1: "\0".repeat(7),
      0xf2: Buffer.from("0000240000655ac07eed000000", "hex").toString("latin1"),
    };
    let register = 0;
    world.i2c[0x76] = {
      write: (octets) => void (register = octets.charCodeAt(0)),
      read: (count) => registers[register]!.slice(0, count),
    };
    world.wire.devices.push({
      rom: "\x28abcdefg",
      read: () => Buffer.from("91014b467fff0c1070", "hex").toString("latin1"),
    });
    world.dht = "\x02\x8c\x01\x5f\xee";
    world.analog = 0.5;
    ports.call("onewire", "search");
    for (const [driver, port] of [
      ["bme280", "i2c"],
      ["ds18b20", "onewire"],
      ["dht", "dht"],
      ["ntc", "analog"],
    ] as const) {
      ports.read(driver, port);
    }
    await until(() => ports.lines.length === 4);
    expect([...ports.lines].sort()).toEqual([
      "bme280 0 pressure=100656 temperature=2508",
      "dht 0 humidity=652 temperature=351",
      "ds18b20 0 temperature=250625",
      "ntc 0 temperature=250",
    ]);
    if (lacks.includes("uart")) return;
    ports.read("pms5003", "uart");
    const frame = "424d001c000a0019001f00090018001e05dc01a4005a000c00030001970003b3";
    ports.receive(Buffer.from(frame, "hex").toString("latin1"));
    await until(() => ports.lines.includes("pms5003 0 pm1=9 pm10=30 pm25=24"));
  });

  test("a timer calls back with its record, not at once; what it throws ends nothing", async () => {
    await start();
    ports.begin("i2c", "after", 0);
    expect(ports.lines).toEqual([]);
    await until(() => ports.lines.length === 1);
    ports.fail();
    ports.begin("i2c", "after", 1);
    await until(() => ports.lines.length > 1 || ports.errors.length > 0);
    ports.begin("digital", "after", 2);
    await until(() => ports.lines.at(-1) === "after record");
    if (!isEspruino) expect(ports.errors).toEqual([]);
  });
});
