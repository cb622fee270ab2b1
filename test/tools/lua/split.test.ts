// SPDX-License-Identifier: MIT
// A chunk in files loaded one after the other does what the chunk does, however small the files are.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MACHINES } from "./machines.js";
// @ts-ignore: the tools are JavaScript
import { checkLua } from "../../../tools/lua/check.mjs";
// @ts-ignore
import { split } from "../../../tools/lua/split.mjs";

/** A file system of texts, and what the file `name` returns. */
const loading = (files: Record<string, string>) => `
  local FILES = { ${Object.entries(files)
    .map(([name, text]) => `["${name}"] = [==[\n${text}]==]`)
    .join(", ")} }
  local load = loadstring or load
  -- The machine for 5.3 has none.
  function collectgarbage() end
  function loadfile(name)
    if not FILES[name] then return nil, "cannot open " .. name end
    return load(FILES[name], "@" .. name)
  end
  return loadfile("x.lua")()`;

/** Programs whose last statement returns something that can be compared. */
const PROGRAMS: [string, string, unknown][] = [
  ["uses what an earlier file made", "local a = 1 local b = a + 1 return a + b * 10", 21],
  [
    "calls a function that only a later file makes",
    "local even, odd function even(n) return n < 1 or odd(n - 1) end " +
      "function odd(n) return n > 0 and even(n - 1) end return even(10) and not odd(10)",
    true,
  ],
  [
    "shares a variable that functions assign to",
    "local n = 0 local function up() n = n + 1 end local function get() return n end " +
      "up() up() return get() * 10 + n",
    22,
  ],
  [
    "keeps variables of one name apart",
    "local a = 1 local function f() return a end local a = 2 return f() * 10 + a",
    12,
  ],
  [
    "assigns again at the chunk's own level",
    "local a = 1 local function f() return a end a = f() + 4 return a + f()",
    10,
  ],
  [
    "declares without a value",
    "local a, b, c = 1 b = 2 return tostring(a) .. tostring(b) .. tostring(c)",
    "12nil",
  ],
  [
    "declares with all values of a call",
    "local function f() return 1, 2, 3 end local a, b, c = f() return a * 100 + b * 10 + c",
    123,
  ],
  [
    "cuts a call to one value",
    "local function f() return 1, 2 end local a, b = (f()) return a, b",
    1,
  ],
  [
    "has methods, tables and functions in fields",
    "local t = { n = 2 } function t.f(x) return x * t.n end function t:g(x) return self.f(x) + 1 end return t:g(4)",
    9,
  ],
  [
    "hides a variable by a parameter and by a loop",
    "local a = 5 local function f(a) for a = a, a do return a end end return f(2) * 10 + a",
    25,
  ],
  [
    "calls itself",
    "local function f(n) if n < 2 then return 1 end return n * f(n - 1) end return f(5)",
    120,
  ],
  ["uses what is global", "local s = string.rep local t = s('ab', 2) return t .. #t", "abab4"],
];

describe.each(MACHINES)("a chunk in files on %s", (_name, open) => {
  it.each(PROGRAMS)("%s", async (_title, program, result) => {
    for (const size of [1, 40, 1000]) {
      const files = split(program, { name: "x", size, width: 200 });
      for (const [name, text] of Object.entries<string>(files)) {
        expect(checkLua(text, name)).toEqual([]);
      }
      const machine = await open();
      expect(machine.run(loading(files))[0]).toEqual(result);
      machine.close();
    }
  });

  it("takes a compiled file before a text", async () => {
    const files = split("local a = 1 return a", { name: "x", size: 1, width: 200 });
    const machine = await open();
    const text = loading({ ...files, "x-2.lc": "return 'compiled'" });
    expect(machine.run(text)).toEqual(["compiled"]);
    machine.close();
  });

  it("says which file is missing", async () => {
    const { "x-2.lua": _gone, ...files } = split("local a = 1 return a", {
      name: "x",
      size: 1,
      width: 200,
    });
    const machine = await open();
    expect(() => machine.run(loading(files))).toThrow("cannot open x-2.lua");
    machine.close();
  });
});

describe("the files of the bundles", () => {
  it.each(["ringlet", "ringlet-lean"])(
    "%s fit their size, but for a function that is longer",
    (name) => {
      // The build splits the chunk before it puts a function around what has no room in it.
      const folder = new URL("../../../dist/lua/split/", import.meta.url);
      const files = readdirSync(folder).filter((f) => f.replace(/(-\d+)?\.lua$/, "") === name);
      for (const file of files) {
        const part = readFileSync(new URL(file, folder), "latin1");
        // The head of each file names what it shares.
        expect(part.length).toBeLessThan(2200);
        for (const line of part.split("\n")) expect(line.length).toBeLessThanOrEqual(255);
      }
      expect(files.length).toBeGreaterThan(3);
    },
  );
});
