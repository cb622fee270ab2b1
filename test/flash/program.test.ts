// SPDX-License-Identifier: MIT
// Which files a program becomes on each board, and what is refused before anything is written.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { readBoards } from "../../tools/boards.mjs";
// @ts-ignore: the tools are JavaScript
import { planOf } from "../../tools/flash/program.mjs";

const boards: Map<string, any> = readBoards();

/** A folder with these files. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "ringlet-flash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, "latin1");
  }
  return folder;
}

const DIST = {
  "espruino-esp32/firmware.min.js": 'require("Storage");require("Wifi")',
  "espruino-esp32/greenhouse.min.js": "print(1)",
  "espruino/ringlet.min.js": 'require("net")',
  "espruino/ringlet-auth.min.js": "",
  "espruino/ringlet-bme280.min.js": 'require("ringlet-i2c")',
  "espruino/ringlet-i2c.min.js": 'require("ringlet-bme280")',
  "espruino-esp32/ringlet-port-pwm.min.js": "near",
  "espruino/ringlet-port-pwm.min.js": "far",
  "nodemcu-esp8266/init.lua": 'local r=require"ringlet"',
  "nodemcu-esp32/init.lua": 'local r=require("ringlet")',
  "lua/ringlet.lua": "return {}",
  "lua/ringlet-bh1750.lua": "return 1",
};

/** The names of the files of a plan, and their octets where asked for. */
function plan(board: string, options: object = {}, files: Record<string, string> = {}) {
  const folder = folderOf({
    ...Object.fromEntries(Object.entries(DIST).map(([name, text]) => [`dist/${name}`, text])),
    ...files,
  });
  const of = planOf(board, boards.get(board), {
    ...options,
    from: folder,
    dist: join(folder, "dist"),
    ...("config" in options ? { config: join(folder, options.config as string) } : {}),
  });
  return { ...of, names: of.files.map(({ name }: { name: string }) => name) };
}

test("every board that can be flashed says what its firmware calls it", () => {
  const flashed = [...boards].filter(([, { flashing }]) =>
    /^(espruino|nodemcu)/.test(flashing?.method),
  );
  expect(flashed.length).toBeGreaterThan(3);
  for (const [board, { flashing }] of flashed)
    expect(flashing.identities?.length, board).toBeGreaterThan(0);
});

describe("on Espruino", () => {
  const ESP32 = "espruino-esp32";

  test("the board's own program runs from Storage, started by a line", () => {
    const { files, needs } = plan(ESP32);
    expect(files).toEqual([
      { name: "firmware", octets: DIST["espruino-esp32/firmware.min.js"] },
      { name: ".boot0", octets: 'require("firmware");' },
    ]);
    expect(needs.needs).toEqual(["ssid", "wifiPassword", "host"]);
  });

  test("an example has a name", () => {
    expect(plan(ESP32, { program: "greenhouse" }).names).toEqual(["greenhouse", ".boot0"]);
  });

  test("a file brings the modules of ours that it requires, nearest first, each once and before who needs it", () => {
    const text =
      'require("ringlet");require(\'ringlet-port-pwm\');require("ringlet-bme280");require("Wifi")';
    const { files, names, needs } = plan(ESP32, { program: "my/lamp.js" }, { "my/lamp.js": text });
    expect(names).toEqual([
      "ringlet",
      "ringlet-port-pwm",
      "ringlet-i2c",
      "ringlet-bme280",
      "lamp",
      ".boot0",
    ]);
    expect(files[1].octets).toBe("near");
    expect(files.at(-1).octets).toBe('require("lamp");');
    expect(needs).toBeUndefined();
  });

  test("is saved as a module, or as a file", () => {
    expect(plan(ESP32, { save: "module" }).names).toEqual(["firmware"]);
    expect(plan(ESP32, { save: "file" }).names).toEqual(["firmware.js"]);
    expect(() => plan(ESP32, { save: "flash" })).toThrow(
      "--save flash: expected is one of boot, module, file.",
    );
  });

  test("keeps the octets of a file that is UTF-8", () => {
    const { files } = plan(
      ESP32,
      { program: "a.js" },
      { "a.js": Buffer.from('print("°")').toString("latin1") },
    );
    expect(Buffer.from(files[0].octets, "latin1").toString()).toBe('print("°")');
  });

  test("compiles nothing", () => {
    expect(() => plan(ESP32, { compile: true })).toThrow("--compile is for NodeMCU.");
  });
});

describe("on NodeMCU", () => {
  test("the module of an ESP32 comes along as a file", () => {
    expect(plan("nodemcu-esp32").names).toEqual(["ringlet.lua", "init.lua"]);
    const { files } = plan("nodemcu-esp32", { compile: true });
    expect(files.map(({ compile }: { compile?: boolean }) => compile)).toEqual([true, undefined]);
  });

  test("that of an ESP8266 has to be in the Lua Flash Store, and the program finds it there", () => {
    const { files, store } = plan("nodemcu-esp8266");
    expect(store).toEqual(["ringlet"]);
    expect(files).toEqual([
      {
        name: "init.lua",
        octets: `package.preload["ringlet"]=node.LFS.get("ringlet")\n${DIST["nodemcu-esp8266/init.lua"]}`,
      },
    ]);
  });

  test("is saved as a module, or as a file", () => {
    const file = { "light.lua": 'require("ringlet-bh1750")' };
    expect(plan("nodemcu-esp32", { program: "light.lua", save: "module" }, file).names).toEqual([
      "ringlet-bh1750.lua",
      "light.lua",
    ]);
    expect(plan("nodemcu-esp32", { program: "light.lua", save: "file" }, file).names).toEqual([
      "ringlet-bh1750.lua",
      "light.lua",
    ]);
  });
});

describe("a program", () => {
  test("that is nobody's is told with those that there are", () => {
    expect(() => plan("espruino-esp32", { program: "greenhose" })).toThrow(
      /^There is no program greenhose for espruino-esp32: expected is a file that ends with \.js, or one of greenhouse.*, or none for the board's own\.$/,
    );
    expect(() => plan("linux", { program: "x.lua" }, { "x.lua": "" })).toThrow(
      "x.lua is no program for linux: expected is a file that ends with .js.",
    );
  });

  test("that is not built is told how to build it", () => {
    expect(() => plan("linux")).toThrow(
      /^There is no .*linux\/firmware\.min\.js: npm run build -- linux makes it\.$/,
    );
  });
});

describe("a configuration", () => {
  const given = (text: string, options: object = {}) =>
    plan("espruino-esp32", { config: "c.json", ...options }, { "c.json": text, "a.js": "1" });

  test("is written before what starts", () => {
    const text = '{"ssid":"s","wifiPassword":"p","host":"h"}';
    const { names, files, needs } = given(text);
    expect(names).toEqual(["ringlet.json", "firmware", ".boot0"]);
    expect(files[0].octets).toBe(text);
    expect(needs).toBeUndefined();
  });

  test("that lacks what the board's program needs is refused; another program needs what it needs", () => {
    expect(() => given('{"ssid":"s"}')).toThrow(
      "c.json has no wifiPassword and no host, which the program needs.",
    );
    expect(given("{}", { program: "a.js" }).names).toEqual(["ringlet.json", "a", ".boot0"]);
  });

  test("that is none is refused", () => {
    expect(() => given("ssid: s")).toThrow(/c\.json is no JSON: /);
    expect(() => plan("espruino-esp32", { config: "no.json" })).toThrow(
      /There is no file .*no\.json: expected is a JSON object with ssid, wifiPassword, host\./,
    );
  });
});
