// SPDX-License-Identifier: MIT
// Flashing NodeMCU on a console as the firmware's, on Lua 5.1 and 5.3: what is on the board in the end, and
// after every fault. Where NODEMCU_LUA names the firmware's own machine, the same lines run there.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
// @ts-ignore: the tools are JavaScript
import { LINE, openNodemcuConsole, piecesOf } from "../../tools/flash/nodemcu.mjs";
// @ts-ignore: the tools are JavaScript
import { flash, put } from "../../tools/flash/sequence.mjs";
// @ts-ignore: the tools are JavaScript
import { openTalk } from "../../tools/flash/talk.mjs";
import { cutsOf } from "./link.js";
import { nodemcuOpen, type NodemcuOptions } from "./nodemcu-console.js";

type Console = Awaited<ReturnType<typeof nodemcuOpen>>;
let consoles: Console[] = [];
afterEach(() => {
  for (const one of consoles) one.close();
  consoles = [];
});

const EVERY = String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at));
const OLD = {
  "node.lua": 'print("the old one")',
  "init.lua": 'require("node")',
};
const NEW = [
  { name: "data", octets: EVERY },
  { name: "node.lua", octets: 'print("the new one")' },
  { name: "init.lua", octets: '-- new\nrequire("node")' },
];
const CHIPS = { esp8266: "ESP8266", esp32: "ESP32" };

async function open(options: NodemcuOptions = {}): Promise<Console> {
  const board = await nodemcuOpen(options);
  consoles.push(board);
  return board;
}

async function run(on: Console, chip = "ESP8266", files: object[] = NEW): Promise<string> {
  const lines: string[] = [];
  const board = openNodemcuConsole(openTalk(on.link, { pause: 1 }));
  try {
    await flash({
      board,
      named: "simulated",
      identities: [chip],
      plan: () => files,
      say: (line: string) => void lines.push(line),
    });
    await board.restart();
  } catch (error) {
    lines.push((error as Error).message);
  }
  await on.settle();
  return lines.join("\n");
}

describe.each(["esp8266", "esp32"] as const)("flashing NodeMCU on %s", (flavour) => {
  const chip = CHIPS[flavour];

  test("puts every octet where it belongs, and the board starts it", async () => {
    const on = await open({ flavour, files: OLD });
    const version = flavour === "esp8266" ? "Lua 5.1" : "Lua 5.3";
    expect(await run(on, chip)).toBe(
      `${chip}, NodeMCU, ${version}\n` +
        "data                 256 octets, verified\n" +
        "node.lua             20 octets, verified\n" +
        "init.lua             22 octets, verified",
    );
    expect(on.names()).toEqual(["data", "init.lua", "node.lua"]);
    for (const { name, octets } of NEW) expect(on.file(name)).toBe(octets);
    expect(on.said.join("")).toContain("the new one");
    expect(on.reset()).toBe("the new one");
  });

  test("sends no line that is too long, and nothing before the last one is answered", async () => {
    const on = await open({ flavour });
    const long = "n".repeat(26);
    await run(on, chip, [{ name: `${long}.lua`, octets: EVERY.repeat(4) }]);
    expect(on.file(`${long}.lua`)).toBe(EVERY.repeat(4));
    expect(on.dropped()).toBe(0);
    expect(Math.max(...on.lines.map((line) => line.length))).toBeLessThanOrEqual(LINE);
  });

  test("finds its answers between what the firmware writes", async () => {
    const on = await open({ flavour, chatter: "bcn_timout,ap_probe_send_start\n> " });
    await run(on, chip);
    expect(on.reset()).toBe("the new one");
  });

  test("ends a line and a statement that somebody has begun", async () => {
    for (const begun of ["print('half a li", "for i = 1, 3 do\n", "x = [[\n"]) {
      const on = await open({ flavour });
      await on.link.write(Buffer.from(begun));
      await run(on, chip);
      expect(on.reset()).toBe("the new one");
    }
  });

  test("a compiled module does not hide the new one", async () => {
    const files = { ...OLD, "node.lc": 'print("an older one")' };
    const on = await open({ flavour, files });
    await run(on, chip);
    expect(on.reset()).toBe("the new one");
  });

  test("compiles on the board what is to be compiled, and removes the text", async () => {
    const on = await open({ flavour, files: OLD });
    const files = NEW.map((file) => ({ ...file, compile: file.name === "node.lua" }));
    expect(await run(on, chip, files)).toContain(
      "node.lua             20 octets, verified, compiled",
    );
    expect(on.names()).toEqual(["data", "init.lua", "node.lc"]);
    expect(on.reset()).toBe("the new one");
  });

  test("what does not compile is said, and changes nothing", async () => {
    const on = await open({ flavour, files: OLD });
    const files = [{ name: "node.lua", octets: "print(", compile: true }, NEW[2]!];
    expect(await run(on, chip, files)).toMatch(
      /The board says: ~node\.lua:1: .*On the board now: node\.lua, init\.lua are as before/,
    );
    expect(on.reset()).toBe("the old one");
  });

  test("writes nothing to a board that is another one", async () => {
    const on = await open({ flavour, files: OLD });
    expect(await run(on, "ESP32C3")).toMatch(
      /^The board calls itself ESP(8266|32) .*expected is ESP32C3 for simulated: nothing was written/,
    );
    expect(on.names()).toEqual(Object.keys(OLD).sort());
  });

  test("writes nothing where there is no room, and says how much there is", async () => {
    const on = await open({ flavour, files: OLD, room: 300 });
    expect(await run(on, chip)).toMatch(
      /The board's flash is too full: expected is room for \d+ octets, there is room for \d+,/,
    );
    expect(on.reset()).toBe("the old one");
  });

  test("a file system that fills before it said so is told", async () => {
    // What one file leaves is less than it promised: others write meanwhile.
    const on = await open({
      flavour,
      files: OLD,
      room: 4000,
      wear: 'function(n, c) if n == "~data" then __put("log", ("x"):rep(3700)) end return c end',
    });
    expect(await run(on, chip)).toMatch(
      /not written: is the file system full\?\. Its flash is full: remove files there\. On the board now: data, node\.lua, init\.lua are as before; .* It starts what it started before\./,
    );
    expect(on.reset()).toBe("the old one");
  });

  test("flash that keeps something else is found by reading back", async () => {
    const on = await open({
      flavour,
      files: OLD,
      wear: 'function(n, c) return (c:gsub("new", "nex")) end',
    });
    expect(await run(on, chip)).toContain(
      "~node.lua was read back otherwise than it was written, from octet 13 on, twice",
    );
    expect(on.reset()).toBe("the old one");
  });

  test("an image goes into the Lua Flash Store, and one that is none is refused by the board", async () => {
    const on = await open({ flavour, files: OLD });
    const board = openNodemcuConsole(openTalk(on.link, { pause: 1 }));
    await board.wake();
    const shown = { say: () => {}, progress: () => {} };
    await put(board, [{ name: "lfs.img", octets: "none" }], shown);
    await expect(board.reload("lfs.img")).rejects.toThrow(
      "The board says of the image: Invalid LFS image.",
    );
    expect(await board.store()).toEqual([]);
    await put(board, [{ name: "lfs.img", octets: "LFS ringlet ringlet-lean" }], shown);
    await board.reload("lfs.img");
    expect(await board.store()).toEqual(["ringlet", "ringlet-lean"]);
  });
});

