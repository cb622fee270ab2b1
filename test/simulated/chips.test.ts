// SPDX-License-Identifier: MIT
// Virtual chips against the drivers, which were proved by the datasheets' own examples: what the world
// has is what is read. And what chips do beside measuring: taking time, sleeping, being reset.

import { describe, expect, test } from "vitest";
import { create as createAds1115 } from "../../boards/sensors/ads1115.js";
import { create as createBh1750 } from "../../boards/sensors/bh1750.js";
import { create as createBme280 } from "../../boards/sensors/bme280.js";
import { create as createDht } from "../../boards/sensors/dht.js";
import { create as createDs18b20 } from "../../boards/sensors/ds18b20.js";
import { create as createHx711 } from "../../boards/sensors/hx711.js";
import { create as createMax30102 } from "../../boards/sensors/max30102.js";
import { create as createModbus } from "../../boards/sensors/modbus.js";
import { create as createMpu6050 } from "../../boards/sensors/mpu6050.js";
import type { Reading, Sensor } from "../../boards/sensors/sensor.js";
import { create as createSht3x } from "../../boards/sensors/sht3x.js";
// @ts-ignore: the tools are JavaScript
import { createWire } from "../../tools/espruino/buses.mjs";
// @ts-ignore
import * as chips from "../../tools/simulated/chips.mjs";
// @ts-ignore
import { createWorld } from "../../tools/simulated/world.mjs";

/** A world whose time is a number, and ports to its chips whose timers are that time. */
function open() {
  let now = 0;
  const timers: { due: number; step: (record: any) => void; record: unknown }[] = [];
  const after = (step: any, ms: number, record: unknown) => {
    timers.push({ due: now + ms, step, record });
  };
  const world = createWorld({ now: () => now });
  const i2cTo = (chip: any) => {
    const attempt = <T>(step: () => T, failed: T) => {
      try {
        return step();
      } catch {
        return failed;
      }
    };
    return {
      after,
      write: (_address: number, octets: string) => attempt(() => (chip.write(octets), 0), -40),
      read: (_address: number, count: number) => attempt(() => chip.read(count), ""),
    } as any;
  };
  /** Runs what is due, until a reading is there. */
  function read(sensor: Sensor): Reading | number {
    let result: Reading | number | undefined;
    sensor.read((status, reading) => (result = reading ?? status));
    for (let guard = 0; guard < 100 && result === undefined; guard++) {
      timers.sort((a, b) => a.due - b.due);
      const timer = timers.shift()!;
      now = timer.due;
      timer.step(timer.record);
    }
    return result!;
  }
  return { world, after, i2cTo, read, pass: (ms: number) => (now += ms) };
}

/** Quantities, and how near what is read has to come. */
const near = (is: Reading | number, what: Record<string, [number, number]>) => {
  expect(Object.keys(is).sort()).toEqual(expect.arrayContaining(Object.keys(what).sort()));
  for (const [name, [value, by]] of Object.entries(what)) {
    expect(Math.abs((is as Reading)[name]! - value), name).toBeLessThanOrEqual(by);
  }
};

