// SPDX-License-Identifier: MIT
// The example bundles of Espruino's boards, each on the host: over Wi-Fi to a server, over Bluetooth to a
// gateway; the LED is where the manifest says, and what was away is told apart.

import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { readBoards } from "../../tools/boards.mjs";
import { decodeFrame, encodeFrame, readFrames } from "../../src/sn/frame.js";
import { gatewayOpen } from "../sn/gateway.js";
import { board } from "../tools/board.js";
import { brokerOpen, until } from "./broker.js";

const boards = [...(readBoards() as Map<string, any>)].filter(
  ([, { kind, engine }]) => kind === "board" && engine === "espruino",
);
const on = (network: string) => boards.filter(([, { link }]) => link.network === network);
const bundle = (name: string) =>
  readFileSync(new URL(`../../dist/${name}/firmware.min.js`, import.meta.url), "utf8");

test("every board is one of these", () => {
  expect(on("wifi").length + on("ble").length + on("host").length).toBe(boards.length);
});

describe.each(on("wifi"))("%s", (name, manifest) => {
  async function start() {
    const broker = await brokerOpen();
    onTestFinished(broker.close);
    const heard: string[] = [];
    broker.aedes.on("publish", ({ topic, payload }) => {
      if (topic.startsWith("ringlet/")) heard.push(`${topic.slice(8)} ${payload}`);
    });
    const config = {
      ssid: "net",
      host: "127.0.0.1",
      port: broker.port,
      clientId: "a",
      reconnect: { min: 1, max: 20 },
    };
    const { host, lines } = board({ storage: { "ringlet.json": JSON.stringify(config) } });
    host.run(bundle(name));
    await until(() => heard.includes("a/status online") && heard.some((t) => /^a\/load/.test(t)));
    const say = (topic: string, payload: string) =>
      broker.aedes.publish(
        { cmd: "publish", topic, payload, qos: 1, retain: false, dup: false },
        () => {},
      );
    return { host, lines, heard, broker, say };
  }

  test("switches the LED of its manifest", async () => {
    const { host, heard, say } = await start();
    const { pin, on: level } = manifest.parts.find((part: any) => /^LED/.test(part.name));
    const led = host.pins[manifest.pins.find((one: any) => one.name === pin).also ?? pin];
    say("ringlet/a/set/led", "on");
    await until(() => heard.includes("a/led on"));
    expect(led.value).toBe(level);
    say("ringlet/a/set/led", "off");
    await until(() => heard.includes("a/led off"));
    expect(led.value).toBe(1 - level);
  });

  test("tells a Wi-Fi that was away from a server that was", async () => {
    const { host, lines, heard, broker } = await start();
    broker.cut();
    await until(() => heard.filter((told) => told === "a/status online").length === 2);
    expect(lines.filter((line) => /^Connection closed/.test(line))).toHaveLength(1);
    expect(heard.some((told) => /wifi-losses/.test(told))).toBe(false);
    host.wifi.drop({ reset: true });
    await until(() => lines.some((line) => /^No Wi-Fi: Status/.test(line)));
    expect(lines).toContainEqual(expect.stringMatching(/^Wi-Fi lost: BEACON_TIMEOUT\. Joining/));
    // It is there again, and nobody tells the program: it joins by itself.
    host.wifi.state.away = false;
    await until(() => heard.includes("a/wifi-losses 1"));
    expect(lines.filter((line) => line === "Wi-Fi joined.")).toHaveLength(2);
  });

  test("says what it lacks without a ringlet.json", () => {
    const { host, lines } = board();
    host.run(bundle(name));
    expect(lines).toEqual([
      "No ringlet.json in Storage: write host, ssid and wifiPassword there first.",
    ]);
  });
});

