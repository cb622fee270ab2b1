// SPDX-License-Identifier: MIT
// Where a firmware's TLS verifies nobody, or is missing, a bundle says so before it connects, and
// goes on only where that was asked for.

import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { places, start } from "./places.js";
import { tell } from "./stage.js";
// @ts-ignore: the tools are JavaScript
import { openMachine } from "../../tools/lua/machine51.mjs";

const INSECURE = -9;

for (const place of places.filter(({ broker }) => broker === "aedes")) {
  test.skipIf(place.skip)(`on ${place.title} tls is refused, and taken as it is`, async () => {
    const program = start(
      place,
      `["ringlet", "ringlet-lean"].forEach(function (name) {
        [{}, { insecure: false }, { ca: "x" }, { insecure: true }].forEach(function (tls) {
          var c = require(name).connect({ host: "127.0.0.1", port: 1, clientId: "a", tls: tls });
          result("status", typeof c === "number" ? c : 0);
        });
      });`,
      1,
    );
    onTestFinished(program.stop);
    await tell(program, "status", 8);
    const each = [INSECURE, INSECURE, INSECURE, 0];
    expect(program.told("status")).toEqual([...each, ...each]);
  });
}

test.each([
  ["with the firmware's tls module", "tls = {}", [INSECURE, 0]],
  ["without one, as on ESP32", "tls = nil", [INSECURE, INSECURE]],
])("on NodeMCU %s", async (_title, firmware, expected) => {
  for (const file of ["ringlet.lua", "ringlet-lean.lua"]) {
    const lua = readFileSync(new URL(`../../dist/lua/${file}`, import.meta.url), "latin1");
    const machine = await openMachine();
    const said: number[] = [];
    machine.onCall((_op: string, line: string) => void said.push(Number(line)));
    machine.run(
      `tmr = { ALARM_SINGLE = 0, create = function()
        return { alarm = function() return true end, unregister = function() end } end }
      ${firmware}
      local ringlet = (function() ${lua}\nend)()
      for _, insecure in ipairs({ false, true }) do
        local c = ringlet.connect({ host = "a", clientId = "a", tls = { insecure = insecure } })
        __js("print", type(c) == "number" and tostring(c) or "0")
      end`,
      "insecure",
    );
    machine.close?.();
    expect(said).toEqual(expected);
  }
});
