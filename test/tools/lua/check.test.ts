// SPDX-License-Identifier: MIT
// The check of Lua texts for NodeMCU. That the limits are counted as its compiler counts them was
// compared by hand with NodeMCU's luac.cross, on random programs around the limits.
import { describe, expect, it } from "vitest";
// @ts-ignore: the tools are JavaScript
import { checkLua, warnLua } from "../../../tools/lua/check.mjs";

const messages = (text: string): string[] =>
  checkLua(text, "a.lua").map((finding: { message: string }) => finding.message);
const names = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index}`).join(",");
const locals = (count: number) => `local ${names("v", count)} `;

describe("the check of Lua for NodeMCU", () => {
  it.each([
    "local a = 1 return a + 0x7fffffff, 2147483647",
    "function t.u:m(...) return select('#', ...) end",
    "f{'x', y = 1; [3] = 4} return not (a ~= b), #a, -a, a ^ 2, a % b, a .. b",
    "local s = '\\127' -- 0.5 // & | ~ << >> goto \xe9",
    "while true do break end repeat until x",
    "return '\\\\x41', [[\\x41]]",
    `${locals(50)}`,
    `${locals(46)} for i = 1, 2 do end`,
    `${locals(46)} for k in g do end`,
    `do ${locals(50)} end ${locals(50)}`,
    `local function f(...) ${locals(49)} end`,
    `function t:m() ${locals(49)} end`,
  ])("accepts %j", (text) => {
    expect(messages(text)).toEqual([]);
  });

  it.each([
    ["x = 0.5", "0.5 is a float: builds with integers do not read it"],
    ["x = 3.0", "3.0 is a float"],
    ["x = 1e3", "1e3 is a float"],
    ["x = 1E3", "1E3 is a float"],
    ["x = .5", ".5 is a float"],
    ["x = 2147483648", "2147483648 is beyond 31 bits"],
    ["x = 0x80000000", "0x80000000 is beyond 31 bits"],
    ["x = a // b", "// is not in Lua 5.1"],
    ["x = a & b", "& is not in Lua 5.1"],
    ["x = a | b", "| is not in Lua 5.1"],
    ["x = a ~ b", "~ is not in Lua 5.1"],
    ["x = ~a", "~ is not in Lua 5.1"],
    ["x = a << b", "<< is not in Lua 5.1"],
    ["x = a >> b", ">> is not in Lua 5.1"],
    ["goto done ::done::", "goto is not in Lua 5.1"],
    ["::top:: x = 1", "labels are not in Lua 5.1"],
    ["__TS__ArrayForEach(a, f)", "__TS__ArrayForEach is a helper that is not there"],
    ["x = '\xe9'", "a string literal with octets beyond ASCII"],
    ["x = '\\x41'", "\\x in a string is something else in Lua 5.1"],
    ["x = 'a\\\\b\\z  c'", "\\z in a string"],
    ["x = '\\200'", "a string literal with octets beyond ASCII"],
    ["local x = 1;;", "a.lua is not Lua: unexpected symbol ';'"],
    ["local = 1", "a.lua is not Lua: <name> expected near '='"],
    [locals(51), "the main chunk has 51 local variables at once, of 50"],
    [`${locals(47)} for i = 1, 2 do end`, "the main chunk has 51 local variables"],
    [`${locals(46)} for k, v in g do end`, "the main chunk has 51 local variables"],
    [`local function f(...) ${locals(50)} end`, "function f has 51 local variables"],
    [`function t.u:m() ${locals(50)} end`, "function t.u:m has 51 local variables"],
    [`x = function(a) ${locals(50)} end`, "a function has 51 local variables"],
    [`repeat ${locals(50)} local function f() end until f`, "the main chunk has 51"],
  ])("refuses %j", (text, words) => {
    expect(messages(text).join("\n")).toContain(words);
  });

  it("counts upvalues, also those that a function only hands on", () => {
    const nest = (used: number) => `local ${names("a", 45)}
      local function f() local ${names("b", 30)} return function() return function()
        g(${names("a", 45)}, ${names("b", used)}) end end end`;
    expect(messages(nest(15))).toEqual([]);
    expect(messages(nest(16))).toEqual([
      "a function has 61 upvalues, of 60",
      "a function has 61 upvalues, of 60",
    ]);
  });

  it("says where, counting lines and columns from 1, in the order of the text", () => {
    expect(checkLua("x = 1\n  y = 0.5 + '\xe9'\nz = 7 // 2")).toEqual([
      { line: 2, column: 7, message: expect.stringContaining("0.5") },
      { line: 2, column: 13, message: expect.stringContaining("ASCII") },
      { line: 3, column: 5, message: expect.stringContaining("//") },
    ]);
  });

  it("warns of functions with many constants and of long lines", () => {
    const list = (count: number) => `f(${Array.from({ length: count }, (_, i) => i)})`;
    expect(warnLua(`${list(200)}\n`)).toHaveLength(1);
    expect(warnLua(list(20))).toEqual([]);
    expect(warnLua(list(300).replace(/,/g, ",\n"))).toEqual([
      { line: 1, column: 1, message: expect.stringContaining("301 constants") },
    ]);
  });
});
