// SPDX-License-Identifier: MIT
// The machine monitor, built, on the simulated board of each kind; and the arithmetic of vibration.

import { describe, expect, test } from "vitest";
import { rmsOf, rootOf } from "../../examples/machine-monitor/vibration.js";
import { type Kind, stageOpen } from "./stage.js";

test("roots are whole, and not above", () => {
  for (const square of [0, 1, 2, 3, 4, 15, 16, 17, 9999, 10000, 2147395600, 2147483647]) {
    const root = rootOf(square);
    expect(root).toBe(Math.floor(Math.sqrt(square)));
  }
});

test("vibration is what strays from the mean", () => {
  expect(rmsOf([9807, 9807, 9807])).toBe(0);
  expect(rmsOf([9307, 10307, 9307, 10307])).toBe(500);
  expect(rmsOf([-19614, 19613, -19614, 19613])).toBeCloseTo(19613, -1);
  const sine = Array.from({ length: 32 }, (_, at) =>
    Math.round(9807 + 1414 * Math.sin((at * Math.PI) / 8)),
  );
  expect(Math.abs(rmsOf(sine) - 1000)).toBeLessThan(3);
});

const KINDS: { kind: Kind; hasMeter: boolean }[] = [
  { kind: "espruino-esp32", hasMeter: true },
  { kind: "nodemcu-esp32", hasMeter: true },
  { kind: "nodemcu-esp8266", hasMeter: false },
];

describe.each(KINDS)("the machine monitor on $kind", ({ kind, hasMeter }) => {
  const open = () => stageOpen({ kind, example: "machine-monitor", config: { interval: 0.1 } });

  test("tells vibration, loop and meter", async () => {
    const { world, report } = await open();
    world.set("vibration", 2);
    world.set("input0", 0.6 + 2.4 * 0.25);
    const is = await report((one) => one.vibration > 1);
    // 32 readings in a quarter of a second are some turns of 25 Hz.
    expect(is.vibration).toBeGreaterThan(1.6);
    expect(is.vibration).toBeLessThan(2.4);
    expect((await report((one) => one.current < 9)).current).toBeCloseTo(8, 1);
    if (!hasMeter) expect(is.fault).toEqual({ meter: -47 });
    else expect(is).toMatchObject({ mains: 230.4, amperes: 1.52, power: 0.35, energy: 123.456 });
  });

  test("tells a loop whose wire is broken, and chips and a meter that are gone", async () => {
    const { world, board, report } = await open();
    await report();
    world.set("input0", 0.1);
    expect((await report((one) => one.fault?.loop)).fault.loop).toBe(-44);
    board.unplug("mpu6050");
    board.unplug("ads1115");
    board.unplug("meter");
    const { fault } = await report((one) => one.fault?.bearing && one.fault.loop === -40);
    expect(fault).toEqual({ bearing: -40, loop: -40, meter: hasMeter ? -40 : -47 });
    world.set("input0", 1.8);
    for (const name of ["mpu6050", "ads1115", "meter"]) board.plug(name);
    const is = await report((one) => !one.fault?.bearing && !one.fault?.loop);
    expect(is.current).toBeCloseTo(12, 1);
  });
});
