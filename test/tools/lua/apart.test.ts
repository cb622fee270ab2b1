// SPDX-License-Identifier: MIT
// The passes on a chunk of Lua before it is minified: what they make runs as what they were given, and
// the traps of writing a function out somewhere else.

import { describe, expect, it } from "vitest";
// @ts-ignore: the tools are JavaScript
import * as passes from "../../../tools/lua/apart.mjs";
// @ts-ignore
import { checkLua } from "../../../tools/lua/check.mjs";
// @ts-ignore
import { openMachine } from "../../../tools/lua/machine51.mjs";

const { countUp, dropCopies, inlineOnce, inPlace, inlineSmall, nest, unwrap } = passes;

/** What a chunk returns, before and after. */
async function same(before: string, after: string) {
  const machine = await openMachine();
  const results = [before, after].map((text) => machine.run(text, "chunk"));
  machine.close();
  expect(results[1]).toEqual(results[0]);
  return results[0];
}

const all = (text: string) =>
  nest(inPlace(inlineOnce(inlineSmall(dropCopies(unwrap(countUp(text)))))), 3, 6).text;

const programs: [string, string][] = [
  ["a small function is written out", "local function a(x) return x + 1 end return a(2) * a(3)"],
  [
    "with nothing for an argument whose field is read where it is there",
    "local function a(o, x) return o and o.x or x end return a(nil, 1) + a({ x = 3 }, 2)",
  ],
  [
    "a function that is called without one",
    "local function a(x, o) return { x = o and o.x or x } end return a(7).x",
  ],
  [
    "with parentheses where it needs them",
    "local function a(x, y) return x - y end return 10 - a(5, 2)",
  ],
  [
    "not where a name means something else",
    "local n = 1 local function a() return n end local function b(n) return a() + n end return b(5)",
  ],
  [
    "not with an argument that is read twice and acts",
    "local c = 0 local function next() c = c + 1 return c end local function twice(x) return x + x end return twice(next())",
  ],
  [
    "a function called once, as a statement",
    "local log = '' local function a(x) log = log .. x end local function b() a('1') log = log .. '2' end b() b() return log",
  ],
  [
    "a function called once whose result is returned",
    "local function a(x) if x > 1 then return 'big' end return 'small' end local function b(x) return a(x) end return b(1) .. b(2)",
  ],
  [
    "a function that ends without a result, returned",
    "local n = 0 local function a(x) n = n + x end local function b(x) if x then return a(x) end n = 100 end b(1) return n",
  ],
  [
    "a function that changes its parameter",
    "local function a(s) s = s .. '!' return s end local function b(s) local t = a(s) return s .. t end return b('x')",
  ],
  [
    "a function given what its own names are",
    "local function a(x, y) local z = x - y return z end local function b(x, y) local r = a(y, x) return r end return b(1, 5)",
  ],
  [
    "a recursive function stays",
    "local function a(n) if n < 1 then return 0 end return n + a(n - 1) end return a(4)",
  ],
  [
    "a function that is a value stays",
    "local function a(x) return x * 2 end local t = { f = a } return t.f(4) + a(1)",
  ],
  [
    "copies are dropped, but not of what changes",
    "local a = 1 local b = a local c = b a = 2 return a + b * 10 + c * 100",
  ],
  [
    "copies in inner functions",
    "local s = { n = 3 } local o = s local function f() return o.n end s.n = 4 return f() + o.n",
  ],
  [
    "a method that hands on what it is given is the function itself",
    "local function a(x, y) return x - y end local function b() return a(1, 5) end local t = { f = function(self, x, y) return a(x, y) end } return t:f(7, 2) + b()",
  ],
  [
    "a method without parameters as well",
    "local n = 0 local function a() n = n + 1 return n end local t = { f = function(self) return a() end } return t:f() + a()",
  ],
  [
    "a loop that counts up, and one whose bound moves",
    "local n, m = 0, 3 do local i = 0 while i < m do n = n + i i = i + 1 end end do local i = 0 while i < m do m = m - 1 n = n + 10 i = i + 1 end end return n",
  ],
  [
    "variables of state, more than there is room for",
    "local a, b, c, d, e, f, g, h local function x() a = 1 b = 2 c = 3 d = 4 e = 5 f = 6 g = 7 h = 8 end x() x() return a + b + c + d + e + f + g + h",
  ],
  [
    "functions that know each other",
    "local a, b function a(n) if n < 1 then return 'a' end return b(n - 1) end function b(n) if n < 1 then return 'b' end return a(n - 1) end return a(3) .. b(4)",
  ],
];

describe("a chunk with functions written out", () => {
  it.each(programs)("%s", async (_title, text) => {
    await same(text, all(text));
  });

  it("is shorter by what nothing uses", () => {
    expect(inlineSmall("local function a() return 1 end return 2")).not.toContain("function");
  });
});

describe("local variables beyond what a function may have", () => {
  const many = Array.from(
    { length: 60 },
    (_, i) => `local function f${i}(x) x = x + ${i} return x end`,
  );
  const sum = many.map((_, i) => `f${i}(1)`).join(" + ");
  const text = `${many.join("\n")}\nreturn ${sum}, ${sum}`;

  it("leave as many local variables as NodeMCU has", async () => {
    expect(checkLua(text, "x").length).toBeGreaterThan(0);
    const { text: after, fields } = nest(text, 47, 50);
    expect(checkLua(after, "x")).toEqual([]);
    expect(fields.length).toBeGreaterThan(9);
    await same(text, after);
  });

  it("hold state in two functions around, as far as one may reach", async () => {
    const state = Array.from({ length: 55 }, (_, i) => `s${i}`);
    const uses = state.map((name, i) => `${name} = (${name} or 0) + ${i}`).join("\n");
    const text = `local ${state.join(", ")}\nlocal function f() ${uses} return ${state.join(" + ")} end\nreturn f() + f()`;
    const near = nest(text, 47, 6);
    const far = nest(text, 47, 6, 57);
    expect(near.fields.length).toBeGreaterThan(0);
    expect(far.fields).toEqual([]);
    expect(checkLua(far.text, "x")).toEqual([]);
    await same(text, far.text);
  });

  it("are none where they fit", () => {
    expect(nest("local function a() end return a", 47, 50)).toEqual({
      text: "local function a() end return a",
      fields: [],
    });
  });
});
