// SPDX-License-Identifier: MIT
// The example bundles of NodeMCU's boards on the simulated firmware: what was away is told apart, and the
// one of ESP32, whose firmware joins no network by itself, joins again.

import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openNodemcu } from "../../tools/lua/nodemcu.mjs";
import { brokerOpen, until } from "./broker.js";

const built = (file: string) =>
  readFileSync(new URL(`../../dist/${file}`, import.meta.url), "latin1");

test.each(["esp8266", "esp32"] as const)("%s tells a network from a server", async (flavour) => {
  const broker = await brokerOpen();
  const lines: string[] = [];
  const heard: string[] = [];
  broker.aedes.on("publish", ({ topic, payload }) => void heard.push(`${topic} ${payload}`));
  const config = {
    ssid: "net",
    host: "127.0.0.1",
    port: broker.port,
    clientId: "a",
    reconnect: { min: 1, max: 20 },
  };
  const board = await openNodemcu({
    flavour,
    print: (line: string) => void lines.push(line),
    files: {
      "ringlet.lua": built("lua/ringlet.lua"),
      "init.lua": built(`nodemcu-${flavour}/init.lua`),
      "ringlet.json": JSON.stringify(config),
    },
  });
  onTestFinished(async () => {
    board.close();
    await broker.close();
  });
  const online = (count: number) =>
    until(() => heard.filter((told) => told === "ringlet/a/status online").length >= count);
  board.start();
  await online(1);
  broker.cut();
  await until(() => lines.some((line) => /^Connection closed: Status -3/.test(line)));
  await online(2);
  expect(heard.some((told) => /network-losses/.test(told))).toBe(false);
  board.wifiDown({ reset: true });
  await until(() => lines.some((line) => /^No network: Status/.test(line)));
  expect(lines).toContain("Network lost: 8");
  if (flavour === "esp32") {
    // Once more in vain; then it is there, and nobody tells the program.
    await until(() => lines.filter((line) => line === "Network lost: 8").length === 2);
    board.wifiAppears();
  } else board.wifiUp();
  await until(() => heard.includes("ringlet/a/network-losses 1"));
  expect(lines.filter((line) => line === "Network joined.")).toHaveLength(2);
  expect(board.restarts).toEqual([]);
});