describe.each(on("ble"))("%s", (name) => {
  /** A board, and a gateway that is the central of its wire. */
  function start(config: object | null = { clientId: "a" }) {
    const { host, lines, errors } = board({
      storage: config ? { "ringlet.json": JSON.stringify(config) } : {},
      serial: "1234567890",
    });
    const watch = { lit: false, hears: [] as ((found: object) => void)[], screen: [] as unknown[] };
    host.context.Bangle = {
      on: (_event: string, heard: (found: object) => void) => void watch.hears.push(heard),
      setHRMPower: (isOn: boolean) => void (watch.lit = isOn),
      setLCDPower: (isOn: boolean) => void watch.screen.push(isOn),
      getHealthStatus: () => ({ steps: 4321 }),
    };
    const gateway = gatewayOpen({
      send: (octets) => host.ble.send(encodeFrame(octets)),
      after: (ms, step) => void setTimeout(step, ms).unref(),
    });
    const reader = { part: "" };
    const central = () =>
      host.ble.connect((octets: string) => {
        for (const frame of readFrames(reader, octets, 528)) gateway.receive(decodeFrame(frame));
      });
    host.run(bundle(name));
    const told = () => gateway.published.map(({ topic, payload }) => `${topic} ${payload}`);
    return { host, lines, errors, watch, gateway, central, told };
  }

  test("tells its readings as soon as a gateway has the wire, and takes a command", async () => {
    const { host, gateway, central, told, errors, watch } = start();
    expect(host.ble.state.console).toBe("Bluetooth");
    central();
    await until(() => told().includes("ringlet/a/battery 87"));
    expect(host.ble.state.console).toBeNull();
    expect(told()).toContain("ringlet/a/status online");
    expect(told()).toContain(
      name.endsWith("puckjs") ? "ringlet/a/temperature 21.0" : "ringlet/a/steps 4321",
    );
    await until(() => gateway.filters.has("ringlet/a/set/led"));
    gateway.publish("ringlet/a/set/led", "on", 1);
    await until(() => told().includes("ringlet/a/led on"));
    if (name.endsWith("puckjs")) expect(host.pins.LED2.value).toBe(1);
    else expect(watch.screen).toEqual([true]);
    expect(host.ble.state.typed).toBe("");
    expect(errors).toEqual([]);
  });

  test("leaves the console to who holds the button, and gives it back when the central goes", async () => {
    const { host, lines, central, told } = start();
    host.pins.BTN1.input(1);
    central();
    await until(() => host.ble.state.console === "Bluetooth");
    host.ble.send("print(1)\n");
    expect(host.ble.state.typed).toBe("print(1)\n");
    host.ble.disconnect();
    host.pins.BTN1.input(0);
    central();
    await until(() => told().length > 1);
    expect(host.ble.state.console).toBeNull();
    host.ble.disconnect();
    await until(() => host.ble.state.console === "Bluetooth");
    expect(lines).toEqual([]);
  });

  test("keeps what it has to tell until a gateway is there again", async () => {
    const { host, central, told, watch, gateway } = start({
      clientId: "a",
      retryMs: 20,
      retries: 1,
      reconnect: { min: 1, max: 20 },
    });
    const happens = () => {
      if (name.endsWith("puckjs")) host.pins.BTN1.input(1);
      else watch.hears[0]!({ bpm: 61, confidence: 90 });
    };
    const what = name.endsWith("puckjs") ? "ringlet/a/button 1" : "ringlet/a/heart-rate 61";
    central();
    await until(() => told().includes("ringlet/a/battery 87"));
    await until(() => gateway.filters.size === 2);
    host.ble.disconnect();
    happens();
    // The press is debounced; then the button is let go of, or the wire would be the console's.
    await new Promise((done) => setTimeout(done, 100));
    host.pins.BTN1.input(0);
    expect(told()).not.toContain(what);
    central();
    await until(() => told().includes(what));
  });

  test("has a name without a ringlet.json", async () => {
    const { central, told } = start(null);
    central();
    await until(() => told().includes("ringlet/ringlet-567890/status online"));
  });
});

test("the heart rate sensor is lit until it is sure, and no longer than 40 s", async () => {
  const { host } = board({ serial: "1" });
  let hear: (found: object) => void = () => {};
  const power: boolean[] = [];
  host.context.Bangle = {
    on: (_event: string, heard: (found: object) => void) => void (hear = heard),
    setHRMPower: (isOn: boolean) => void power.push(isOn),
    getHealthStatus: () => ({ steps: 1 }),
  };
  host.run(bundle("espruino-banglejs2"));
  // Boot code is run anew with each app, while the central stays.
  expect(power).toEqual([]);
  host.ble.connect(() => {});
  await until(() => power.length === 1);
  hear({ bpm: 200, confidence: 59 });
  expect(power).toEqual([true]);
  hear({ bpm: 61, confidence: 60 });
  expect(power).toEqual([true, false]);
  hear({ bpm: 62, confidence: 100 });
  expect(power).toEqual([true, false]);
});

test("a watch that starts an app while the central is there takes the wire at once", async () => {
  const { host } = board({ serial: "1" });
  host.context.Bangle = {
    on() {},
    setHRMPower() {},
    getHealthStatus: () => ({ steps: 1 }),
  };
  let octets = "";
  host.ble.connect((more: string) => (octets += more));
  host.run(bundle("espruino-banglejs2"));
  expect(host.ble.state.console).toBeNull();
  await until(() => octets !== "");
});