/** What is said of the next start, and what that may print. */
const STARTS: [RegExp, RegExp][] = [
  [/It starts what it started before\./, /^the old one$/],
  [/It starts what it started before, or nothing\./, /^(the old one)?$/],
  [/What starts by itself is the old file, with modules that are new\./, /^the (old|new) one$/],
  [/It starts by itself, the old program or the new one\./, /^the (old|new) one$/],
  [/It starts nothing by itself\./, /^$/],
  [/It starts the new program, or nothing\./, /^(the new one)?$/],
];

describe.each([
  ["beside the old ones", { files: OLD }, [0, 2, 3]],
  ["in their place", { files: { ...OLD, data: "x".repeat(1200) }, room: 2300 }, [0, 1, 4, 5]],
])("a port that vanishes while files are written %s", (_, options: NodemcuOptions, told) => {
  test(
    "behind any line or in it: it is said what is on the board, and the next flash mends it",
    { timeout: 60000 },
    async () => {
      const whole = await open(options);
      await run(whole);
      const seen = new Set<number>();
      for (const limit of cutsOf(whole.link.through()).slice(0, -1)) {
        const on = await nodemcuOpen({ ...options, limit });
        const said = await run(on);
        expect(said).toContain("/dev/ttyFAKE is gone (it was unplugged).");
        const start = STARTS.findIndex(([sentence]) => sentence.test(said));
        seen.add(start);
        expect(on.reset(), said).toMatch(STARTS[start]?.[1] ?? /^the (old|new) one$/);
        const files = Object.fromEntries(on.names().map((name) => [name, on.file(name)!]));
        const again = await nodemcuOpen({ ...options, files });
        await run(again);
        expect(again.reset()).toBe("the new one");
        expect(again.names()).toEqual(["data", "init.lua", "node.lua"]);
        on.close();
        again.close();
      }
      expect([...seen].filter((at) => at >= 0).sort()).toEqual(told);
    },
  );
});

test("pieces are as long as a line has room for, and joined they are the whole", () => {
  const octets = EVERY.repeat(3);
  const pieces: string[] = [...piecesOf(octets, 50)];
  expect(pieces.join("")).toBe(octets);
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(50);
  expect([...piecesOf("", 50)]).toEqual([]);
  expect([...piecesOf("a".repeat(100), 50)]).toEqual(["a".repeat(50), "a".repeat(50)]);
});

const LUA = process.env["NODEMCU_LUA"];
test.skipIf(!LUA)(
  "NodeMCU's own Lua machine (NODEMCU_LUA) takes every line and does the same",
  async () => {
    const on = await open({ files: OLD });
    await run(on);
    const folder = mkdtempSync(join(tmpdir(), "ringlet-flash-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const quoted = (text: string) =>
      `"${[...text].map((c) => `\\${String(c.charCodeAt(0)).padStart(3, "0")}`).join("")}"`;
    const script = [
      "local said, write = {}, print",
      "function say(text) said[#said + 1] = text end",
      readFileSync("test/flash/nodemcu-console.lua", "latin1"),
      "__setup(65536)",
      ...Object.entries(OLD).map(([name, content]) => `__put(${quoted(name)}, ${quoted(content)})`),
      "__start(function() end)",
      ...on.lines.map((line) => `__line(${quoted(line)})`),
      'for _, name in ipairs{"data", "node.lua", "init.lua"} do',
      '  said[#said + 1] = "\\n" .. name .. "=" .. __get(name):gsub(".", function(c) return ("%02x"):format(c:byte()) end)',
      "end",
      "write(table.concat(said))",
    ];
    writeFileSync(join(folder, "replay.lua"), script.join("\n"), "latin1");
    const out = execFileSync(LUA!, ["-e", join(folder, "replay.lua")], {
      cwd: folder,
      encoding: "latin1",
    });
    const framed = (text: string) => text.match(/\x02[^\x03]*\x03/g);
    expect(framed(out)).toEqual(framed(on.said.join("")));
    for (const { name, octets } of NEW) {
      expect(out).toContain(`\n${name}=${Buffer.from(octets, "latin1").toString("hex")}`);
    }
  },
);