describe("a virtual", () => {
  test.each([
    [-39, 30500, 2],
    [0, 101325, 50],
    [25.08, 100653, 99],
    [84, 109000, 12],
  ])("BME280 has %d °C, %d Pa and %d %%", (temperature, pressure, humidity) => {
    const { world, i2cTo, read } = open();
    for (const [name, value] of Object.entries({ temperature, pressure, humidity })) {
      world.set(name, value);
    }
    near(read(createBme280(i2cTo(chips.bme280(world)))), {
      temperature: [temperature * 100, 2],
      pressure: [pressure, 20],
      humidity: [humidity * 100, 10],
    });
  });

  test("BME280 measures when it is told to, and takes its time", () => {
    const { world, pass } = open();
    const chip = chips.bme280(world);
    chip.write("\xf2\x01\xf4\x25");
    chip.write("\xf3");
    expect(chip.read(2)).toBe("\x08\x25");
    chip.write("\xf7");
    expect(chip.read(3)).toBe("\x80\x00\x00");
    pass(8);
    chip.write("\xf3");
    expect(chip.read(2)).toBe("\x00\x24");
    chip.write("\xe0\xb6");
    chip.write("\xf4");
    expect(chip.read(1)).toBe("\0");
  });

  test.each([0, 1, 320.4, 54000])("BH1750 has %d lx", (lux) => {
    const { world, i2cTo, read } = open();
    world.set("illuminance", lux);
    near(read(createBh1750(i2cTo(chips.bh1750(world)))), { illuminance: [lux * 10, 5] });
  });

  test("BH1750 is saturated beyond its range", () => {
    const { world, i2cTo, read } = open();
    world.set("illuminance", 100000);
    expect(read(createBh1750(i2cTo(chips.bh1750(world))))).toBe(-44);
  });

  test.each([
    [-20.5, 3],
    [21.37, 48.2],
  ])("SHT3x has %d °C and %d %%", (temperature, humidity) => {
    const { world, i2cTo, read } = open();
    world.set("temperature", temperature);
    world.set("humidity", humidity);
    near(read(createSht3x(i2cTo(chips.sht3x(world)))), {
      temperature: [temperature * 100, 1],
      humidity: [humidity * 100, 1],
    });
  });

  test("SHT3x does not acknowledge before it is done", () => {
    const { world, pass } = open();
    const chip = chips.sht3x(world);
    chip.write("\x24\x00");
    expect(() => chip.read(6)).toThrow();
    pass(15);
    expect(chip.read(6)).toHaveLength(6);
  });

  test("ADS1115 has a voltage at each input, and a current loop", () => {
    const { world, i2cTo, read } = open();
    world.set("input2", 3.1234);
    world.set("input0", 1.8);
    const bus = i2cTo(chips.ads1115(world));
    near(read(createAds1115(bus, { input: 2 })), { voltage: [3123400, 125] });
    near(read(createAds1115(bus, { ohms: 150 })), { current: [12000, 1] });
  });

  test("MPU-6050 lies flat, and wakes up when it is told to", () => {
    const { world, i2cTo, read } = open();
    world.set("vibration", 0);
    near(read(createMpu6050(i2cTo(chips.mpu6050(world)))), {
      acceleration_x: [0, 1],
      acceleration_z: [9807, 2],
      temperature: [2150, 1],
    });
  });

  test("MAX30102 sees a finger", () => {
    const { world, i2cTo, read } = open();
    near(read(createMax30102(i2cTo(chips.max30102(world)))), {
      red: [89500, 600],
      infrared: [119000, 1100],
    });
  });

  test("DS18B20 answers 85 °C before it has measured, and then what there is", () => {
    const { world, after, read } = open();
    world.set("temperature", -10.125);
    const wire = createWire({ devices: [chips.ds18b20(world)] });
    const bus = { ...wire, after, reset: () => (wire.reset() ? 0 : -40), search: wire.roms };
    expect(read(createDs18b20(bus as any))).toEqual({ temperature: -101250 });
    wire.reset();
    wire.write("\xcc\xbe");
    expect(wire.read(9)).toHaveLength(9);
  });

  test("DHT22 sends its octets, and pulses for each of their bits", () => {
    const { world, after, read, pass } = open();
    world.set("temperature", -10.1);
    world.set("humidity", 65.8);
    const chip = chips.dht22(world);
    const line = {
      after,
      ask: (_ms: number, step: any, record: any) => step(record, chip.octets()),
    };
    const sensor = createDht(line as any);
    expect(read(sensor)).toEqual({ temperature: -101, humidity: 658 });
    pass(2000);
    let bits = "";
    let up = 0;
    chip.pulses((level: number, seconds: number) => {
      if (level > 0) up = seconds;
      else if (up > 0) bits += seconds - up > 50e-6 ? 1 : 0;
    }, 1000);
    const octets = bits.slice(-40).match(/.{8}/g)!;
    expect(octets.map((one) => parseInt(one, 2))).toEqual([2, 146, 128, 101, 121]);
  });

  test("HX711 weighs", () => {
    const { world, after, read, pass } = open();
    world.set("mass", -1.25);
    let level = 1;
    const chip = chips.hx711(world, 100000, (now: number) => (level = now));
    pass(400);
    const clock = { after, write: chip.clock };
    const data = { after, read: () => (chip.settle(), level) };
    const sensor = createHx711(clock as any, data as any, { perKilogram: 100000 });
    expect(read(sensor)).toEqual({ mass: -1250 });
    expect(read(sensor)).toEqual({ mass: -1250 });
  });

  test("meter answers what it has, and refuses the rest", () => {
    const { world, after, read } = open();
    const meter = chips.meter(world);
    let hear: (octets: string) => void;
    const uart = {
      after,
      listen: (received: any, record: any) => (hear = (octets) => received(record, octets)),
      write: (octets: string) => {
        const answer = meter.answer(octets);
        if (answer !== "") after(() => hear(answer), 20, undefined);
        return 0;
      },
    };
    const fields = { voltage: { at: 0 }, power: { at: 2 }, energy: { at: 3, words: 2 } };
    const sensor = (count: number, unit = 1) =>
      createModbus(uart as any, { unit, code: 4, from: 0, count, fields });
    expect(read(sensor(5))).toEqual({ voltage: 2304, power: 350, energy: 123456 });
    expect(read(sensor(6))).toBe(-46);
    expect(read(sensor(5, 2))).toBe(-40);
  });
});
