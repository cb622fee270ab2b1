// SPDX-License-Identifier: MIT
// The greenhouse, built, on the simulated board of each kind: what it measures, its pump, and everything
// that goes wrong in one.

import { describe, expect, test } from "vitest";
import { type Kind, stageOpen, until } from "./stage.js";

const KINDS: { kind: Kind; program?: string; client?: string; qos: number; title: string }[] = [
  { kind: "espruino-esp32", qos: 1, title: "Espruino on ESP32" },
  { kind: "espruino-esp32", program: "greenhouse-lean", qos: 0, title: "Espruino, lean client" },
  { kind: "nodemcu-esp8266", qos: 1, title: "NodeMCU on ESP8266" },
  {
    kind: "nodemcu-esp8266",
    client: "ringlet-lean",
    qos: 0,
    title: "NodeMCU on ESP8266, lean client",
  },
  { kind: "nodemcu-esp32", qos: 1, title: "NodeMCU on ESP32" },
];

describe.each(KINDS)(
  "the greenhouse on $title",
  ({ kind, program = "greenhouse", client, qos }) => {
    const open = (more: object = {}) =>
      stageOpen({ kind, example: "greenhouse", program, ...(client && { client }), ...more });

    test("is announced, and reports what its sensors measure", async () => {
      const { world, told, report } = await open();
      const given = {
        temperature: 19.37,
        pressure: 98765,
        humidity: 61.5,
        illuminance: 1234,
        soil: 73,
      };
      for (const [name, value] of Object.entries(given)) world.set(name, value);
      const is = await report((one) => one.soil === 73 && one.temperature < 20);
      expect(is.temperature).toBeCloseTo(19.37, 1);
      expect(is.humidity).toBeCloseTo(61.5, 0);
      expect(Math.abs(is.pressure - 98765)).toBeLessThan(20);
      expect(is.illuminance).toBeCloseTo(1234, 0);
      expect(Object.keys(is).sort()).toEqual(Object.keys(given).sort());
      expect(told("status")[0]).toMatchObject({ payload: "online", qos, retain: true });
      expect(told("report")[0]).toMatchObject({ qos, retain: true });
    });

    test("waters on command, and its pump goes off by itself", async () => {
      const { command, next, outputs } = await open({ config: { maxOn: 1 } });
      await next("report");
      command("pump", "on");
      expect(await next("pump", (text) => text === "on")).toMatchObject({ qos, retain: true });
      await next("pump", (text) => text === "off");
      expect(outputs).toEqual(["pump 0", "pump 1", "pump 0"]);
      command("pump", "on");
      await next("pump", (text) => text === "on");
      command("pump", "off");
      await next("pump", (text) => text === "off");
    });

    test("its pump goes off where the connection is lost, and is told when it is back", async () => {
      const { board, command, next, outputs, told } = await open();
      await next("report");
      command("pump", "on");
      await next("pump", (text) => text === "on");
      const texts = (name: string) => told(name).map(({ payload }) => payload);
      board.wifi(false);
      // It is told off again at each try to connect that fails: there may be more.
      await until(() => outputs.length >= 3);
      expect(outputs.slice(0, 3)).toEqual(["pump 0", "pump 1", "pump 0"]);
      // The server has to see the loss first: of one who is back before that it may tell no will.
      await until(() => texts("status").at(-1) === "offline");
      board.wifi(true);
      // What waited in the ring may come before the new connection's word.
      await until(() => texts("status").at(-1) === "online" && texts("pump").at(-1) === "off");
      expect(texts("status")).toEqual(["online", "offline", "online"]);
    });

    test("tells a sensor that is unplugged, and goes on without it until it is back", async () => {
      const { board, report, restarts } = await open();
      await report((one) => one.fault === undefined);
      board.unplug("bme280");
      const without = await report((one) => one.fault !== undefined);
      expect(without).toEqual({ illuminance: 320, soil: 41, fault: { climate: -40 } });
      board.unplug("soil");
      expect(await report((one) => one.fault.soil !== undefined)).toEqual({
        illuminance: 320,
        fault: { climate: -40, soil: -45 },
      });
      board.plug("bme280");
      board.plug("soil");
      expect((await report((one) => one.fault === undefined)).temperature).toBeCloseTo(21.5, 1);
      expect(restarts).toEqual([]);
    });

    test("tells pins that do not exist or are taken, and does the rest", async () => {
      const isEspruino = kind === "espruino-esp32";
      const config = {
        pins: {
          pump: isEspruino ? "D99" : 99,
          sda: isEspruino ? "D22" : kind === "nodemcu-esp32" ? 22 : 1,
        },
      };
      const { command, next, report, outputs, restarts } = await open({ config });
      expect(await report()).toEqual({ soil: 41, fault: { climate: -47, light: -47, pump: -47 } });
      command("pump", "on");
      expect((await next("refused")).payload).toBe("pump");
      expect(outputs).toEqual([]);
      expect(restarts).toEqual([]);
    });

    test("tells a calibration that makes no sense", async () => {
      const { report } = await open({ config: { dry: 30000, wet: 30000 } });
      expect((await report()).fault).toEqual({ soil: -44 });
    });

    test("refuses commands that make no sense, and says which", async () => {
      const { command, next, outputs } = await open();
      await next("report");
      for (const payload of ["", "ON", "1", "on ", "\u0000", "x".repeat(400)]) {
        const refused = next("refused");
        command("pump", payload);
        expect((await refused).payload).toBe("pump");
      }
      for (const payload of ["", "0", "3601", "1.5", "soon", "-3"]) {
        const refused = next("refused");
        command("interval", payload);
        expect((await refused).payload).toBe("interval");
      }
      expect(outputs).toEqual(["pump 0"]);
    });

    test.skipIf(qos < 1)("refuses a command that the server kept", async () => {
      const { broker, command, next, outputs, report } = await open();
      await next("report");
      command("pump", "on", true);
      await next("pump", (text) => text === "on");
      broker.cut();
      expect((await next("refused")).payload).toBe("pump");
      await report();
      expect(outputs.at(-1)).toBe("pump 0");
    });

    test("keeps another interval over a reboot, and says where there is no room for it", async () => {
      let room = Infinity;
      const { board, command, next, report } = await open({ room: () => room });
      await next("report");
      command("interval", "2");
      expect(await next("interval")).toMatchObject({ payload: "2", retain: true });
      const stored = Object.entries(board.files()).find(([name]) => name === "ringlet-interval");
      expect(stored?.[1]).toBe(kind === "espruino-esp32" ? "=2" : "2");
      room = 0;
      command("interval", "1");
      await next("interval");
      expect((await report()).fault).toEqual({ store: -49 });
      expect((await report()).fault).toBeUndefined();
    });

    test.skipIf(qos < 1)("loses no report over a broken connection", async () => {
      const { board, broker, world, seen, told } = await open();
      const value = world.value;
      let rounds = 0;
      // Each round finds other soil.
      world.value = (name: string) => (name === "soil" ? 5 * ++rounds : value(name));
      await until(() => told("report").length > 0);
      board.wifi(false);
      let from = rounds;
      await until(() => rounds > from + 2);
      board.wifi(true);
      await until(() => told("report").length >= rounds);
      await broker.stop();
      from = rounds;
      await until(() => rounds > from + 1);
      await broker.start();
      await until(() => told("report").length >= rounds);
      const soils = new Set(told("report").map(({ payload }) => JSON.parse(payload).soil));
      expect([...soils].slice(0, rounds)).toEqual(
        Array.from({ length: soils.size }, (_, at) => 5 * (at + 1)),
      );
      expect(seen.length).toBeGreaterThan(rounds);
    });
  },
);
