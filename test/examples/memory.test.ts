// SPDX-License-Identifier: MIT
// Variables that the greenhouse holds on Espruino's interpreter while it is connected and has reported:
// program, client, drivers, ring, the lot, with its code in Storage. Functions stay in flash there.

import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { brokerOpen, until } from "../boards/broker.js";
// @ts-ignore: the tools are JavaScript
import { runOnEspruino } from "../../tools/station/engine.mjs";
// @ts-ignore
import { createWorld } from "../../tools/simulated/world.mjs";

const binary = process.env["ESPRUINO_BIN"];
const why = binary ? "" : " (skipped: ESPRUINO_BIN names no interpreter)";

/** The most there may be, of 16,383 on an ESP32; may fall and not rise. The goal is 800. */
const BOUNDS = [
  ["greenhouse", 1500],
  ["greenhouse-lean", 1090],
] as const;

describe.skipIf(!binary)(`on the interpreter${why}`, () => {
  test.each(BOUNDS)("the %s takes at most %d variables", async (name, most) => {
    const broker = await brokerOpen();
    onTestFinished(() => broker.close());
    let reports = 0;
    broker.aedes.on("publish", ({ topic }) => void (reports += topic.endsWith("/report") ? 1 : 0));
    const bundle = new URL(`../../dist/espruino-esp32/${name}.min.js`, import.meta.url);
    const program = `
      require("Storage").write("program", ${JSON.stringify(readFileSync(bundle, "utf8"))});
      var count = function() { print("variables " + (process.memory().usage - before)); };
      var before = 0;
      setTimeout(function() {
        before = process.memory().usage;
        setInterval(count, 300);
        before = process.memory().usage;
        require("program");
      }, 50);`;
    const config = {
      host: "127.0.0.1",
      port: broker.port,
      clientId: "n1",
      ssid: "net",
      interval: 0.5,
    };
    const found: number[] = [];
    const node = await runOnEspruino(binary, program, config, createWorld(), (line: string) => {
      const match = /^variables (\d+)/.exec(line);
      if (match && reports > 2) found.push(Number(match[1]));
    });
    onTestFinished(() => node.stop());
    await until(() => found.length > 3);
    expect(Math.max(...found)).toBeLessThanOrEqual(most);
  });
});
