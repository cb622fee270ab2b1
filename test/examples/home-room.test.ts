// SPDX-License-Identifier: MIT
// The room, built, on the simulated board of each kind: motion at once, a lamp that stays as it is, and
// what Home Assistant is told.

import { describe, expect, test } from "vitest";
import { type Kind, stageOpen, until } from "./stage.js";

const KINDS: Kind[] = ["espruino-esp32", "nodemcu-esp8266", "nodemcu-esp32"];

describe.each(KINDS)("the room on %s", (kind) => {
  const open = (config: object = {}) => stageOpen({ kind, example: "home-room", config });

  test("tells climate in rounds, and motion at once", async () => {
    const { board, told, next, report } = await open({ interval: 0.5 });
    expect(await report()).toEqual({ temperature: 21.5, humidity: 48 });
    expect(told("motion")[0]).toMatchObject({ payload: "off", retain: true });
    board.input("motion", 1);
    expect((await next("motion")).payload).toBe("on");
    board.input("motion", 0);
    expect((await next("motion")).payload).toBe("off");
  });

  test("switches its lamp, which stays as it is where the connection is lost", async () => {
    const { board, command, next, report, outputs } = await open();
    await report();
    command("light", "on");
    expect(await next("light", (text) => text === "on")).toMatchObject({ retain: true });
    board.wifi(false);
    board.wifi(true);
    await next("status", (text) => text === "online");
    expect((await next("light")).payload).toBe("on");
    expect(outputs).toEqual(["light 0", "light 1"]);
  });

  test("shows itself to Home Assistant, in one message that is kept", async () => {
    const { seen } = await open();
    const isDiscovery = ({ topic }: { topic: string }) =>
      topic === "homeassistant/device/n1/config";
    await until(() => seen.some(isDiscovery));
    const { payload, retain } = seen.find(isDiscovery)!;
    expect(retain).toBe(true);
    // A window of the link has 1,024 octets.
    expect(payload.length).toBeLessThan(950);
    const { dev, o, avty_t, stat_t, cmps, ...rest } = JSON.parse(payload);
    // What else stands at the top would have the whole document refused.
    expect(rest).toEqual({});
    expect(dev).toEqual({ ids: "n1", name: "n1" });
    expect(o.name).toBe("ringlet");
    expect(avty_t).toBe("ringlet/n1/status");
    expect(stat_t).toBe("ringlet/n1/report");
    expect(Object.keys(cmps).sort()).toEqual(["humidity", "light", "motion", "temperature"]);
    for (const [name, one] of Object.entries<any>(cmps)) expect(one.uniq_id).toBe(`n1_${name}`);
    expect(cmps.temperature).toMatchObject({ p: "sensor", unit_of_meas: "°C" });
    expect(cmps.temperature.val_tpl).toBe("{{value_json.temperature|default('None')}}");
    expect(cmps.motion).toMatchObject({ stat_t: "ringlet/n1/motion", pl_on: "on", pl_off: "off" });
    expect(cmps.light).toMatchObject({ p: "light", cmd_t: "ringlet/n1/set/light" });
  });

  test("tells a sensor that is unplugged", async () => {
    const { board, report } = await open();
    await report();
    board.unplug("sht3x");
    expect(await report((one) => one.fault)).toEqual({ fault: { climate: -40 } });
    board.plug("sht3x");
    expect(await report((one) => !one.fault)).toEqual({ temperature: 21.5, humidity: 48 });
  });
});
