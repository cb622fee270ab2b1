// SPDX-License-Identifier: MIT
// The minified ports on real Espruino interpreters, on buses that are objects of the program: what the
// firmware's own types, strings and Storage do with them.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const module = (name: string) =>
  readFileSync(new URL(`../../dist/espruino/ringlet-port-${name}.min.js`, import.meta.url), "utf8");
const load = (name: string) =>
  `var ${name} = (function (exports) {${module(name)}\nreturn exports; })({});\n`;

const PROGRAM = `print("<<<");
${["i2c", "spi", "onewire", "store", "uart"].map(load).join("")}
function codes(s) { return s === undefined ? "nothing" : s.split("").map(function (c) { return c.charCodeAt(0); }).join(); }
var sent = [];
var bus = i2c.create({
  writeTo: function (a, d) { if (a === 9) throw new Error("no"); sent.push(a, codes(d)); },
  readFrom: function (a, n) { if (a === 9) throw new Error("no"); return new Uint8Array([0, 10, 128, 255].slice(0, n)); }
});
print(bus.write(5, String.fromCharCode(0, 128, 255)), sent.join(" "));
print(codes(bus.read(5, 4)), bus.write(9, "a"), codes(bus.read(9, 4)).length);
var chip = spi.create({ send: function (d, cs) { if (cs === 1) throw new Error("no"); return d; } }, 2);
print(codes(chip.transfer(String.fromCharCode(0, 200))));
var wire = onewire.create(D1);
print(typeof wire.reset(), wire.read(9).length, typeof wire.search().length);
var store_ = store.create(), all = "";
for (var i = 0; i < 256; i++) all += String.fromCharCode(i);
print(store_.write("ringlet-test", all), store_.read("ringlet-test") === all);
print(store_.write("ringlet-test", ""), store_.read("ringlet-test") === "");
store_.remove("ringlet-test");
print(codes(store_.read("ringlet-test")));
bus.after(function (r) { print("after " + r); print(">>>"); }, 1, "record");
`;

async function run(binary: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-"));
  writeFileSync(join(folder, "program.js"), PROGRAM);
  const child = spawn(binary, ["program.js"], { stdio: ["pipe", "pipe", "ignore"], cwd: folder });
  const output = await new Promise<string>((resolve) => {
    let all = "";
    child.stdout.on("data", (data: Buffer) => {
      all += data.toString("latin1");
      if (all.includes(">>>")) child.kill();
    });
    child.on("close", () => resolve(all));
  });
  rmSync(folder, { recursive: true, force: true });
  return output
    .slice(output.lastIndexOf("<<<") + 3, output.lastIndexOf(">>>"))
    .replace(/\x1b\[\w|[\r\b]/g, "")
    .split("\n")
    .map((line) => line.replace(/^>/, "").trim())
    .filter((line) => line !== "");
}

for (const variable of ["ESPRUINO_BIN", "ESPRUINO_BIN_UNICODE"]) {
  const binary = process.env[variable];
  const why = binary ? "" : ` (skipped: ${variable} names no interpreter)`;
  describe.skipIf(!binary)(`ports on ${variable}${why}`, () => {
    test("carry octets through the firmware's own types, and throw nothing", async () => {
      expect(await run(binary!)).toEqual([
        "0 5 0,128,255",
        "0,10,128,255 -40 0",
        "0,200",
        "number 9 number",
        "0 true",
        "0 true",
        "nothing",
        "after record",
      ]);
    });
  });
}
