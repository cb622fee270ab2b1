// SPDX-License-Identifier: MIT
// Ethernet on both firmwares that have it: Espruino's WIZnet, which tells nothing and is asked, as a dialogue
// with a made-up clock; NodeMCU's eth on the simulated ESP32, with a client behind it.

import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { openNodemcu } from "../../tools/lua/nodemcu.mjs";
import { brokerOpen, until } from "./broker.js";

const built = (file: string) =>
  readFileSync(new URL(`../../dist/${file}`, import.meta.url), "latin1");

/** A W5500 on Espruino; `passes` lets its next look happen. */
function chip(given: object = {}) {
  const c = {
    link: "up" as "up" | "down" | undefined,
    /** What `setIP` answers, or throws. */
    answer: true as boolean | Error,
    isThere: true,
    asked: [] as unknown[],
    ups: 0,
    lines: [] as string[],
    next: undefined as (() => void) | undefined,
    passes: () => c.next!(),
    network: undefined as unknown as { isUp: boolean; losses: number } | undefined,
    open() {
      const ethernet = {
        getStatus: () => (c.link ? { phylink: c.link } : undefined),
        setIP(address: unknown) {
          c.asked.push(address);
          if (typeof c.answer !== "boolean") throw c.answer;
          return c.answer;
        },
      };
      const wiznet = { connect: () => (c.isThere ? ethernet : undefined) };
      const exports: any = {};
      new Function("require", "setTimeout", "print", "exports", built(`espruino/${MODULE}`))(
        () => wiznet,
        (step: () => void) => (c.next = step),
        (line: string) => c.lines.push(line),
        exports,
      );
      c.network = exports.open(given, () => c.ups++);
      return c;
    },
  };
  return c;
}
const MODULE = "ringlet-ethernet.min.js";

describe("a W5500 on Espruino", () => {
  test("has a network when it has an address, and not before `open` has returned", () => {
    const c = chip({ address: { ip: "192.0.2.7" } }).open();
    expect(c.ups).toBe(0);
    c.passes();
    expect(c.asked).toEqual([{ ip: "192.0.2.7" }]);
    expect([c.ups, c.network]).toEqual([1, { isUp: true, losses: 0 }]);
    c.passes();
    expect(c.asked).toHaveLength(1);
  });

  test("is asked again where there was no address, or the firmware throws", () => {
    const c = chip().open();
    c.answer = false;
    c.passes();
    c.answer = new Error("Not connected to the internet");
    c.passes();
    expect([c.ups, c.network!.isUp]).toEqual([0, false]);
    c.answer = true;
    c.passes();
    expect([c.ups, c.network!.isUp, c.network!.losses]).toEqual([1, true, 0]);
    expect(c.lines).toContain("Ethernet: no address.");
  });

  test("counts a cable that was pulled, asks for nothing while it is out, and comes back", () => {
    const c = chip().open();
    c.passes();
    c.link = "down";
    c.passes();
    c.passes();
    expect(c.network).toEqual({ isUp: false, losses: 1 });
    expect(c.asked).toHaveLength(1);
    c.link = "up";
    c.passes();
    expect(c.network).toEqual({ isUp: true, losses: 1 });
    expect(c.ups).toBe(1);
    // A chip that says nothing of its cable.
    c.link = undefined;
    c.passes();
    expect(c.network!.isUp).toBe(true);
  });

  test("that is not there is told", () => {
    const c = chip();
    c.isThere = false;
    expect(c.open().network).toBeUndefined();
    expect(c.next).toBeUndefined();
  });
});

describe("Ethernet on NodeMCU's ESP32", () => {
  async function start(options: string) {
    const broker = await brokerOpen();
    const lines: string[] = [];
    const board = await openNodemcu({
      flavour: "esp32",
      print: (line: string) => void lines.push(line),
      files: {
        "ringlet.lua": built("lua/ringlet.lua"),
        "ringlet-ethernet.lua": built("nodemcu-esp32/ringlet-ethernet.lua"),
        "init.lua": `
          network = require("ringlet-ethernet").open(${options}, function()
            local c = require("ringlet").connect({ host = "127.0.0.1", port = ${broker.port},
              clientId = "wired", reconnect = { min = 1, max = 20 } })
            c:on("connect", function() print("connect", network.losses) end)
          end)`,
      },
    });
    onTestFinished(async () => {
      board.close();
      await broker.close();
    });
    board.start();
    return { board, lines };
  }

  test("carries a client, which comes back when the cable does", async () => {
    const { board, lines } = await start(
      "{ phy = eth.PHY_LAN8720, addr = 1, mdc = 23, mdio = 18 }",
    );
    board.plug(true);
    await until(() => lines.includes("connect\t0"));
    board.plug(false);
    await until(() => lines.includes("Network lost: no cable"));
    board.plug(true);
    await until(() => lines.filter((line) => line === "Network joined.").length === 2);
    expect(board.restarts).toEqual([]);
  });

  test("that the firmware refuses is told, and restarts nothing", async () => {
    const { board, lines } = await start("{ phy = eth.PHY_LAN8720 }");
    expect(lines).toEqual(["No Ethernet: missing mdc"]);
    board.plug(true);
    expect(board.restarts).toEqual([]);
  });
});
