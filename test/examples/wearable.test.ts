// SPDX-License-Identifier: MIT
// The wearable, built: on the simulated board over Wi-Fi, on a Bangle.js and a Puck.js over Bluetooth to a
// gateway for MQTT-SN; and the arithmetic of heart beats and steps.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pulseOf } from "../../examples/wearable/pulse.js";
import { isStep } from "../../examples/wearable/steps.js";
import { decodeFrame, encodeFrame, readFrames } from "../../src/sn/frame.js";
import { gatewayOpen } from "../sn/gateway.js";
import { board } from "../tools/board.js";
// @ts-ignore: the tools are JavaScript
import * as chips from "../../tools/simulated/chips.mjs";
// @ts-ignore
import { createWorld } from "../../tools/simulated/world.mjs";
import { type Kind, stageOpen, until } from "./stage.js";

/** Light that a finger gives back, each 80 ms. */
const light = (beats: number, count = 100) =>
  Array.from({ length: count }, (_, at) => {
    const phase = (at * 0.08 * beats) / 60;
    const part = phase % 1;
    return Math.round(120000 - 2000 * (part < 0.15 ? part / 0.15 : 1 - (part - 0.15) / 0.85));
  });

test.each([42, 62, 75, 120, 180])("a heart that beats %d times a minute is counted", (beats) => {
  const found = pulseOf(light(beats)) as { pulse: number };
  expect(Math.abs(found.pulse - beats)).toBeLessThanOrEqual(3);
});

test("no beats are no value", () => {
  expect(pulseOf(Array(100).fill(120000))).toBe(-43);
  expect(pulseOf(light(62, 6))).toBe(-43);
  expect(pulseOf(light(20))).toBe(-44);
});

test("a step goes beyond 1.2 g, and lasts until it is near 1 g again", () => {
  const at = (z: number) => ({ acceleration_x: 0, acceleration_y: 0, acceleration_z: z });
  expect(isStep(at(9807), false)).toBe(false);
  expect(isStep(at(11000), false)).toBe(false);
  expect(isStep(at(-12000), false)).toBe(true);
  expect(isStep(at(11000), true)).toBe(true);
  expect(isStep(at(10000), true)).toBe(false);
});

const KINDS: Kind[] = ["espruino-esp32", "nodemcu-esp8266", "nodemcu-esp32"];

test.each(KINDS)(
  "tells heart rate, steps and battery on %s",
  async (kind) => {
    const { world, board, report } = await stageOpen({ kind, example: "wearable" });
    world.set("pulse", 75);
    // Somebody walks, two steps a second.
    world.set("frequency", 2);
    world.set("vibration", 4);
    world.set("cell", kind === "nodemcu-esp8266" ? 0.881 : 0.5606);
    const is = await report((one) => one.pulse > 0 && one.steps > 5);
    // The clock of a busy machine is no metronome.
    expect(Math.abs(is.pulse - 75)).toBeLessThan(15);
    expect(Math.abs(is.battery - 50)).toBeLessThanOrEqual(2);
    board.unplug("max30102");
    board.unplug("mpu6050");
    const without = await report((one) => one.fault?.steps);
    expect(without.fault).toEqual({ pulse: -40, steps: -40 });
  },
  60000,
);

/** A board with nothing but Bluetooth, and a gateway that is the central of its wire. */
function startOnWire(name: string, options: object = {}) {
  const config = { clientId: "w", interval: 1 };
  const { host, errors } = board({
    storage: { "ringlet.json": JSON.stringify(config) },
    ...options,
  });
  const bangle = { steps: 4321, hears: [] as ((found: object) => void)[], lit: [] as boolean[] };
  host.context.Bangle = {
    on: (_event: string, heard: (found: object) => void) => void bangle.hears.push(heard),
    setHRMPower: (isOn: boolean) => void bangle.lit.push(isOn),
    getHealthStatus: () => ({ steps: bangle.steps }),
  };
  const gateway = gatewayOpen({
    send: (octets) => host.ble.send(encodeFrame(octets)),
    after: (ms, step) => void setTimeout(step, ms).unref(),
  });
  const reader = { part: "" };
  host.run(readFileSync(new URL(`../../dist/${name}/wearable.min.js`, import.meta.url), "utf8"));
  host.ble.connect((octets: string) => {
    for (const frame of readFrames(reader, octets, 528)) gateway.receive(decodeFrame(frame));
  });
  async function report(isIt: (report: any) => boolean): Promise<any> {
    const from = gateway.published.length;
    const found = () =>
      gateway.published
        .slice(from)
        .filter(({ topic }) => topic === "ringlet/w/report")
        .map(({ payload }) => JSON.parse(payload))
        .find(isIt);
    await until(found);
    return found();
  }
  return { errors, bangle, gateway, report };
}

test("tells a Bangle.js's own sensors over its Bluetooth", async () => {
  const { bangle, gateway, report, errors } = startOnWire("espruino-banglejs2");
  expect(await report(() => true)).toEqual({ steps: 4321, battery: 87, fault: { pulse: -43 } });
  expect(gateway.published[0]).toMatchObject({ topic: "ringlet/w/status", payload: "online" });
  expect(gateway.published[0]!.qos).toBe(1);
  expect(bangle.lit).toEqual([true]);
  bangle.hears[0]!({ bpm: 70, confidence: 20 });
  bangle.hears[0]!({ bpm: 64, confidence: 90 });
  bangle.steps = 4400;
  expect(await report((one) => one.pulse)).toEqual({ pulse: 64, steps: 4400, battery: 87 });
  expect(errors).toEqual([]);
});

test("tells a Puck.js's chips over its Bluetooth", async () => {
  const world = createWorld();
  const i2c = { 0x57: chips.max30102(world), 0x68: chips.mpu6050(world) };
  const { report, errors } = startOnWire("espruino-puckjs", { i2c });
  const is = await report((one) => one.pulse);
  expect(Math.abs(is.pulse - 62)).toBeLessThan(15);
  expect(is).toMatchObject({ steps: 0, battery: 87 });
  expect(errors).toEqual([]);
}, 40000);
