// SPDX-License-Identifier: MIT
// What a built bundle for Espruino does with every broker, in its host: the programs of the boards,
// and the module at every QoS; the module on a real interpreter too, where ESPRUINO_BIN names one.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { until } from "../boards/broker.js";
import { interpreters, type Place, places, start } from "../bundle/places.js";
import { messages, tell } from "../bundle/stage.js";
import type { Dialogue } from "./dialogues.js";
import type { Hall } from "./hall.js";
// @ts-ignore: the tools are JavaScript
import { runInHost } from "../../tools/station/engine.mjs";

/** The program of a board: readings, a command, its will when the connection is torn. */
async function station(hall: Hall, file: string) {
  const code = readFileSync(new URL(`../../dist/${file}`, import.meta.url), "utf8");
  const clientId = hall.name("node").replace("/", "-");
  const base = `ringlet/${clientId}/`;
  const proxy = await hall.proxy();
  const { client, heard } = await hall.judge(`${base}#`);
  const said = (topic: string) =>
    heard.filter((one) => one.topic === base + topic).map(({ payload }) => `${payload}`);
  const reconnect = { min: 20, max: 100 };
  const config = { host: "127.0.0.1", port: proxy.port, clientId, ssid: "simulated", reconnect };
  const lines: string[] = [];
  const node = runInHost(code, { ...config, interval: 0.1 }, (line: string) => lines.push(line));
  try {
    await until(() => said("status").includes("online") && said("load").length > 1);
    // A command may come before the subscription has.
    await until(() => {
      client.publish(`${base}set/led`, "on", { qos: 1 });
      return said("led").includes("on");
    });
    proxy.cut();
    // Which of the two comes first, the will or the new connection's word, is the server's choice.
    await until(() => [...said("status")].sort().join(" ").startsWith("offline online online"));
  } finally {
    node.stop();
  }
  expect(lines.filter((line) => !/^(Wi-Fi joined|Connection closed)/.test(line))).toEqual([]);
}

/** The module: its own messages back at every QoS, one in parts, one that is kept. */
async function module(hall: Hall, place: Place) {
  const program = start(
    place,
    `var c = open({ clientId: "${hall.name("module").replace("/", "-")}" });
    c.subscribe("${hall.name("m/#")}", ${hall.levels.at(-1)});
    c.on("subscribed", function () {
      [${hall.levels}].forEach(function (qos) { c.publish("${hall.name("m/short")}", "v" + qos, qos); });
      c.publishParts("${hall.name("m/long")}", 5000, 1, true, function (at, max) {
        var s = ""; while (s.length < Math.min(max, 500)) s += "x"; return s;
      });
    });`,
    hall.server.port,
  );
  try {
    const parts = () => messages(program).filter(({ topic }) => topic.endsWith("long"));
    const long = () => parts().reduce((sum, { payload }) => sum + payload.length, 0);
    const limit = Date.now() + 15000;
    await until(() => long() >= 5000 || Date.now() > limit);
    await tell(program, "delivered", hall.levels.length);
    expect(long()).toBe(5000);
    const short = messages(program).filter(({ topic }) => topic.endsWith("short"));
    expect(short.map(({ payload, qos }) => [`${payload}`, qos]).sort()).toEqual(
      hall.levels.map((qos) => [`v${qos}`, qos]),
    );
    expect([...program.told("close"), ...program.told("error")]).toEqual([]);
  } finally {
    await program.stop();
  }
}

const stations: Dialogue[] = [
  {
    name: "the ESP32 bundle in its host",
    clause: "",
    hold: (hall) => station(hall, "espruino-esp32/firmware.min.js"),
  },
  {
    name: "the Linux bundle in its host",
    clause: "",
    hold: (hall) => station(hall, "linux/firmware.min.js"),
  },
  {
    name: "the Espruino module in its host",
    clause: "",
    hold: (hall) =>
      module(
        hall,
        places.find(({ binary }) => !binary)!,
      ),
  },
];

// The same for each kind of strings; which broker stands in the place does not matter here.
for (const unicode of [false, true]) {
  const place = interpreters.find((one) => one.binary && one.unicode === unicode);
  const kind = unicode ? "Unicode" : "8-bit";
  if (place) {
    stations.push({
      name: `the Espruino module on the interpreter (${kind})`,
      clause: "",
      hold: (hall) => module(hall, place),
    });
  }
}

export { stations };
